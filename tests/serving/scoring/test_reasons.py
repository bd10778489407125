"""How reasons are said."""

from serving.scoring.reasons import with_odds


def test_a_sentence_ends_with_its_odds() -> None:
    assert with_odds("Rolle = IT", "1,8", "de") == "Rolle = IT (Chance × 1,8)"
    assert with_odds("Role = IT", "1.8", "en") == "Role = IT (odds × 1.8)"
