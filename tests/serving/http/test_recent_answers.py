"""Which share of the last minutes' answers the rules gave."""

import pytest

from serving.http.recent_answers import SECONDS, Recent

NOON = 50_000.0


def test_without_answers_nothing_is_by_the_rules() -> None:
    told = Recent().told(NOON)
    assert (told.answers, told.by_rules, told.by_reason) == (0, 0.0, {})


def test_shares_are_told_by_reason() -> None:
    recent = Recent()
    for reason in (None, None, "deadline", None, "non_finite", None, "deadline", None):
        recent.note(reason, NOON)
    told = recent.told(NOON + 1)
    assert (told.answers, told.by_rules) == (8, 0.375)
    assert told.by_reason == {"deadline": 0.25, "non_finite": 0.125}


@pytest.mark.parametrize(
    ("later", "counts"), [(SECONDS - 10.0, 1), (SECONDS - 0.1, 1), (SECONDS, 0)]
)
def test_an_answer_counts_for_five_minutes(later: float, counts: int) -> None:
    recent = Recent()
    recent.note("deadline", NOON)
    assert recent.told(NOON + later).answers == counts


def test_a_long_time_of_answers_is_forgotten_but_for_its_end() -> None:
    recent = Recent()
    for second in range(0, 10 * SECONDS, 5):
        recent.note("deadline" if second < 9 * SECONDS else None, NOON + second)
    told = recent.told(NOON + 10 * SECONDS - 1)
    assert (told.answers, told.by_rules) == (SECONDS // 5, 0.0)
