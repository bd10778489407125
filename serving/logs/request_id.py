"""The id of a request, in its answer and in every line that is logged for it."""

import re
import secrets
from contextvars import ContextVar

HEADER = b"x-request-id"
"""As servers and applications tell each other of it."""

current_request: ContextVar[str | None] = ContextVar("current_request", default=None)
"""Id of the request that is being answered here; None elsewhere."""

# Neither spaces nor quotes, which would break a line, nor an @: an e-mail address is no id.
_SANE = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


def request_id_of(sent: bytes | None) -> str:
    """Return the id that a caller sent, or a new one where it is none that could be logged."""
    if sent is not None and _SANE.fullmatch(sent):
        return sent.decode()
    return secrets.token_hex(16)
