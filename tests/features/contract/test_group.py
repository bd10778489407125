"""Groups of leads: one reading of values for service, files and training."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from features.contract.group import Group, group_text, in_group, within_group
from features.contract.lead import ProfileValue

GROUP: TypeAdapter[Group] = TypeAdapter(Group)

VALUES = st.sampled_from(["AT", " at ", "ch", "5", 5, 5.0, True, "true", "", 0])
GROUPS = st.dictionaries(
    st.sampled_from(["country", "size"]), st.lists(VALUES, min_size=1), min_size=1
)
PROFILES = st.dictionaries(
    st.sampled_from(["country", "size"]), st.one_of(st.none(), VALUES, st.just(math.nan))
)


@pytest.mark.parametrize(
    ("written", "value", "fits"),
    [
        ("AT", " at ", True),
        (["CH", "AT"], "at", True),
        ("AT", "ATX", False),
        ("AT", None, False),
        (5, 5.0, True),
        (5, "5", True),
        ("5", 5, True),
        (1, True, False),
        (True, 1, False),
        (True, "true", True),
        (True, "True", True),
        ("", None, False),
        ("", "", False),
        (5, math.nan, False),
    ],
)
def test_values_are_read_as_features_are(written: object, value: ProfileValue, fits: bool) -> None:
    group = GROUP.validate_python({"field": written})
    assert in_group(group, {"field": value}) is fits
    assert not in_group(group, {})


def test_all_fields_must_fit() -> None:
    group = GROUP.validate_python({"country": "AT", "product": ["a", "b"]})
    assert in_group(group, {"country": "AT", "product": "B", "other": "x"})
    assert not in_group(group, {"country": "AT"})
    assert group_text(group) == "country AT, product a or b"


@pytest.mark.parametrize(
    "written", [{}, {"country": []}, {"": "AT"}, {"country": None}, {"x" * 61: 1}]
)
def test_what_tells_nobody_apart_is_refused(written: object) -> None:
    with pytest.raises(ValidationError):
        GROUP.validate_python(written)


@given(GROUPS, GROUPS, PROFILES)
def test_whoever_is_in_the_narrower_group_is_in_the_wider_one(
    inner: object, outer: object, profile: dict[str, ProfileValue]
) -> None:
    narrow, wide = GROUP.validate_python(inner), GROUP.validate_python(outer)
    if within_group(narrow, wide) and in_group(narrow, profile):
        assert in_group(wide, profile)


def test_a_field_has_a_name_of_up_to_sixty_characters() -> None:
    assert in_group(GROUP.validate_python({"x" * 60: 1}), {"x" * 60: 1})
    assert in_group(GROUP.validate_python({"x": 1}), {"x": 1})


def test_a_group_that_says_less_is_not_within() -> None:
    austria = GROUP.validate_python({"country": "AT"})
    several = GROUP.validate_python({"country": ["AT", "CH"]})
    narrow = GROUP.validate_python({"country": "at", "product": "a"})
    assert within_group(austria, several) and not within_group(several, austria)
    assert within_group(narrow, austria) and not within_group(austria, narrow)
