"""Which column of a table is what of a lead: guessed by its heading, or said by whoever imports."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from features.contract.document import suggestion
from features.contract.text import LONGEST_NAME
from serving.intake.importing.headings import ASKED, HEADINGS, MOBILE, heading_key
from serving.intake.importing.table import Table, TableError

Said = Mapping[str, Sequence[str]]
"""By heading, what the caller says that it becomes; nothing where it is not taken."""

IDENTIFYING = ("lead_id", "contact.email", "contact.phone")

_TARGETS = frozenset({*HEADINGS.values(), "contact.user_id"})
_FREE = re.compile(r"(profile|consent)\.[^\0]{1,200}")
_COPY = re.compile(r" \(\d+\)$")


class TakenColumn(NamedTuple):
    """A column that becomes something of a lead.

    Attributes:
        place: In the table, from 0.
        heading: As it stands there.
        becomes: Such as `contact.email` or `profile.industry`.
    """

    place: int
    heading: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What becomes of the columns of a table.

    Attributes:
        taken: In their order, but a mobile number before another one.
        left: Headings of those that become nothing, though there is something in them.
    """

    taken: tuple[TakenColumn, ...]
    left: tuple[str, ...]


def said_columns(said: Iterable[str]) -> Said:
    """Return what is said of columns.

    Args:
        said: Such as `Messe=profile.fair`, or `Notiz=` for a column that is not taken.

    Raises:
        TableError: One says nothing, or names what a column cannot become.
    """
    columns: dict[str, list[str]] = {}
    for one in said:
        heading, separator, becomes = one.rpartition("=")
        if not separator or not heading.strip():
            raise TableError("say a column as 'heading=what it becomes', or as 'heading='")
        becomes = becomes.strip()
        if becomes and becomes not in _TARGETS and not _FREE.fullmatch(becomes):
            known = [*_TARGETS, "profile.FIELD", "consent.PURPOSE"]
            raise TableError(
                f"a column cannot become '{becomes[:LONGEST_NAME]}'; {suggestion(becomes, known)}"
            )
        columns.setdefault(" ".join(heading.split()), []).extend([becomes] if becomes else [])
    return columns


def knows(said: Said) -> Callable[[str], bool]:
    """Return what tells whether a text is a heading that is guessed, asked about, or said."""
    keys = {*HEADINGS, *ASKED, *map(heading_key, said)}
    return lambda text: heading_key(text) in keys or text in _TARGETS


def columns_of(table: Table, said: Said) -> Columns:
    """Return what becomes of the columns of a table.

    Raises:
        TableError: A heading is not there or can mean several things, or no column tells who a
            lead is; the message says how to say it.
    """
    by_heading = _matched(table, said)
    taken: list[TakenColumn] = []
    left: list[str] = []
    for place, heading in enumerate(table.headings):
        becomes = by_heading.get(heading)
        if becomes is None:
            becomes = [] if table.is_empty(place) else _guessed(heading)
        taken += [TakenColumn(place, heading, one) for one in becomes]
        if not becomes and not table.is_empty(place):
            left.append(heading)
    taken = sorted(_named(taken), key=lambda one: (heading_key(one.heading) not in MOBILE, one))
    _check_clashes(taken)
    _check_counted(table, [one for one in taken if one.heading not in by_heading])
    return Columns(tuple(taken), tuple(left))


def _matched(table: Table, said: Said) -> dict[str, Sequence[str]]:
    """Return what is said by the headings of the table, which need not be written exactly."""
    found: dict[str, Sequence[str]] = {}
    for name, becomes in said.items():
        like = [one for one in table.headings if heading_key(one) == heading_key(name)]
        headings = [name] if name in table.headings else like
        if not headings:
            raise TableError(f"there is no column '{name}'; {suggestion(name, table.headings)}")
        found |= dict.fromkeys(headings, becomes)
    return found


def _guessed(heading: str) -> Sequence[str]:
    key = heading_key(_COPY.sub("", heading))
    if key in ASKED:
        raise TableError(
            f"column '{heading}' does not tell what was consented to; say the column as "
            f"'{heading}=consent.profiling' if it is scores of this lead, else as '{heading}='"
        )
    if heading in _TARGETS:
        return [heading]
    return [HEADINGS[key]] if key in HEADINGS else []


def _named(taken: Sequence[TakenColumn]) -> Sequence[TakenColumn]:
    """Return columns where a name beside nothing but a first name is the last name."""
    becoming = {one.becomes for one in taken}
    if "contact.first_name" not in becoming or "contact.last_name" in becoming:
        return taken
    return [
        one._replace(becomes="contact.last_name") if one.becomes == "contact.name" else one
        for one in taken
    ]


def _check_clashes(taken: Sequence[TakenColumn]) -> None:
    if not {one.becomes for one in taken} & {*IDENTIFYING}:
        names = ", ".join(IDENTIFYING)
        raise TableError(f"no column tells who a lead is; say which becomes one of {names}")
    first: dict[str, str] = {}
    for one in taken:
        # A name is there at once or in parts.
        thing = "contact.name" if one.becomes == "contact.last_name" else one.becomes
        before = first.setdefault(thing, one.heading)
        if before != one.heading and thing != "contact.phone":
            raise TableError(
                f"columns '{before}' and '{one.heading}' can both be {one.becomes}; leave one out "
                f"by saying the column as '{one.heading}='"
            )


def _check_counted(table: Table, guessed: Sequence[TakenColumn]) -> None:
    """Refuse to take a count of rows for the ids of leads: every list has a row 1."""
    for one in guessed:
        cells = [row.cells[one.place] for row in table.rows]
        if one.becomes == "lead_id" and [str(cell).removesuffix(".0") for cell in cells] == [
            str(number) for number in range(1, len(cells) + 1)
        ]:
            raise TableError(
                f"column '{one.heading}' only counts the rows; say the column as "
                f"'{one.heading}=lead_id' if these are ids of leads, else as '{one.heading}='"
            )
