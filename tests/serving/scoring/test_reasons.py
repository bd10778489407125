"""Reasons: the strongest ones, and how they are said."""

from hypothesis import given
from hypothesis import strategies as st

from serving.scoring.reasons import strongest, with_odds


def test_a_sentence_ends_with_its_odds() -> None:
    assert with_odds("Rolle = IT", "1,8", "de") == "Rolle = IT (Chance × 1,8)"
    assert with_odds("Role = IT", "1.8", "en") == "Role = IT (odds × 1.8)"


@given(st.lists(st.floats(-20, 20), max_size=12), st.integers(0, 6), st.integers(0, 6))
def test_the_strongest_are_listed_and_never_a_zero(
    contributions: list[float], up: int, down: int
) -> None:
    chosen = strongest(contributions, up, down)
    sizes = [abs(contributions[term]) for term in chosen]
    assert sizes == sorted(sizes, reverse=True)
    for sign, most in ((1, up), (-1, down)):
        listed = [sign * contributions[t] for t in chosen if sign * contributions[t] > 0]
        every = [sign * contribution for contribution in contributions]
        assert listed == sorted([x for x in every if x > 0], reverse=True)[:most]
    assert all(contributions[term] != 0 for term in chosen)
