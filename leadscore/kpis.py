"""Figures of marketing and sales, on a terminal or as CSV."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from leadscore.record_database import record_database

if TYPE_CHECKING:
    from serving.lifecycle.kpis.groups import Dimension
    from serving.lifecycle.kpis.kpis import Kpis

EXAMPLE = (
    "Examples: `leadscore kpis`, `leadscore kpis --from 2026-01-01 --to 2026-07-01 --by month "
    "--by channel --csv kpis.csv`"
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
    from serving.lifecycle.agreement import read_lifecycle
    from serving.lifecycle.kpis.calendar import usual_period
    from serving.lifecycle.kpis.table import csv_text
    from serving.record.upgrade import require_upgraded
    from serving.settings import Settings
    from serving.stored.kpis import kpis_of

    dimensions, at = _dimensions(by or []), now()
    first, last = usual_period(at)
    first = first if begin is None else _moment(begin)
    last = last if end is None else _moment(end)
    if first >= last:
        raise typer.BadParameter("must lie before --to", param_hint="--from")
    lifecycle = read_lifecycle(Settings.from_environment().lifecycle)
    with record_database() as database:
        require_upgraded(database)
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

    from serving.lifecycle.kpis.table import headings, rows

    table = Table(*headings(found.by), title=f"Money in {found.currency}")
    for row in rows(found):
        table.add_row(*(Text(_shown(cell)) for cell in row))
    Console().print(table)


def _shown(cell: str | float | None) -> str:
    if cell is None:
        return "–"
    return cell if isinstance(cell, str) else f"{cell:,.4g}" if cell < 1_000 else f"{cell:,.0f}"
