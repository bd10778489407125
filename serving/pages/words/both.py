"""One thing said in both languages."""

from typing import NamedTuple


class Both(NamedTuple):
    """The same in German and English; `{names}` in it are filled."""

    de: str
    en: str
