"""The gate to the model: order, codes and missing values."""

import numpy as np
import pytest

from features.declaration.encoder import MOST_RARE, UNKNOWN_CATEGORY, Encoder, category_columns
from features.declaration.feature_set import FeatureSet, LeadAge, ProfileCategory, ProfileNumber
from features.declaration.table import FeatureTable, concatenate

FEATURES = FeatureSet(
    features=(ProfileNumber(field="size"), ProfileCategory(field="trade"), LeadAge())
)


def table(*rows: tuple[float, str | None]) -> FeatureTable:
    numbers = np.array([[size, np.nan, 1.0] for size, _ in rows])
    texts = np.array([text for _, text in rows], dtype=object)
    return FeatureTable(FEATURES, numbers, {"trade": texts})


def fit(seen: FeatureTable, *, min_leads: int = 1, max_categories: int = 5) -> Encoder:
    """Learn from rows of as many leads."""
    lead = np.arange(len(seen))
    return Encoder.fit(seen, lead, min_leads=min_leads, max_categories=max_categories)


def test_codes_by_frequency_and_one_for_the_unknown() -> None:
    seen = table((1, "IT"), (1, "Bau"), (1, "Bau"), (1, None), (1, "rare"), (1, "IT"), (1, "Bau"))
    encoder = fit(seen, min_leads=2, max_categories=10)
    assert encoder.categories == {"trade": ("Bau", "IT")}
    matrix = encoder.encode(table((5, "Bau"), (np.nan, "IT"), (0, "rare"), (0, None)))
    expected = [[5, 1, 1], [np.nan, 2, 1], [0, UNKNOWN_CATEGORY, 1], [0, np.nan, 1]]
    np.testing.assert_array_equal(matrix, expected)
    assert "Bau" in encoder.categories["trade"]
    assert "rare" not in encoder.categories["trade"]


def test_a_category_of_many_rows_of_one_lead_is_rare() -> None:
    seen = table((1, "A GmbH"), (1, "A GmbH"), (1, "A GmbH"), (1, "Bau"), (1, "Bau"))
    lead = np.array([0, 0, 0, 1, 2])
    encoder = Encoder.fit(seen, lead, min_leads=2, max_categories=5)
    assert encoder.categories == {"trade": ("Bau",)}


def test_case_and_spaces_make_no_category() -> None:
    seen = table((1, "IT"), (1, "it"), (1, "It"), (1, "it"), (1, "Bau"))
    encoder = fit(seen)
    assert encoder.categories == {"trade": ("it", "Bau")}
    sent = table((1, "IT "), (1, " iT"), (1, "BAU"), (1, "Baum"))
    assert encoder.encode(sent)[:, 1].tolist() == [1, 1, 2, UNKNOWN_CATEGORY]


def test_a_lead_whose_category_is_spelt_in_two_ways_is_one() -> None:
    seen = table((1, "Bau"), (1, "BAU"), (1, "IT"), (1, "IT"))
    lead = np.array([0, 0, 1, 2])
    encoder = Encoder.fit(seen, lead, min_leads=2, max_categories=5)
    assert encoder.categories == {"trade": ("IT",)}


def test_a_boolean_field_takes_every_boolean_word() -> None:
    encoder = fit(table((1, "true"), (1, "true"), (1, "false")))
    assert encoder.boolean == ("trade",)
    yes, no = (encoder.encode(table((1, word)))[0, 1] for word in ("true", "false"))
    for words, code in ((("TRUE", "1", "yes", " Ja"), yes), (("0", "No", "nein", "False"), no)):
        assert encoder.encode(table(*[(1, word) for word in words]))[:, 1].tolist() == [code] * 4
    assert encoder.encode(table((1, "maybe")))[0, 1] == UNKNOWN_CATEGORY


@pytest.mark.parametrize("words", [("0", "1", "2"), ("yes", "no", "unknown"), ("NO", "DE")])
def test_a_field_with_another_category_is_not_boolean(words: tuple[str, ...]) -> None:
    encoder = fit(table(*[(1, word) for word in words]))
    assert encoder.boolean == ()
    assert not encoder.seen("trade", "true")


def test_what_is_rare_is_not_boolean_either() -> None:
    seen = table(*[(1, word) for word in ("1", "1", "0", "0", "2")])
    assert fit(seen, min_leads=2).boolean == ()


def test_what_training_had_is_known_however_rare() -> None:
    seen = table((1, "Bau"), (1, "Bau"), (1, "Erika Muster"), (1, None))
    encoder = fit(seen, min_leads=2)
    for text in ("Bau", "BAU ", "Erika Muster", "erika MUSTER"):
        assert encoder.seen("trade", text)
    for text in ("Erika", "IT"):
        assert not encoder.seen("trade", text)


def test_what_is_rare_is_not_written_down() -> None:
    encoder = fit(table((1, "Bau"), (1, "Bau"), (1, "Erika Muster")), min_leads=2)
    written = encoder.model_dump_json()
    assert "Bau" in written
    assert "erika" not in written.casefold()
    again = Encoder.model_validate_json(written)
    assert again.seen("trade", "Erika Muster")
    # Of so short a mark, nobody can tell what it was made of.
    [mark] = encoder.rare["trade"] or ()
    assert len(mark) == 6


def test_where_too_many_are_rare_a_new_one_is_no_news() -> None:
    most = fit(table(*[(1, f"page {n}") for n in range(MOST_RARE)]), min_leads=2)
    assert not most.seen("trade", "another page")
    beyond = fit(table(*[(1, f"page {n}") for n in range(MOST_RARE + 1)]), min_leads=2)
    assert beyond.rare == {"trade": None}
    assert beyond.seen("trade", "another page")


def test_what_is_beyond_the_most_frequent_is_known_as_well() -> None:
    encoder = fit(table(*[(1, letter) for letter in "aabbc"]), max_categories=2)
    assert encoder.seen("trade", "c")


def test_only_so_many_categories_are_kept() -> None:
    seen = table(*[(1, letter) for letter in "aabbc"])
    assert fit(seen, max_categories=2).categories == {"trade": ("a", "b")}


def test_a_round_trip_through_json_keeps_the_codes() -> None:
    encoder = fit(table((1, "Ä"), (1, "b")))
    again = Encoder.model_validate_json(encoder.model_dump_json())
    both = table((1, "b"), (1, "Ä"))
    np.testing.assert_array_equal(again.encode(both), encoder.encode(both))


def test_encoding_leaves_the_table_as_it_is() -> None:
    rows = table((1, "a"))
    fit(rows).encode(rows)
    assert np.isnan(rows.numbers[0, 1])


def test_a_table_of_other_fields_is_refused() -> None:
    with pytest.raises(ValueError, match="not those of the encoder"):
        Encoder(categories={"colour": ("red",)}).encode(table((1, "a")))


def test_one_row_is_encoded_as_in_a_batch() -> None:
    rows = [table((1, "a")), table((2, None)), table((np.nan, "z"))]
    encoder = fit(rows[0])
    batch = encoder.encode(concatenate(rows))
    one_by_one = np.concatenate([encoder.encode(row) for row in rows])
    np.testing.assert_array_equal(batch, one_by_one)


def test_categorical_columns_are_told() -> None:
    assert category_columns(FEATURES) == [1]
