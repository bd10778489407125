"""Lines of the log, as text or as JSON.

A fault is told by its kind and its place in the code: its message may hold a value of a lead.
"""

import json
import logging
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime

from serving.logs.request_id import current_request
from serving.logs.secrets import Secrets

FIELDS = "fields"
"""Attribute of a record under which it has more to say than its message, by name."""


class TextLine(logging.Formatter):
    """Lines for a reader."""

    def __init__(self, secrets: Secrets) -> None:
        """Hide secrets."""
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return a line, and those of a fault below it."""
        request = current_request.get()
        of_request = f" [{request}]" if request else ""
        line = f"{_moment(record)} {record.levelname} {record.name}: {record.getMessage()}"
        fault = _fault(record)
        whole = f"{line}{of_request}\n{fault}" if fault else line + of_request
        return self._secrets.hidden_in(whole)


class JsonLine(logging.Formatter):
    """Lines for a program, each an object."""

    def __init__(self, secrets: Secrets) -> None:
        """Hide secrets."""
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Return a line."""
        fields: Mapping[str, object] = getattr(record, FIELDS, {})
        request, fault = current_request.get(), _fault(record)
        line = {
            "timestamp": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": self._secrets.hidden_in(record.getMessage()),
            **({"request_id": request} if request else {}),
            **({"fault": self._secrets.hidden_in(fault)} if fault else {}),
            **fields,
        }
        return json.dumps(line, ensure_ascii=False)


def _moment(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fault(record: logging.LogRecord) -> str | None:
    error = record.exc_info[1] if record.exc_info else None
    return None if error is None else fault_of(error)


def fault_of(error: BaseException) -> str:
    """Return the kind and place of an error, and of those that led to it, without messages."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    place = "".join(traceback.format_tb(error.__traceback__))
    told = f"{type(error).__name__} at\n{place}".rstrip()
    return told if before is None else f"{fault_of(before)}\n\nled to {told}"
