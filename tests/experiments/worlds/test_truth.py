"""The closed forms, held against what happens to many leads."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from experiments.worlds.accounts import accounts
from experiments.worlds.ageing import ageing
from experiments.worlds.bursting import BurstingTruth, bursting, month_of
from experiments.worlds.constant import constant
from experiments.worlds.daily import DailyRates
from experiments.worlds.drifting import drifting
from experiments.worlds.leads import LEADS, ages
from experiments.worlds.seasonal import seasonal
from experiments.worlds.truth import END, HORIZON, KNOWN_DAYS, START, HazardTruth
from experiments.worlds.world import World
from features.contract.duration import DAY_US

WORLDS = [constant, ageing, seasonal, drifting, bursting, accounts]


def probabilities(world: World, lead: np.ndarray[tuple[int], np.dtype[np.int64]], as_of: int,
                  horizon: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:  # fmt: skip
    lead_id = world.outcomes.lead_id[lead].tolist()
    found = world.truth.probability(lead_id, np.full(len(lead), as_of), horizon)
    assert ((found > 0) & (found < 1)).all()
    return found


@pytest.mark.parametrize("make", WORLDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_leads_convert_as_often_as_their_true_probabilities_say(
    make: Callable[[Path, int], World], seed: int, tmp_path: Path
) -> None:
    world = make(tmp_path, seed)
    # A month of the bursting world begins and ends here, and its level is known one day later.
    first = END - 12 * HORIZON + DAY_US
    asked, became = [], []
    for month in range(11):
        as_of = first + month * HORIZON
        lead = np.flatnonzero(world.outcomes.open_at(as_of))
        asked.append(probabilities(world, lead, as_of, HORIZON - DAY_US))
        became.append(world.outcomes.ended[lead] <= as_of + HORIZON - DAY_US)
    probability, happened = np.concatenate(asked), np.concatenate(became)
    order = np.argsort(probability)
    for fifth in np.array_split(order, 5):
        expected = probability[fifth]
        error = np.sqrt((expected * (1 - expected)).sum())
        assert abs(happened[fifth].sum() - expected.sum()) <= 4.5 * error


def test_a_constant_hazard_has_one_probability(tmp_path: Path) -> None:
    world = constant(tmp_path, 1)
    lead = np.flatnonzero(world.outcomes.open_at(END))
    assert probabilities(world, lead, END, HORIZON) == pytest.approx(1 - np.exp(-0.03))


def test_age_is_whole_days_since_the_day_of_creation() -> None:
    found = ages(START + np.array([0, 3 * DAY_US - 1, 3 * DAY_US]))
    assert found.shape == (3, len(KNOWN_DAYS))
    assert found[:, :6].tolist() == [[0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 2, 3], [0, 0, 0, 0, 1, 2]]


def test_months_are_counted_from_the_end() -> None:
    moments = END + np.array([-HORIZON - 1, -HORIZON, -1, 0, HORIZON - 1, HORIZON])
    assert month_of(moments).tolist() == [-2, -1, -1, 0, 0, 1]


@pytest.mark.parametrize(
    ("days_before", "level"),
    [(0, None), (10, 9.0), (10, 1.0), (30, None), (29, 9.0)],
    ids=["before any of it", "in a burst", "in calm", "at the end of a month", "early in a burst"],
)
def test_bursts_to_come_are_averaged_over(days_before: int, level: float | None) -> None:
    calm = DailyRates(START, np.full((2, len(KNOWN_DAYS)), 0.004))
    factor = dict.fromkeys(range(-25, 1), 1.0)
    if level is not None:
        factor[-1] = level
    truth = BurstingTruth(HazardTruth(["a", "b"], calm), factor)
    as_of = END - days_before * DAY_US
    found = truth.probability(["b"], np.array([as_of]), HORIZON)

    rng = np.random.default_rng(1)
    days = (as_of - END) / DAY_US + np.arange(30) + 0.5
    month = np.floor(days / 30).astype(np.int64)
    many = 40_000
    drawn = np.where(rng.random((many, 3)) < 0.1, 9.0, 1.0)
    if level is not None:
        drawn[:, 0] = level
    first = month_of(np.array([as_of - (1 if level else 0)]))[0]
    levels = drawn[:, month - first]
    converted = rng.random(many) < 1 - np.exp(-0.004 * levels.sum(axis=1))
    error = np.sqrt(converted.var() / many)
    assert abs(found[0] - converted.mean()) <= 4 * error


def test_a_burst_multiplies_the_conversions_of_its_month(tmp_path: Path) -> None:
    per_month: list[float] = []
    for seed in range(3):
        outcomes = bursting(tmp_path / str(seed), seed).outcomes
        for month in range(-20, 0):
            begin = END + month * HORIZON
            is_open = outcomes.open_at(begin)
            soon = outcomes.ended <= begin + HORIZON
            per_month.append((is_open & soon).sum() / is_open.sum())
    rates = np.sort(per_month)
    assert len(rates) == 60
    assert 2 <= (rates > 4 * np.median(rates)).sum() <= 14
    assert rates[-1] < 15 * np.median(rates)


def test_levels_go_both_ways(tmp_path: Path) -> None:
    steeper = set()
    for seed in range(6):
        world = drifting(tmp_path / str(seed), seed)
        lead = np.arange(LEADS)
        a_year = probabilities(world, lead, END, HORIZON) / probabilities(
            world, lead, END - 365 * DAY_US, HORIZON
        )
        assert 0.5 <= np.median(a_year) <= 2.0
        steeper.add(bool(np.median(a_year) > 1))
    assert steeper == {True, False}
