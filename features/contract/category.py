"""When two categories are the same: one rule for the model and for the rules that people write.

Case and the spaces around a text do not count. Where a field holds nothing but boolean words, the
words of both languages, `1` and `0` mean the same two values.
"""

from collections.abc import Iterable

_TRUTH = {
    **dict.fromkeys(("true", "yes", "ja", "1"), "true"),
    **dict.fromkeys(("false", "no", "nein", "0"), "false"),
}


def category_key(text: str, *, boolean: bool) -> str:
    """Return what equal categories share.

    Args:
        text: A category, not empty.
        boolean: Whether it belongs to a field, or a list, of boolean words.
    """
    folded = text.strip().casefold()
    return _TRUTH.get(folded, folded) if boolean else folded


def are_boolean(texts: Iterable[str]) -> bool:
    """Tell whether there are categories, and all of them are boolean words."""
    keys = {category_key(text, boolean=False) for text in texts}
    return bool(keys) and keys <= _TRUTH.keys()
