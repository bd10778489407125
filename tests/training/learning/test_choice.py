"""What is learned besides the features: the time of year, and a baseline by age, where earned."""

from dataclasses import replace

import numpy as np
import pytest

from features.contract.duration import DAY_US
from features.declaration.feature_set import FeatureSet, LeadAge, ProfileNumber, Season
from features.declaration.table import FeatureTable
from features.kernel.derived import fill_derived
from serving.model.scorer import explained
from tests.training.studies import CHOICES
from training.learning.choice import candidate_name, choose, rounds_tried
from training.learning.forward import Forward
from training.learning.learners import Candidate
from training.learning.procedure import Fitted, Procedure
from training.learning.refit import refit
from training.rows.dataset import Dataset, Scene
from training.rows.grid import REGULAR, LabelledRows, Observation
from training.rows.schedule import dated_schedule

FEATURES = FeatureSet(
    features=(
        ProfileNumber(field="noise"),
        LeadAge(),
        Season(wave="sine"),
        Season(wave="cosine"),
    )
)
MONTH = 30 * DAY_US
START = 19_000 * DAY_US


def _dataset(*, wave: float = 0.0, steep: float = 0.0, years: float = 2.5) -> Dataset:
    """Return one row each of leads whose outcome follows the season, and their age."""
    rows = round(3000 * years)
    random = np.random.default_rng(11)
    end = START + round(365 * years) * DAY_US
    as_of = np.sort(random.integers(START, end - MONTH, rows))
    age = random.exponential(20, rows)
    table = FeatureTable(FEATURES, np.full((rows, 4), np.nan), {})
    table.numbers[:, 0] = random.normal(size=rows)
    fill_derived(table, as_of - (age * DAY_US).astype(np.int64), as_of)
    logit = -1.7 + wave * table.numbers[:, 2] + steep * np.where(age < 3, 1.0, -1.0)
    label = (random.random(rows) < 1 / (1 + np.exp(-logit))).astype(np.float64)
    lead = np.arange(rows)
    learning = LabelledRows(lead, as_of, label, lead, np.full(rows, REGULAR, dtype=np.int8), 0)
    schedule = dated_schedule(learning, Observation(end, end), MONTH, MONTH, 3)
    return Dataset(
        lead_id=np.array([f"L{n}" for n in lead], dtype=object),
        learning=Scene(learning, table, explained(-2.0, np.zeros((rows, 1)))),
        open_leads={},
        schedule=schedule,
        feature_sets=dict.fromkeys((schedule.end, *schedule.anchors), FEATURES),
        notes=(),
    )


def _refit(dataset: Dataset, **fixed: object) -> Fitted:
    return refit(dataset, Procedure(dataset, CHOICES.model_copy(update=fixed)))


def test_a_season_is_learned_and_tells_the_level_to_come() -> None:
    dataset = _dataset(wave=0.9)
    fitted = _refit(dataset)
    assert fitted.candidate.season
    assert fitted.feature_set.knows_season
    said = fitted.probabilities(dataset.learning.table)
    sine = dataset.learning.table.numbers[:, 2]
    for part in (sine > 0.8, sine < -0.8):
        observed = dataset.learning.rows.label[part].sum()
        assert said[part].sum() == pytest.approx(observed, rel=0.25)


def test_without_a_season_none_is_learned_and_its_features_are_left_out() -> None:
    fitted = _refit(_dataset())
    assert not fitted.candidate.season
    assert not fitted.feature_set.knows_season


def test_a_season_that_is_fixed_is_not_tried() -> None:
    fitted = _refit(_dataset(wave=0.9), season=False, tree_weight=0.0)
    assert not fitted.feature_set.knows_season
    assert not any("time of year" in trial.name for trial in fitted.trials)
    assert _refit(_dataset(), season=True, tree_weight=0.0).feature_set.knows_season


def test_less_than_a_year_tells_no_season() -> None:
    dataset = _dataset(wave=0.9, years=0.95)
    fitted = _refit(dataset, season=True, tree_weight=0.0)
    assert not fitted.feature_set.knows_season
    assert not any(
        "time of year" in trial.name for trial in _refit(dataset, tree_weight=0.0).trials
    )


