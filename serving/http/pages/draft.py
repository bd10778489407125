"""A change of the lifecycle or the rules as it was typed, and the versions it is held against."""

import re
from typing import NamedTuple

from sqlalchemy import Connection

from serving.http.pages.mistakes import PageError
from serving.http.pages.visit import Visit
from serving.record.lifecycle.agreements import Kind, Version, find_version, newest_versions

_MOST_NOTE = 500


class Draft(NamedTuple):
    """A change as it was typed.

    Attributes:
        text: The whole of it.
        base: Version that was changed.
        note: Why.
        undone_from: Version that it goes back to; None where it goes on.
    """

    text: str
    base: int
    note: str = ""
    undone_from: int | None = None


def drafted(visit: Visit) -> Draft:
    """Return what a form says.

    Raises:
        PageError: No page of ours has such numbers.
    """
    form = visit.form
    numbers = {name: form.get(name) for name in ("base", "undone_from")}
    if not all(re.fullmatch("[0-9]{0,9}", number) for number in numbers.values()):
        raise PageError(400, "invalid")
    undone = numbers["undone_from"]
    # Browsers end lines as Windows does.
    text = form.raw("text").replace("\r\n", "\n")
    return Draft(
        text if text.endswith("\n") else text + "\n",
        int(numbers["base"] or 0),
        form.get("note")[:_MOST_NOTE],
        int(undone) if undone else None,
    )


def newest_version(visit: Visit, connection: Connection, kind: Kind) -> Version:
    """Return the newest version there is; where the record has none, the file is."""
    return version_of(visit, connection, kind, newest_versions(connection)[kind])


def version_of(visit: Visit, connection: Connection, kind: Kind, number: int) -> Version:
    """Return a version; 0 is the file.

    Raises:
        PageError: There is none.
    """
    if number == 0:
        return Version(kind, 0, visit.state.agreed().files[kind], "", 0)
    found = find_version(connection, kind, number)
    if found is None:
        raise PageError(404, "not_found")
    return found


def new_version(visit: Visit, connection: Connection, kind: Kind, draft: Draft) -> Version:
    """Return the version that a draft becomes."""
    undone = draft.undone_from
    # Whoever changes more than to go back does not go back.
    if undone is not None and version_of(visit, connection, kind, undone).text != draft.text:
        undone = None
    by, note = visit.user.actor, draft.note or None
    return Version(kind, draft.base + 1, draft.text, by, visit.at, note, undone)
