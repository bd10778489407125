"""Names as they are compared: without case, accents and punctuation."""

import re
import unicodedata

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def words_of(text: str) -> list[str]:
    """Return the words of a name in one spelling: `Müller` and `MUELLER` are `mueller`.

    A full stop ends no word, so that `e.K.` is one; any other sign does.
    """
    composed = unicodedata.normalize("NFKC", text).casefold()
    spelt = unicodedata.normalize("NFKD", composed.translate(_SPELT_OUT))
    letters = "".join(c for c in spelt if not unicodedata.combining(c))
    return re.findall(r"\w+", letters.replace(".", ""))


def without_accents(text: str) -> str:
    """Return a text whose umlauts have lost their dots, as some senders write them."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(c for c in parts if not unicodedata.combining(c))
