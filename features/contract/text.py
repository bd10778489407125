"""Text as every way in reads it: without the spaces around it, and missing where it is empty."""

SPACES = (
    "\u0020\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
"""Unicode's category Zs, which is what DuckDB trims."""


LONGEST_NAME = 200
"""Characters of an id, a name, an item."""


def trimmed(text: str | None) -> str | None:
    """Return a text without the spaces around it, None where nothing is left."""
    return text.strip(SPACES) or None if text else None
