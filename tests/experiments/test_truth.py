from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.simulator import Simulation, load_truth
from experiments.simulator.market import NEVER
from features.contract.duration import DAY_US
from tests.experiments.simulated import UNTIL_US, column, moments, stage_moments


@pytest.mark.parametrize("horizon_days", [7, 30, 200])
def test_outcomes_agree_with_the_true_probabilities(
    simulation: Simulation, horizon_days: int
) -> None:
    rng = np.random.default_rng(1)
    horizon = horizon_days * DAY_US
    created = moments(simulation, "leads.parquet", "created_at")
    as_of = created + rng.integers(0, 90 * DAY_US, simulation.leads)
    sql = stage_moments(simulation, "SQL")
    closed = np.minimum(sql, stage_moments(simulation, "DISQUALIFIED"))
    rows = np.flatnonzero((closed > as_of) & (as_of + horizon <= UNTIL_US))
    ids = np.array(column(simulation, "leads.parquet", "lead_id"))[rows]
    probability = simulation.truth.probability(ids.tolist(), as_of[rows], horizon)
    became = sql[rows] <= as_of[rows] + horizon
    for tenth in np.array_split(np.argsort(probability), 10):
        expected = probability[tenth]
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(became[tenth].sum() - expected.sum()) <= 4 * error


def test_probability_is_the_integral_of_the_competing_hazards(simulation: Simulation) -> None:
    latent, calendar = simulation.truth.latent, simulation.truth.calendar
    ids = column(simulation, "leads.parquet", "lead_id")
    created = moments(simulation, "leads.parquet", "created_at")
    buying = np.flatnonzero(latent.buying_from != NEVER)[:20]
    for lead in buying.tolist():
        start, horizon = int(created[lead]), 150 * DAY_US
        steps = 150 * 96
        middle = start + (np.arange(steps) * 2 + 1) * horizon // (2 * steps)
        month = np.searchsorted(calendar.months, middle, side="right") - 1
        log_hazard = latent.log_hazard[lead] + calendar.log_drift[month, latent.channel[lead]]
        inside = (latent.buying_from[lead] <= middle) & (middle < latent.buying_until[lead])
        sql = np.exp(log_hazard + latent.buying_gain[lead] * inside) * 150 / steps
        gone = sql + latent.disqualified[lead] * 150 / steps
        expected = float((np.exp(-(np.cumsum(gone) - gone / 2)) * sql).sum())
        (found,) = simulation.truth.probability([str(ids[lead])], np.array([start]), horizon)
        assert found == pytest.approx(expected, rel=1e-3)


def test_base_rate_and_signal_are_those_of_a_real_market(simulation: Simulation) -> None:
    created = moments(simulation, "leads.parquet", "created_at")
    closed = np.minimum(stage_moments(simulation, "SQL"), stage_moments(simulation, "DISQUALIFIED"))
    as_of = created[:, None] + np.arange(0, 121, 14) * DAY_US
    lead, step = np.nonzero((as_of < closed[:, None]) & (as_of <= UNTIL_US - 30 * DAY_US))
    ids = np.array(column(simulation, "leads.parquet", "lead_id"))[lead]
    probability = simulation.truth.probability(ids.tolist(), as_of[lead, step], 30 * DAY_US)
    assert 0.04 <= probability.mean() <= 0.08
    # Expected AUC of a ranking by p: positives weigh p, negatives 1 - p.
    order = np.argsort(probability)
    positive, negative = probability[order], 1 - probability[order]
    below = np.cumsum(negative) - negative
    assert 0.84 <= (positive @ below) / (positive.sum() * negative.sum()) <= 0.92


def test_stored_truth_is_the_truth(simulation: Simulation) -> None:
    ids = [str(lead) for lead in column(simulation, "leads.parquet", "lead_id")]
    as_of = moments(simulation, "leads.parquet", "created_at")
    horizon = 30 * DAY_US
    again = load_truth(simulation.folder).probability(ids, as_of, horizon)
    backwards = simulation.truth.probability(ids[::-1], as_of[::-1], horizon)
    assert np.array_equal(again, backwards[::-1])
    assert (np.diff([simulation.truth.probability(ids, as_of, d * DAY_US)
                     for d in (1, 30, 90)], axis=0) > 0).all()  # fmt: skip


def test_mistakes_in_asking_for_the_truth_are_named(simulation: Simulation, tmp_path: Path) -> None:
    one = np.array([UNTIL_US])
    with pytest.raises(ValueError, match="row 1 names a lead without a truth"):
        simulation.truth.probability(["L0000001", "X"], np.array([UNTIL_US, UNTIL_US]), DAY_US)
    with pytest.raises(ValueError, match="2 lead ids and 1 moments"):
        simulation.truth.probability(["L0000001", "L0000002"], one, DAY_US)
    with pytest.raises(ValueError, match="give more than 0"):
        simulation.truth.probability(["L0000001"], one, 0)
    with pytest.raises(FileNotFoundError, match="only simulated folders have a truth"):
        load_truth(tmp_path)
    pq.write_table(pa.table({"lead_id": ["L0000001"]}), tmp_path / "truth.parquet")
    with pytest.raises(ValueError, match="was not written by this simulator"):
        load_truth(tmp_path)
