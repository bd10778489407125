"""Mistakes in files of people, said in the language of the page.

Their readers say them in English, for commands and callers as well. What is not known here stays as
it is, and is marked as English.
"""

import re
from functools import cache
from typing import NamedTuple

from features.contract.language import Language
from serving.pages.words.mistakes import FRAMES, MISTAKES

_MORE = "more"
_HOLE = re.compile(r"\\\{(\w+)\\\}")
_AND = "; "


class Told(NamedTuple):
    """A mistake, and the language in which it is said."""

    text: str
    language: Language


def mistake_told(message: str, language: Language) -> Told:
    """Return a mistake for a reader."""
    german = _german(message) if language == "de" else None
    return Told(message, "en") if german is None else Told(german, "de")


def _german(message: str) -> str | None:
    for pattern, said in _mistakes():
        if found := pattern.fullmatch(message):
            return said.format(**found.groupdict())
    return _several(message) or _framed(message)


def _framed(message: str) -> str | None:
    for pattern, said in _frames():
        found = pattern.fullmatch(message)
        more = _german(found[_MORE]) if found else None
        if found and more is not None:
            return said.format(**{**found.groupdict(), _MORE: more})
    return None


def _several(message: str) -> str | None:
    """Return mistakes that stand one after the other, which have semicolons of their own, too."""
    for place in (found.start() for found in re.finditer(_AND, message)):
        first = _one(message[:place])
        rest = None if first is None else _german(message[place + len(_AND) :])
        if rest is not None:
            return f"{first}{_AND}{rest}"
    return None


def _one(message: str) -> str | None:
    for pattern, said in _mistakes():
        if found := pattern.fullmatch(message):
            return said.format(**found.groupdict())
    return _framed(message)


@cache
def _mistakes() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(one.en, "[^;]+?"), one.de) for one in MISTAKES)


@cache
def _frames() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(one.en, "[^:;]+?"), one.de) for one in FRAMES)


def _pattern(english: str, hole: str) -> re.Pattern[str]:
    def written(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{'.+' if found[1] == _MORE else hole})"

    # A plural of pydantic is no other mistake.
    return re.compile(_HOLE.sub(written, re.escape(english)) + "s?")
