"""A group of leads, such as those of a country: told apart by what their profiles say."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr

from features.contract.category import category_key
from features.contract.document_part import several
from features.contract.lead import ProfileValue
from features.contract.profile import profile_text

_Scalar = StrictBool | StrictInt | StrictFloat | StrictStr
_Values = Annotated[tuple[_Scalar, ...], BeforeValidator(several), Field(min_length=1)]
_Field = Annotated[str, Field(min_length=1, max_length=60)]

Group = Annotated[dict[_Field, _Values], Field(min_length=1)]
"""By profile field, the values that it may have; all fields must fit."""


def in_group(group: Group, profile: Mapping[str, ProfileValue]) -> bool:
    """Tell whether a lead with a profile is one of a group; values are read as features are."""
    return membership(group)(profile)


def membership(group: Group) -> Callable[[Mapping[str, ProfileValue]], bool]:
    """Return what tells, as `in_group`, of many profiles whether they are of a group."""
    fields = [*_keys(group)]
    return lambda profile: all(_key(profile.get(field)) in keys for field, keys in fields)


def within_group(inner: Group, outer: Group) -> bool:
    """Tell whether all leads of one group are sure to be leads of another one."""
    narrow = dict(_keys(inner))
    return all(field in narrow and narrow[field] <= keys for field, keys in _keys(outer))


def group_text(group: Group) -> str:
    """Return a group for a reader: ``country AT or CH, product maintenance``."""
    return ", ".join(
        f"{field} {' or '.join(profile_text(value) or '' for value in values)}"
        for field, values in group.items()
    )


def _keys(group: Group) -> Iterator[tuple[str, frozenset[str | None]]]:
    """Yield by field what the values that fit share; what is not known fits nothing."""
    for field, values in group.items():
        yield field, frozenset(map(_key, values)) - {None}


def _key(value: ProfileValue) -> str | None:
    text = profile_text(value)
    return None if text is None else category_key(text, boolean=False)
