"""Addresses of databases and servers as logs, messages and runs may show them."""

import re

_ADDRESS = re.compile(r"[A-Za-z][\w+.-]*://\S*")
_PARAMETERS = re.compile(r"(/[^\s?]*)\?\S*")


def public(address: str) -> str:
    """Return an address without user, password and parameters, any of which may be secret."""
    scheme, separator, rest = address.partition("://")
    user, at, place = rest.rpartition("@")
    if "?" in user:
        # Either a password with a question mark or a parameter with an @: nobody can tell.
        return f"{scheme}://***"
    place, question, _ = place.partition("?")
    return f"{scheme}{separator}{'***@' if at else ''}{place}{'?***' if question else ''}"


def without_secrets(text: str) -> str:
    """Return a text in which every address is public, and every path without its parameters."""
    return _PARAMETERS.sub(r"\1?***", _ADDRESS.sub(lambda found: public(found[0]), text))
