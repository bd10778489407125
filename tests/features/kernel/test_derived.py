"""What follows from a lead and a moment: the time of year is the same wherever it is computed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.duration import DAY_US
from features.contract.lead import micros
from features.declaration.feature_set import FeatureSet, LeadAge, Season
from features.declaration.table import FeatureTable
from features.kernel.derived import fill_derived

SEASON = FeatureSet(features=(Season(wave="sine"), Season(wave="cosine")))


def _season(as_of: list[int], feature_set: FeatureSet = SEASON) -> np.ndarray:
    rows = len(as_of)
    table = FeatureTable(feature_set, np.full((rows, len(feature_set.features)), np.nan), {})
    fill_derived(table, np.zeros(rows, dtype=np.int64), np.array(as_of))
    return table.numbers


@given(st.integers(0, 130 * 365))
def test_the_time_of_year_is_an_angle(days: int) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days)
    (sine, cosine), *_ = _season([micros(moment, "as_of")])
    angle = np.arctan2(sine, cosine) % (2 * np.pi)
    begin = datetime(moment.year, 1, 1, tzinfo=UTC)
    passed = (moment - begin) / timedelta(days=365.2425)
    distance = abs(angle / (2 * np.pi) - passed)
    # A day is told as a whole, and a year is not always as long.
    assert min(distance, 1 - distance) < 2.5 / 365


def test_every_day_of_the_years_has_its_angle() -> None:
    # A quarter into the day, so that the last one of a year, which is not whole, is met as well.
    days = np.arange(8 * 366) + 0.24
    angle = 2 * np.pi * np.floor(days % 365.2425) / 365.2425
    found = _season((days * DAY_US).astype(np.int64).tolist())
    np.testing.assert_allclose(found, np.column_stack((np.sin(angle), np.cos(angle))), atol=1e-12)


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 8, 100])
def test_many_rows_say_bit_for_bit_what_one_says(rows: int) -> None:
    moments = [n * 37 * DAY_US + 12345 for n in range(rows)]
    alone = [_season([moment])[0] for moment in moments]
    np.testing.assert_array_equal(_season(moments), alone)


def test_nothing_is_written_where_it_is_not_declared() -> None:
    assert np.isnan(_season([5 * DAY_US], FeatureSet(features=(LeadAge(),)))).all()


def test_a_feature_set_is_told_without_the_time_of_year() -> None:
    both = FeatureSet(features=(SEASON.features[0], LeadAge(), SEASON.features[1]))
    assert both.knows_season
    assert both.without_season() == FeatureSet(features=(LeadAge(),))
    assert not both.without_season().knows_season
