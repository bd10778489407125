"""Reasons: the strongest ones, in words, and what is missing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.declaration import Language
from features.table import FeatureTable
from serving.reasons import feature_sentence, missing, odds_factor, strongest
from tests.tiny import FEATURE_SET

ROW = FeatureTable(
    FEATURE_SET,
    np.array([[np.nan, np.nan, 1.0, 2.0, np.nan, np.nan, 12.345]]),
    {"industry": np.array(["IT"], dtype=object)},
)


def sentence(feature: str, contribution: float, language: Language) -> str:
    return feature_sentence(ROW, 0, FEATURE_SET.columns[feature], contribution, language)


def test_a_sentence_tells_label_value_and_odds() -> None:
    name, factor = "count(demo_request,7d)", math.log(1.8)
    assert sentence(name, factor, "de") == "Demo angefragt, 7 Tage: Anzahl = 2 (Chance × 1,8)"
    assert sentence(name, factor, "en") == "Demo requested, 7 days: count = 2 (odds × 1.8)"


def test_a_missing_value_is_said_to_be_missing() -> None:
    assert sentence("profile.employees", math.log(0.5), "de") == "employees: fehlt (Chance × 0,5)"
    assert sentence("profile.employees", math.log(0.5), "en") == "employees: missing (odds × 0.5)"


def test_a_category_is_said_as_it_was_sent() -> None:
    assert sentence("profile.industry", math.log(2), "de") == "industry = IT (Chance × 2)"


@pytest.mark.parametrize(
    ("factor", "text"),
    [(1.0234, "1,023"), (0.98, "0,98"), (12.34, "12"), (487e6, "490000000"), (0.0123, "0,012")],
)
def test_odds_factors_keep_what_a_reader_can_tell_apart(factor: float, text: str) -> None:
    assert odds_factor(math.log(factor), "de") == text


@given(
    st.lists(st.floats(-20, 20), max_size=12).map(lambda x: np.array(x, dtype=np.float64)),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_the_strongest_are_listed_and_never_a_zero(
    contributions: np.ndarray[tuple[int], np.dtype[np.float64]], up: int, down: int
) -> None:
    chosen = strongest(contributions, up, down)
    sizes = [abs(contributions[term]) for term in chosen]
    assert sizes == sorted(sizes, reverse=True)
    for sign, most in ((1, up), (-1, down)):
        signed = sign * contributions
        listed = [signed[term] for term in chosen if signed[term] > 0]
        assert listed == sorted(signed[signed > 0], reverse=True)[:most]
    assert all(contributions[term] != 0 for term in chosen)


def test_missing_comes_by_importance() -> None:
    importance = {"profile.employees": 0.1, "account.count(*,7d)": 0.3}
    assert missing(ROW, 0, importance, account_events=True) == ["account_events", "employees"]
    assert missing(ROW, 0, importance, account_events=False) == ["employees"]
