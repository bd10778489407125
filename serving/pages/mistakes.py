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
_MOST_PIECES = 100
"""Between semicolons; a message of more stays English, for it takes the longer the more it has."""


class Told(NamedTuple):
    """A mistake, and the language in which it is said."""

    text: str
    language: Language


def mistake_told(message: str, language: Language) -> Told:
    """Return a mistake for a reader."""
    german = None
    if language == "de" and message.count(_AND) < _MOST_PIECES:
        german = _Reader().german(message)
    return Told(message, "en") if german is None else Told(german, "de")


class _Reader:
    """Finds one message in German; each piece of it is looked at once, however it is reached."""

    def __init__(self) -> None:
        self.german = cache(self._german)
        self._one = cache(self._alone)

    def _german(self, message: str) -> str | None:
        return _plain(message) or self._several(message) or self._framed(message)

    def _alone(self, message: str) -> str | None:
        return _plain(message) or self._framed(message)

    def _several(self, message: str) -> str | None:
        """Return mistakes that stand one after the other, which have semicolons of their own."""
        for place in (found.start() for found in re.finditer(_AND, message)):
            first = self._one(message[:place])
            rest = None if first is None else self.german(message[place + len(_AND) :])
            if rest is not None:
                return f"{first}{_AND}{rest}"
        return None

    def _framed(self, message: str) -> str | None:
        for pattern, said in _frames():
            found = pattern.fullmatch(message)
            more = self.german(found[_MORE]) if found else None
            if found and more is not None:
                return said.format(**{**found.groupdict(), _MORE: more})
        return None


def _plain(message: str) -> str | None:
    # No hole has a semicolon: most mistakes are left out at once.
    for pattern, said in _mistakes().get(message.count(";"), ()):
        if found := pattern.fullmatch(message):
            return said.format(**found.groupdict())
    return None


@cache
def _mistakes() -> dict[int, list[tuple[re.Pattern[str], str]]]:
    """Return how mistakes are written, and said, by the number of their semicolons."""
    by_semicolons: dict[int, list[tuple[re.Pattern[str], str]]] = {}
    for one in MISTAKES:
        written = _pattern(one.en, "[^;]+?"), one.de
        by_semicolons.setdefault(one.en.count(";"), []).append(written)
    return by_semicolons


@cache
def _frames() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(one.en, "[^:;]+?"), one.de) for one in FRAMES)


def _pattern(english: str, hole: str) -> re.Pattern[str]:
    def written(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}>{'.+' if found[1] == _MORE else hole})"

    # A plural of pydantic is no other mistake.
    return re.compile(_HOLE.sub(written, re.escape(english)) + "s?")
