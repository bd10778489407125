"""When two categories are the same, in the model and in the rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.category import are_boolean, category_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bau", "bau"),
        ("Bau", " BAU\t"),
        ("Straße", "STRASSE"),
        ("ÄRZTE", "ärzte"),
        ("\u00a0IT", "it"),
    ],
)
def test_case_and_spaces_do_not_count(one: str, other: str) -> None:
    assert category_key(one, boolean=False) == category_key(other, boolean=False)


@pytest.mark.parametrize(("one", "other"), [("Bau", "Bauer"), ("a b", "ab"), ("1", "true")])
def test_everything_else_does(one: str, other: str) -> None:
    assert category_key(one, boolean=False) != category_key(other, boolean=False)


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "Yes", " ja "])
@pytest.mark.parametrize("opposite", ["false", "0", "NO", "Nein"])
def test_boolean_words_mean_two_values(word: str, opposite: str) -> None:
    assert category_key(word, boolean=True) == "true"
    assert category_key(opposite, boolean=True) == "false"
    assert are_boolean([word, opposite])


def test_other_words_stay_words_among_boolean_ones() -> None:
    assert category_key("Maybe", boolean=True) == "maybe"


@pytest.mark.parametrize(
    "texts", [[], ["0", "1", "2"], ["yes", "no", "unknown"], ["DE", "NO"], ["wahr", "falsch"]]
)
def test_what_holds_another_word_is_not_boolean(texts: list[str]) -> None:
    assert not are_boolean(texts)


@given(st.text(), st.booleans())
def test_a_key_is_its_own_key(text: str, boolean: bool) -> None:
    key = category_key(text, boolean=boolean)
    assert category_key(key, boolean=boolean) == key
