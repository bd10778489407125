import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from experiments.worlds.daily import NEVER, DailyRates
from features.contract.duration import DAY_US

START = 1_000 * DAY_US
DAYS = 6


def at(*days: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return START + (np.array(days) * DAY_US).astype(np.int64)


@given(
    arrays.arrays(np.float64, (2, DAYS), elements=st.floats(0, 3)),
    st.floats(0, DAYS),
    st.sampled_from([0, 1]),
)
def test_integral_is_the_sum_of_small_steps(
    per_day: np.ndarray[tuple[int, int], np.dtype[np.float64]], until: float, lead: int
) -> None:
    steps = 24 * 60
    middle = (np.arange(round(until * steps)) + 0.5) / steps
    expected = per_day[lead, middle.astype(np.int64)].sum() / steps
    rates = DailyRates(START, per_day)
    (found,) = rates.integral(np.array([lead]), at(until))
    assert found == pytest.approx(expected, abs=3 / steps + 1e-9)


def test_integral_of_each_border() -> None:
    rates = DailyRates(START, np.array([[1.0, 0.0, 2.0]]))
    found = rates.integral(np.zeros(5, dtype=np.int64), at(0, 0.5, 1, 2, 3))
    assert found.tolist() == [0.0, 0.5, 1.0, 1.0, 3.0]


@pytest.mark.parametrize("day", [-0.1, 3.1])
def test_a_moment_outside_the_days_is_refused(day: float) -> None:
    rates = DailyRates(START, np.ones((1, 3)))
    with pytest.raises(ValueError, match="outside the 3 days"):
        rates.integral(np.array([0]), at(day))


def test_first_moments_come_as_often_as_the_integral_says() -> None:
    leads = 40_000
    per_day = np.tile([0.0, 0.3, 0.0, 0.05, 1.0, 0.0], (leads, 1))
    rates = DailyRates(START, per_day)
    begin = np.full(leads, at(1.5)[0])
    first = rates.first_after(begin, np.random.default_rng(1))
    assert (first > begin).all()
    for day in (2.0, 3.0, 3.5, 4.0, 4.1, 5.0, 6.0):
        until = at(day)
        one = np.array([0])
        expected = -np.expm1(rates.integral(one, begin[:1]) - rates.integral(one, until))[0]
        error = np.sqrt(expected * (1 - expected) / leads)
        assert abs((first <= until).mean() - expected) <= 4 * error
    happened = first[first != NEVER] - START
    assert set((happened // DAY_US).tolist()) <= {1, 3, 4}


def test_what_has_no_rate_never_happens() -> None:
    rates = DailyRates(START, np.zeros((3, DAYS)))
    begin = at(0, 2.5, 6)
    assert (rates.first_after(begin, np.random.default_rng(1)) == NEVER).all()
    lead, moment = rates.all_between(begin, at(6, 6, 6), np.random.default_rng(1))
    assert len(lead) == len(moment) == 0


def test_all_moments_lie_between_and_come_as_often_as_the_rates_say() -> None:
    leads = 3_000
    per_day = np.tile([1.0, 0.0, 3.0, 1.0, 1.0, 1.0], (leads, 1))
    begin, end = np.full(leads, at(0.5)[0]), np.full(leads, at(2.5)[0])
    end[0] = begin[0]
    lead, moment = DailyRates(START, per_day).all_between(begin, end, np.random.default_rng(1))
    assert ((begin[lead] <= moment) & (moment < end[lead])).all()
    assert (np.lexsort((moment, lead)) == np.arange(len(lead))).all()
    expected = 2.0 * (leads - 1)
    assert abs(len(lead) - expected) <= 4 * np.sqrt(expected)
    assert not ((moment - START) // DAY_US == 1).any()
