"""What an answer rests on tells how much of it matters."""

import math

import pytest

from serving.scoring.basis import RulesBasis
from serving.scoring.rules import Rules

RULES = Rules.model_validate(
    {
        "thresholds": {"mal": 20, "mql": 45, "sql": 80},
        "probability": {"at_zero": 0.02, "at_sql": 0.5},
        "fit": {
            "head": {"de": "a", "en": "a", "points": 10, "profile": "role", "one_of": ["head"]},
            "student": {"de": "b", "en": "b", "points": -40, "profile": "role", "one_of": ["s"]},
        },
        "behaviour": {
            "demo": {"de": "c", "en": "c", "points": 30, "event": "demo", "at_least": 1},
            "lately": {
                "de": "d", "en": "d", "points": 5, "event": "demo", "within": "7d", "at_least": 1,
            },
        },
    }
)  # fmt: skip
# Eighty points lead from the one anchor to the other one.
POINT = (math.log(0.5 / 0.5) - math.log(0.02 / 0.98)) / 80


def test_rules_matter_by_the_most_points_that_any_of_them_gives_or_takes() -> None:
    basis = RulesBasis(RULES)
    assert basis.importance == pytest.approx(
        {"profile.role": 40 * POINT, "count(demo)": 30 * POINT, "count(demo,7d)": 5 * POINT}
    )
    assert basis.subject_importance == pytest.approx(
        {"profile.role": 40 * POINT, "event:demo": 30 * POINT}
    )
    assert basis.fit.tolist() == [True, True, False, False]


def test_a_rule_is_said_with_its_points() -> None:
    basis = RulesBasis(RULES)
    assert basis.said(0, "de") == "a (+10 Punkte)"
    assert basis.said(1, "en") == "b (-40 points)"
