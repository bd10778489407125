"""Why a page cannot be shown, as its reader is told."""

from typing import Literal

ErrorKind = Literal[
    "invalid",
    "forged",
    "forbidden",
    "not_found",
    "conflict",
    "too_many",
    "failed",
    "away",
    "no_record",
]
"""What is said; the words are in `serving/pages/words/errors.py`."""

_KINDS: dict[int, ErrorKind] = {
    403: "forbidden", 404: "not_found", 405: "not_found", 409: "conflict", 429: "too_many",
    500: "failed", 503: "away",
}  # fmt: skip


class PageError(Exception):
    """A page that cannot be shown."""

    def __init__(self, status: int, kind: ErrorKind) -> None:
        """Say why, with an HTTP status."""
        super().__init__(kind)
        self.status = status
        self.kind = kind


class LoginNeededError(Exception):
    """A page for which somebody must log in first."""


def kind_of(status: int) -> ErrorKind:
    """Return what is said where nothing is known but the status."""
    return _KINDS.get(status, "invalid" if status < 500 else "failed")
