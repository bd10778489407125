"""Words of the workspace: whole in both languages, and all of them used."""

import re
from pathlib import Path
from string import Formatter

import serving.http
import serving.pages
from serving.pages.saying import WORDS, say

ROOMS = [Path(room.__path__[0]) for room in (serving.pages, serving.http)]


def sources() -> str:
    files = [
        file
        for room in ROOMS
        for kind in ("*.html", "*.py")
        for file in room.rglob(kind)
        if file.parent.name != "words"
    ]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_nothing_is_empty_and_both_languages_fill_the_same() -> None:
    for key, both in WORDS.items():
        names = [
            sorted({name for _, name, _, _ in Formatter().parse(said) if name}) for said in both
        ]
        assert all(both), key
        assert names[0] == names[1], key


def test_every_word_is_used() -> None:
    """By its key, or by the beginning of it that a page completes, such as `role.`."""
    text = sources()
    quoted = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*\.?)["']""", text))
    begun = set(re.findall(r"""["']f?([a-z_.]+\.)["'{]""", text))
    unused = {
        key
        for key in WORDS
        if key not in quoted
        and key.removeprefix("done.") not in quoted
        and not any(key.startswith(one) for one in begun)
    }
    assert unused == set()


def test_every_word_that_is_used_exists() -> None:
    used = set(re.findall(r"""say\([^()"']*["']([a-z_.]+[a-z_])["'](?! ~)""", sources()))
    assert used and used <= WORDS.keys()


def test_words_are_filled() -> None:
    assert say("de", "users.disable.of", name="Anna") == "Anna sperren"
    assert say("en", "users.disable.of", name="{x}") == "Disable {x}"
