"""One reading of profile values, whatever they come from."""

import math

import pytest

from features.contract.lead import ContractError, ProfileValue
from features.contract.profile import profile_number, profile_text


@pytest.mark.parametrize(
    ("value", "number"), [(3, 3.0), ("3.5", 3.5), (" 7 ", 7.0), (True, 1.0), ("-1e15", -1e15)]
)
def test_numbers(value: ProfileValue, number: float) -> None:
    assert profile_number(value, "x") == number


@pytest.mark.parametrize("value", [None, "", " \u00a0"])
def test_missing_numbers(value: ProfileValue) -> None:
    assert math.isnan(profile_number(value, "x"))


@pytest.mark.parametrize(
    "value", ["many", math.inf, math.nan, "nan", 1.1e15, "1_000", "１２", "1,5"]
)
def test_what_is_no_number_is_refused_without_telling_it(value: ProfileValue) -> None:
    with pytest.raises(ContractError, match=r"^lead\.profile\.size: ") as caught:
        profile_number(value, "lead.profile.size")
    assert "many" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Bau", "Bau"),
        ("  Bau ", "Bau"),
        ("", None),
        (None, None),
        (math.nan, None),
        (7, "7"),
        (7.0, "7"),
        ("7.0", "7"),
        ("-7.00", "-7"),
        (7.5, "7.5"),
        ("7.5", "7.5"),
        (True, "true"),
        ("True", "true"),
        ("FALSE", "false"),
        ("007", "007"),
        (1e14, "100000000000000"),
        (1e15, "1000000000000000.0"),
        (False, "false"),
    ],
)
def test_texts(value: ProfileValue, text: str | None) -> None:
    assert profile_text(value) == text
