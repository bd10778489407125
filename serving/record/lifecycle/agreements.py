"""What marketing and sales agreed on, version by version: lifecycles and rules, as texts."""

from typing import Literal, NamedTuple, get_args

from sqlalchemy import Connection, func, select

from features.contract.mistake import MistakeError
from serving.record.access.audits import note_audit
from serving.record.database.database import insert_new
from serving.record.schema import agreement

Kind = Literal["lifecycle", "rules"]
"""What was agreed on."""

KINDS: tuple[Kind, ...] = get_args(Kind)

_c = agreement.c


class AgreedMeanwhileError(MistakeError):
    """A change of a version that is not the newest any more."""


class Version(NamedTuple):
    """A version of an agreement.

    Attributes:
        kind: What was agreed on.
        version: From 1.
        text: In TOML.
        by: Who agreed, as the audit names them.
        at: When, in microseconds since 1970.
        note: Why, in their words.
        undone_from: The version that it goes back to; 0 is the file.
    """

    kind: Kind
    version: int
    text: str
    by: str
    at: int
    note: str | None = None
    undone_from: int | None = None


_SHOWN = select(*(_c[name] for name in Version._fields))


def newest_versions(connection: Connection) -> dict[Kind, int]:
    """Return the number of the newest version of each kind, 0 where there is none."""
    newest = select(_c.kind, func.max(_c.version)).group_by(_c.kind)
    found: dict[Kind, int] = {row[0]: row[1] for row in connection.execute(newest)}
    return {kind: found.get(kind, 0) for kind in KINDS}


def find_version(connection: Connection, kind: Kind, version: int) -> Version | None:
    """Return a version, None where there is none."""
    where = _SHOWN.where(_c.kind == kind, _c.version == version)
    row = connection.execute(where).first()
    return None if row is None else Version(*row)


def versions_of(connection: Connection, kind: Kind) -> list[Version]:
    """Return all versions of a kind, the newest first."""
    where = _SHOWN.where(_c.kind == kind).order_by(_c.version.desc())
    return [Version(*row) for row in connection.execute(where)]


def agree(connection: Connection, new: Version) -> None:
    """Keep a version, which is in force from now on, and note it in the audit.

    Args:
        connection: Writing.
        new: Its number is one more than that of the version that was changed.

    Raises:
        AgreedMeanwhileError: There is such a version already, or one before it lacks.
    """
    newest = newest_versions(connection)[new.kind]
    if new.version != newest + 1 or not insert_new(connection, agreement, [new._asdict()]):
        raise AgreedMeanwhileError(
            f"version {new.version - 1} is not the newest any more; look at the newest"
        )
    undone = "" if new.undone_from is None else f", as version {new.undone_from} was"
    detail = f"version {new.version}{undone}"
    note_audit(connection, new.at, new.by, f"{new.kind}_changed", None, detail)
