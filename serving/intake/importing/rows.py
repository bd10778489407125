"""Rows read as what they tell of leads, and what is wrong with those that cannot be."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from features.contract.lead import ContractError, ProfileValue
from features.contract.personal import holds_email
from serving.intake.contact import canonical_contact, is_reachable
from serving.intake.importing.cells import (
    Cell,
    count_of,
    moment_of,
    text_of,
    truth_of,
    value_of,
)
from serving.intake.importing.columns import Columns
from serving.intake.importing.phone import phone_of
from serving.intake.importing.table import Row


class Mistake(NamedTuple):
    """Why a row cannot be taken.

    Attributes:
        line: Of the row.
        column: Heading of the column; None if it is none.
        message: What is wrong and what to do, without the value.
    """

    line: int
    column: str | None
    message: str


@dataclass(slots=True)
class ToldRow:
    """What a row tells.

    Attributes:
        line: In the file.
        lead_id: None where the row has none.
        created: Microseconds since 1970, None where the row does not tell.
        account_id: None where the row has none.
        contact: Canonical contacts by kind.
        profile: Values by field.
        consents: By purpose, whether it was given.
    """

    line: int
    lead_id: str | None = None
    created: int | None = None
    account_id: str | None = None
    contact: dict[str, str] = field(default_factory=dict)
    profile: dict[str, ProfileValue] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)


def read_rows(
    rows: Sequence[Row], columns: Columns, now: int
) -> tuple[list[ToldRow], list[Mistake]]:
    """Return what rows tell, and the mistakes of those that cannot be taken.

    Args:
        rows: Of a table.
        columns: What becomes of its columns.
        now: Microseconds since 1970; no lead was created later.
    """
    told: list[ToldRow] = []
    mistakes: list[Mistake] = []
    for row in rows:
        one, wrong = _read_row(row, columns, now)
        mistakes += wrong
        if not wrong:
            told.append(one)
    return _without_clashes(told, columns, mistakes), sorted(mistakes, key=lambda one: one.line)


def _read_row(row: Row, columns: Columns, now: int) -> tuple[ToldRow, list[Mistake]]:
    told = ToldRow(row.line)
    german = _is_german(row, columns)
    mistakes: list[Mistake] = []
    for column in columns.taken:
        cell = row.cells[column.place]
        if cell is not None:
            try:
                _take(told, column.becomes, cell, now, german=german)
            except ContractError as error:
                mistakes.append(Mistake(row.line, column.heading, error.message))
    _join_names(told)
    if row.surplus:
        message = "has more values than there are headings; is one not quoted?"
        mistakes.append(Mistake(row.line, None, message))
    elif not mistakes and told.lead_id is None and not is_reachable(told.contact):
        message = "has neither an id, nor an e-mail address, nor a telephone number"
        mistakes.append(Mistake(row.line, None, message))
    return told, mistakes


def _take(told: ToldRow, becomes: str, cell: Cell, now: int, *, german: bool) -> None:
    part, _, name = becomes.partition(".")
    if part == "lead_id":
        told.lead_id = text_of(cell)
    elif part == "account_id":
        told.account_id = text_of(cell)
    elif part == "created_at":
        told.created = _past(moment_of(cell), now)
    elif part == "consent":
        told.consents[name] = truth_of(cell)
    elif part == "profile":
        told.profile[name] = _profile_value(name, cell)
    elif name == "phone":
        # Of several, the first counts.
        if "phone" not in told.contact:
            told.contact["phone"] = phone_of(cell, german=german)
    elif name == "email":
        told.contact["email"] = canonical_contact("email", text_of(cell, longest=320), "")
    else:
        told.contact[name] = text_of(cell)


def _profile_value(name: str, cell: Cell) -> ProfileValue:
    value = _PROFILE.get(name, value_of)(cell)
    if isinstance(value, str) and holds_email(value):
        raise ContractError("", "holds an e-mail address; a profile must not")
    return value


def _past(at: int, now: int) -> int:
    if at > now:
        raise ContractError("", "lies in the future; correct it")
    return at


def _is_german(row: Row, columns: Columns) -> bool:
    """Tell whether a telephone number without a country is a German one in a row."""
    countries = (row.cells[one.place] for one in columns.taken if one.becomes == "profile.country")
    return all(cell is None or str(cell).casefold() in _GERMANY for cell in countries)


def _join_names(told: ToldRow) -> None:
    parts = [told.contact.pop(kind, None) for kind in ("first_name", "last_name")]
    if name := " ".join(part for part in parts if part):
        told.contact["name"] = name


def _without_clashes(
    told: Sequence[ToldRow], columns: Columns, mistakes: list[Mistake]
) -> list[ToldRow]:
    """Return the rows but those that have the id of an earlier one and are somebody else."""
    first: dict[str, tuple[int, str]] = {}
    kept = []
    for one in told:
        email = one.contact.get("email")
        if one.lead_id is not None and email is not None:
            line, other = first.setdefault(one.lead_id, (one.line, email))
            if other != email:
                heading = next(c.heading for c in columns.taken if c.becomes == "lead_id")
                message = f"has the id of line {line}, with another e-mail address"
                mistakes.append(Mistake(one.line, heading, message))
                continue
        kept.append(one)
    return kept


_GERMANY = frozenset({"de", "deu", "d", "deutschland", "germany", "bundesrepublik deutschland"})
_PROFILE: Mapping[str, Callable[[Cell], ProfileValue]] = {
    "employees": count_of,
    "newsletter": truth_of,
}
"""Fields that the product's rules and models read as something else than a category."""
