"""Personal data, which never become a feature."""

import re

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
"""Pattern of an e-mail address anywhere in a text; Python and DuckDB read it alike."""

_EMAIL = re.compile(EMAIL)


def holds_email(text: str) -> bool:
    """Tell whether a text holds an e-mail address."""
    return _EMAIL.search(text) is not None
