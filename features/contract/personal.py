"""Personal data, which never become a feature."""

import re

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def holds_email(text: str) -> bool:
    """Tell whether a text holds an e-mail address."""
    return "@" in text and _EMAIL.search(text) is not None
