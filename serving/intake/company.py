"""What is told of a company, brought to one form: its country, and how large it is.

The value that was told stays as it is, since a model may have learned from it. Beside it stands a
derived fact, or nothing where the value cannot be read: no guess, and no error.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import cast

from babel import Locale
from babel.core import get_global

from features.contract.lead import ProfileValue
from serving.intake.spelling import without_accents, words_of

COUNTRY_FIELDS = ("country", "land", "company_country")
SIZE_FIELDS = ("employees", "mitarbeiter", "company_size", "company_employees")

_LONGEST = 100
"""Characters; what is longer names neither a country nor a size."""


def company_facts(
    told: Mapping[str, ProfileValue], before: Mapping[str, ProfileValue] | None = None
) -> dict[str, ProfileValue]:
    """Return what is derived of the fields that are told; None where it can no longer be.

    Of several fields that tell the same, the first that can be read counts. A derived fact that is
    told itself is left to whoever tells it.

    Args:
        told: Values by field.
        before: What was known of the lead and stays; nothing if None.
    """
    known = {**(before or {}), **told}
    return {
        fact: next((found for field in fields if (found := read(known.get(field)))), None)
        for fact, (fields, read) in _DERIVED.items()
        if fact not in told and not told.keys().isdisjoint(fields)
    }


def tells_company(profile: Mapping[str, ProfileValue]) -> bool:
    """Tell whether anything is to be derived of a profile."""
    return any(not profile.keys().isdisjoint(fields) for fields, _ in _DERIVED.values())


def country_code(told: ProfileValue) -> str | None:
    """Return a country as ISO 3166-1 alpha-2 by its German or English name, or a code of it."""
    if not isinstance(told, str) or len(told) > _LONGEST:
        return None
    return _countries().get(_spelt(told))


def employees_band(told: ProfileValue) -> str | None:
    """Return the band of a headcount, after the EU's recommendation 2003/361/EC.

    Of a range the middle counts, since senders' bands have other borders than these.
    """
    if isinstance(told, bool) or told is None:
        return None
    heads = _heads(told.casefold()) if isinstance(told, str) else told
    if heads is None or not heads >= 0:
        return None
    return next((band for most, band in _BANDS if heads < most), "250+")


_BANDS = ((10, "1-9"), (50, "10-49"), (250, "50-249"))

_NO_COUNTRIES = frozenset({
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
})  # fmt: skip
"""Codes that CLDR has and ISO 3166-1 does not; Kosovo's XK is in use, and stays."""

_ALSO = {
    "a": "AT", "brd": "DE", "bundesrepublik deutschland": "DE", "burma": "MM", "d": "DE",
    "czech republic": "CZ", "elfenbeinküste": "CI", "england": "GB", "great britain": "GB",
    "großbritannien": "GB", "holland": "NL", "hong kong": "HK", "hongkong": "HK",
    "korea, republic of": "KR", "macau": "MO", "mazedonien": "MK", "moldawien": "MD",
    "republik österreich": "AT", "russian federation": "RU", "russische föderation": "RU",
    "slovak republic": "SK", "slowakische republik": "SK", "tschechei": "CZ",
    "tschechische republik": "CZ", "turkey": "TR", "uae": "AE", "united states of america": "US",
    "vae": "AE", "vereinigte staaten von amerika": "US", "viet nam": "VN", "weißrussland": "BY",
}  # fmt: skip
"""Names in use that CLDR does not list."""

_SMALL_WORDS = frozenset({"and", "the", "und"})


@cache
def _countries() -> Mapping[str, str]:
    """Return ISO codes by codes and names, as `_spelt` writes them."""
    names = [cast("Mapping[str, str]", Locale(language).territories) for language in ("de", "en")]
    codes = {code for code in names[0] if len(code) == 2} - _NO_COUNTRIES
    aliases: Mapping[str, Sequence[str]] = get_global("territory_aliases")
    # What became several countries is none of them.
    named = [(alias, became[0]) for alias, became in aliases.items() if len(became) == 1]
    named += [(code, code) for code in codes]
    named += [(territories[code], code) for territories in names for code in codes]
    named += _ALSO.items()
    known = [(name, code) for name, code in named if code in codes]
    plain = {_spelt(without_accents(name)): code for name, code in known}
    return plain | {_spelt(name): code for name, code in known}


def _spelt(name: str) -> str:
    words = words_of(name)
    return " ".join([word for word in words if word not in _SMALL_WORDS] or words)


_NUMBER = r"(\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+|\d{1,9})(?:[.,]\d{1,2})?"
_NOISE = re.compile(
    r"\b(?:ca|circa|etwa|rund|about|approx|mitarbeiter(?:innen|/innen|:innen|\*innen)?|"
    r"mitarbeitende|beschäftigte|angestellte|ma|employees|people|staff|personen)\b\.?|~"
)
_RANGE = re.compile(rf"{_NUMBER}\s*(?:-|–|—|bis|to)\s*{_NUMBER}")
_LEAST = re.compile(
    rf"(?:>=?|≥|über|ueber|mehr als|more than|over|ab|mindestens|at least)\s*{_NUMBER}"
    rf"|{_NUMBER}\s*\+"
)
_MOST = re.compile(
    rf"(<=?|≤|unter|weniger als|less than|under|bis|bis zu|up to|max\.?|höchstens)\s*{_NUMBER}"
)
_EXCLUSIVE = frozenset({"<", "unter", "weniger als", "less than", "under"})


def _heads(text: str) -> float | None:
    """Return the headcount that a text tells, None where it tells none."""
    if len(text) > _LONGEST:
        return None
    said = _NOISE.sub(" ", text).strip()
    if found := re.fullmatch(_NUMBER, said):
        return _number(found[1])
    if found := _RANGE.fullmatch(said):
        return (_number(found[1]) + _number(found[2])) / 2
    if found := _LEAST.fullmatch(said):
        return _number(found[1] or found[2])
    if found := _MOST.fullmatch(said):
        return (1 + _number(found[2]) - (found[1] in _EXCLUSIVE)) / 2
    return None


def _number(digits: str) -> float:
    return float(re.sub(r"\D", "", digits))


_DERIVED: Mapping[str, tuple[tuple[str, ...], Callable[[ProfileValue], str | None]]] = {
    "country_code": (COUNTRY_FIELDS, country_code),
    "employees_band": (SIZE_FIELDS, employees_band),
}
