"""A list of costs: what a channel, or a campaign of it, cost in a month."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from features.contract.category import category_key
from features.contract.lead import ContractError
from serving.intake.importing.cells import Cell, text_of, value_of
from serving.intake.importing.csv_text import decoded, separated
from serving.intake.importing.rows import Mistake
from serving.intake.importing.table import Row, TableError, table_of
from serving.lifecycle.kpis.calendar import month_begins
from serving.lifecycle.kpis.costs import Cost

HEADINGS = ("month", "channel", "campaign", "amount", "currency")
_NEEDED = frozenset({"month", "channel", "amount", "currency"})

MOST_ROWS = 100_000

_LARGEST = 1e12
_MONTH = re.compile(r"\d{4}-\d{2}")


class ReadCosts(NamedTuple):
    """What a list says; what is wrong with its rows is told, and none of it may be kept then."""

    costs: list[Cost]
    mistakes: list[Mistake]


def read_costs(data: bytes, currency: str) -> ReadCosts:
    """Read a list of costs in CSV.

    Args:
        data: Of the file; separated by commas, semicolons or tabs.
        currency: Of the agreement; no other is taken, since amounts are added up.

    Raises:
        TableError: It cannot be read as one.
    """
    text, _ = decoded(data)
    _, rows = separated(text, None, lambda heading: _key(heading) in HEADINGS)
    table = table_of("CSV", rows, lambda heading: _key(heading) in HEADINGS, MOST_ROWS)
    places = _places(table.headings)
    read = ReadCosts([], [])
    lines: dict[tuple[str, str, str | None], int] = {}
    for row in table.rows:
        try:
            cost = _cost(row, places, currency)
            _require_new(lines.setdefault(cost[:3], row.line), row)
        except ContractError as error:
            read.mistakes.append(Mistake(row.line, error.field, error.message))
        else:
            read.costs.append(cost)
    return read


def _places(headings: Sequence[str]) -> dict[str, int]:
    keys = [_key(heading) for heading in headings]
    unknown = [heading for heading, key in zip(headings, keys, strict=True) if key not in HEADINGS]
    missing = sorted(_NEEDED - {*keys})
    if unknown or missing:
        wrong = f"has no column {missing[0]}" if missing else f"column '{unknown[0]}' is not known"
        raise TableError(f"{wrong}; the columns are {', '.join(HEADINGS)}, of which campaign may "
                         "be left out")  # fmt: skip
    return {key: place for place, key in enumerate(keys)}


def _require_new(first: int, row: Row) -> None:
    if first != row.line:
        raise ContractError(
            "month", f"channel and campaign are those of line {first}; add the two up"
        )


def _cost(row: Row, places: dict[str, int], currency: str) -> Cost:
    if row.surplus:
        raise ContractError("", "has more values than there are columns")
    cells = {name: row.cells[place] for name, place in places.items()}
    if missing := sorted(name for name in _NEEDED if cells[name] is None):
        raise ContractError(missing[0], "is missing")
    if _text("currency", cells["currency"]).upper() != currency:
        raise ContractError("currency", f"must be {currency}, as the agreement has it")
    campaign = cells.get("campaign")
    return Cost(
        _month(cells["month"]),
        _category("channel", cells["channel"]),
        None if campaign is None else _category("campaign", campaign),
        _amount(cells["amount"]),
    )


def _month(cell: Cell) -> str:
    text = _text("month", cell)
    try:
        month_begins(text)
    except ValueError:
        text = ""
    if not _MONTH.fullmatch(text):
        raise ContractError("month", "is no month such as 2026-03")
    return text


def _amount(cell: Cell) -> float:
    try:
        value = value_of(cell)
    except ContractError as error:
        raise ContractError("amount", error.message) from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ContractError("amount", "is no number; write one such as 1200.50, without a currency")
    if not 0 <= value <= _LARGEST:
        raise ContractError("amount", "must lie between 0 and 1,000,000,000,000")
    return float(value)


def _category(field: str, cell: Cell) -> str:
    return category_key(_text(field, cell), boolean=False)


def _text(field: str, cell: Cell) -> str:
    try:
        return text_of(cell)
    except ContractError as error:
        raise ContractError(field, error.message) from None


def _key(heading: str) -> str:
    return category_key(heading, boolean=False)
