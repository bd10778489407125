"""What there is to learn from at a moment, at the borders of too little and too much."""

from dataclasses import replace

import numpy as np
import pytest

from features.contract.duration import DAY_US
from features.declaration.feature_set import FeatureSet, ProfileCategory, ProfileNumber, Season
from features.declaration.table import FeatureTable
from serving.model.scorer import explained
from training.learning.ground import fit_encoder, ground, rarer_outcome, sample
from training.rows.dataset import Dataset, Scene
from training.rows.grid import LabelledRows
from training.rows.schedule import Schedule

FEATURES = FeatureSet(
    features=(ProfileNumber(field="size"), Season(wave="sine"), Season(wave="cosine"))
)
START = 19_000 * DAY_US


def _dataset(rows: int = 100, span: int = 365 * DAY_US, converted: int = 50) -> Dataset:
    """Return two rows each of leads, over a span."""
    lead = np.arange(rows) // 2
    as_of = START + np.linspace(0, span, rows).round().astype(np.int64)
    label = (lead < converted).astype(np.float64)
    learning = LabelledRows(lead, as_of, label, lead, np.zeros(rows, dtype=np.int8), 0)
    table = FeatureTable(FEATURES, np.random.default_rng(1).normal(size=(rows, 3)), {})
    end = int(as_of[-1]) + DAY_US
    return Dataset(
        lead_id=np.array([f"L{n}" for n in range(rows // 2)], dtype=object),
        learning=Scene(learning, table, explained(-2.0, np.zeros((rows, 1)))),
        open_leads={},
        schedule=Schedule(end, end, DAY_US, DAY_US, (), ()),
        feature_sets={end: FEATURES},
        notes=(),
    )


@pytest.mark.parametrize(
    ("converted", "learned"), [(9, False), (10, True), (40, True), (41, False), (0, False)]
)
def test_ten_leads_of_either_outcome_are_enough(converted: int, *, learned: bool) -> None:
    dataset = _dataset(converted=converted)
    assert rarer_outcome(dataset.learning.rows) == min(converted, 50 - converted)
    assert (ground(dataset, dataset.schedule.end) is not None) is learned


@pytest.mark.parametrize(("span", "season"), [(365 * DAY_US, True), (365 * DAY_US - 1, False)])
def test_the_time_of_year_is_learned_from_a_whole_year(span: int, *, season: bool) -> None:
    dataset = _dataset(span=span, converted=25)
    found = ground(dataset, dataset.schedule.end)
    assert found is not None
    assert found.feature_set.knows_season is season
    assert not found.without_season().feature_set.knows_season
    assert found.without_season().matrix.shape == (100, 1)


def test_outcomes_that_are_not_known_yet_are_left_out() -> None:
    dataset = _dataset(converted=25)
    newest = dataset.learning.rows.as_of[-1]
    at = {newest + DAY_US: FEATURES, newest + DAY_US - 1: FEATURES}
    dataset = replace(dataset, feature_sets=at)
    found = [ground(dataset, moment) for moment in at]
    assert [one and len(one.rows) for one in found] == [100, 99]


def test_of_too_many_rows_whole_leads_are_taken() -> None:
    dataset = _dataset(rows=2_000)
    lead = dataset.learning.rows.lead
    some = np.arange(2_000) < 1_000
    assert (sample(dataset, some, 1_000) == some).all()
    fewer = sample(dataset, some, 400)
    assert not (fewer & ~some).any()
    assert fewer.sum() == pytest.approx(400, rel=0.2)
    assert np.isin(lead[some & ~fewer], lead[fewer]).sum() == 0
    assert len(ground(dataset, dataset.schedule.end, 400).rows) < 600  # type: ignore[union-attr]


def test_a_category_of_twenty_leads_is_known_and_a_hundred_are_the_most() -> None:
    features = FeatureSet(features=(ProfileCategory(field="trade"),))

    def known(*leads_of_each: int) -> int:
        texts = [f"T{n}" for n, leads in enumerate(leads_of_each) for _ in range(leads)]
        table = FeatureTable(
            features, np.full((len(texts), 1), np.nan), {"trade": np.array(texts, dtype=object)}
        )
        return len(fit_encoder(table, np.arange(len(texts))).categories["trade"])

    assert known(20, 19) == 1
    assert known(*[20] * 101) == 100