@pytest.mark.parametrize(("steep", "by_age"), [(2.0, True), (0.0, False)])
def test_a_baseline_by_age_is_earned(steep: float, *, by_age: bool) -> None:
    dataset = _dataset(steep=steep)
    fitted = _refit(dataset, season=False)
    assert fitted.candidate.by_age is by_age
    said = fitted.probabilities(dataset.learning.table)
    age = dataset.learning.table.numbers[:, 1]
    for part in (age < 3, age > 30):
        observed = dataset.learning.rows.label[part].sum()
        assert said[part].sum() == pytest.approx(observed, rel=0.25)


def test_a_baseline_needs_the_age() -> None:
    dataset = _dataset(steep=2.0)
    features = FeatureSet(features=(FEATURES.features[0], *FEATURES.features[2:]))
    sets = dict.fromkeys(dataset.feature_sets, features)
    fitted = _refit(replace(dataset, feature_sets=sets), by_age=True)
    assert "lead_age_days" not in fitted.feature_set.columns
    assert fitted.learned.ensemble.linear.model.terms


def test_a_baseline_is_not_tried_where_some_window_knew_no_age() -> None:
    dataset = _dataset(steep=2.0)
    ageless = FeatureSet(features=(FEATURES.features[0], *FEATURES.features[2:]))
    sets = dict(dataset.feature_sets)
    oldest = dataset.schedule.anchors[3]
    known = _refit(dataset, tree_weight=0.0)
    fitted = _refit(replace(dataset, feature_sets=sets | {oldest: ageless}), tree_weight=0.0)
    assert any(trial.question == "age" for trial in known.trials)
    assert not any(trial.question == "age" for trial in fitted.trials)


def test_less_than_a_year_before_the_oldest_window_tells_no_season() -> None:
    # The newest window could be predicted from a year of rows, the two before it could not.
    trials = _refit(_dataset(wave=0.9, years=1.2)).trials
    assert {trial.question for trial in trials} >= {"recency", "trees"}
    assert not any("time of year" in trial.name for trial in trials)


@pytest.mark.parametrize(("rare", "tried"), [(9, False), (10, True)])
@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_what_is_chosen_needs_ten_leads_of_either_outcome(
    rare: int, outcome: float, *, tried: bool
) -> None:
    dataset = _dataset()
    rows = dataset.learning.rows
    # Of the very newest window no outcome is known yet.
    newest = [dataset.schedule.window(rows, anchor) for anchor in dataset.schedule.anchors[1:4]]
    inside = np.flatnonzero(np.any(newest, axis=0))
    label = rows.label.copy()
    label[inside] = 1.0 - outcome
    label[inside[:rare]] = outcome
    learning = replace(dataset.learning, rows=replace(rows, label=label))
    changed = replace(dataset, learning=learning)
    forward = Forward(changed, rounds_tried(CHOICES), CHOICES.learning_rate, CHOICES.seed)
    fixed = CHOICES.model_copy(update={"tree_weight": 0.0, "season": False, "rounds": None})
    chosen = choose(forward, dataset.schedule.end, fixed)
    assert bool(chosen.trials) is tried
    assert tried or chosen.candidate == USUAL


USUAL = Candidate(
    season=False, by_age=False, half_life=0.5, logistic_c=0.1, tree_weight=0.0, leaves=16, rounds=80
)


@pytest.mark.parametrize(
    ("question", "candidate", "name"),
    [
        ("recency", USUAL, "half-life 0.5 of the span"),
        ("recency", replace(USUAL, half_life=0.0, season=True), "no recency, time of year"),
        ("age", replace(USUAL, by_age=True), "a baseline of its own"),
        ("age", USUAL, "a feature among others"),
        ("logistic C", replace(USUAL, logistic_c=0.01), "0.01"),
        ("trees", USUAL, "logistic alone"),
        ("trees", replace(USUAL, tree_weight=0.5), "logistic and 80 trees of 16 leaves"),
        ("trees", replace(USUAL, tree_weight=1.0, leaves=4), "80 trees of 4 leaves"),
    ],
)
def test_what_candidates_are_called(question: str, candidate: Candidate, name: str) -> None:
    assert candidate_name(question, candidate) == name
