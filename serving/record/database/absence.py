"""What databases say when they cannot be used, in our words where somebody can do something."""

from collections.abc import Mapping

from psycopg.errors import ConnectionTimeout
from sqlalchemy.exc import DBAPIError, OperationalError

from serving.record.database.engine import SilentError

_FULL = "has no room left on its disk; make room and try again"

_OF_FILES: Mapping[str, str] = {
    "SQLITE_BUSY": "is being written by another process, such as a long import; try again when it "
    "is done",
    "SQLITE_FULL": _FULL,
    "SQLITE_READONLY": "cannot be written by this user; give the right to its file and folder",
    "SQLITE_CANTOPEN": "cannot be opened; see that its folder is there and may be written",
    "SQLITE_CORRUPT": "is damaged; see leadscore db check, and restore a backup",
    "SQLITE_NOTADB": "is no database any more; restore a backup",
}
"""By name of SQLite's error; of an extended one, the beginning counts."""

_OF_SERVERS: Mapping[str, str] = {
    "53100": _FULL,
    "25006": "takes no writes, as a standby does; see that its address is of the primary server",
}
"""By SQLSTATE."""

BUSY = _OF_FILES["SQLITE_BUSY"]


def why_away(error: DBAPIError) -> str | None:
    """Return why a database cannot be used, as the end of a sentence; None for a wrong statement.

    Whatever else the driver says may hold data of a lead.
    """
    name = getattr(error.orig, "sqlite_errorname", None) or ""
    known = _OF_SERVERS.get(getattr(error.orig, "sqlstate", None) or "") or next(
        (why for kind, why in _OF_FILES.items() if name == kind or name.startswith(f"{kind}_")),
        None,
    )
    if known is not None:
        return known
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return f"does not answer ({type(error.orig).__name__}); try again"
    return None


def is_silence(error: DBAPIError) -> bool:
    """Tell whether somebody waited in vain, rather than being refused at once."""
    if isinstance(error.orig, SilentError | ConnectionTimeout):
        return True
    return getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY"
