"""Figures of marketing and sales, on a terminal or as CSV."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from leadscore.record_database import agreements_of, record_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from serving.lifecycle.kpis.figure import Figure
    from serving.lifecycle.kpis.groups import Dimension
    from serving.lifecycle.kpis.kpis import Group, Kpis
    from serving.lifecycle.kpis.words import Unit

_UNITS = {"hours": " h", "days": " d", "per_day": " a day", "money_per_day": " a day"}

EXAMPLE = (
    "Examples: `leadscore kpis --by month`, `leadscore kpis --from 2026-01-01 --to 2026-07-01 "
    "--by month --by channel --csv kpis.csv`"
)


def kpis(
    begin: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First day; otherwise a year of months."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last; otherwise tomorrow."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="month, week, channel, campaign, use_case or grade; may be repeated."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(help="File for the figures, as CSV.")] = None,
) -> None:
    """Tell how marketing and sales did in a period: each figure with its interval of 95 %."""
    from features.contract.clock import now
    from features.contract.mistake import MistakeError
    from serving.lifecycle.kpis.calendar import usual_period
    from serving.lifecycle.kpis.table import csv_text
    from serving.record.upgrade import require_upgraded
    from serving.stored.kpis import kpis_of

    dimensions, at = _dimensions(by or []), now()
    first, last = usual_period(at)
    first = first if begin is None else _moment(begin)
    last = last if end is None else _moment(end)
    if first >= last:
        raise typer.BadParameter("must lie before --to", param_hint="--from")
    with record_database() as database:
        require_upgraded(database)
        lifecycle = agreements_of(database).lifecycle.said
        with database.reading() as connection:
            found = kpis_of(connection, lifecycle, first, last, dimensions, at)
    if csv is None:
        _show(found)
        return
    try:
        csv.write_bytes(csv_text(found).encode())
    except OSError as error:
        raise MistakeError(f"{csv}: cannot be written: {error.strerror}") from None


def _dimensions(by: list[str]) -> "tuple[Dimension, ...]":
    from serving.lifecycle.kpis.words import DIMENSIONS

    known = DIMENSIONS["en"]
    for one in by:
        if one not in known or by.count(one) > 1:
            raise typer.BadParameter(f"each is one of {', '.join(known)}, once", param_hint="--by")
    return cast("tuple[Dimension, ...]", tuple(by))


def _moment(day: datetime) -> int:
    from features.contract.lead import micros

    return micros(day.replace(tzinfo=UTC), "--from")


def _show(found: "Kpis") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from serving.lifecycle.kpis.words import DIMENSIONS

    names = [DIMENSIONS["en"][one] for one in found.by]
    title = f"Money in {found.currency}; intervals of 95 %"
    table = Table(*names, "Figure", "Value", "From", "To", "Of", "Waiting", title=title)
    for group in (found.total, *found.groups):
        key = [one or "–" for one in group.key] or ["all"] * len(found.by)
        for row in _rows(group):
            table.add_row(*(Text(cell) for cell in (*key, *row)))
        table.add_section()
    Console().print(table)


def _rows(group: "Group") -> "Iterator[tuple[str, ...]]":
    from serving.lifecycle.kpis.words import LABELS, UNITS

    for name, figure in group.figures.items():
        yield (LABELS["en"][name], *_cells(figure, UNITS[name]))
    for reason, figure in group.rejections.items():
        yield (f"Rejected: {reason or 'no reason given'}", *_cells(figure, "share"))
    for one in group.promises:
        promised = _said(one.expected, "share")
        yield (f"SQL of grade {one.grade}, {promised} promised by the {one.basis}",
               *_cells(one.realised, "share"))  # fmt: skip


def _cells(figure: "Figure", unit: "Unit") -> tuple[str, ...]:
    ends = (figure.value, figure.low, figure.high)
    of = f"{_number(figure.numerator)} of {_number(figure.denominator)}"
    return (*(_said(one, unit) for one in ends), of, f"{figure.waiting:,}")


def _said(value: float | None, unit: "Unit") -> str:
    if value is None:
        return "–"
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.2f}{_UNITS.get(unit, '')}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
