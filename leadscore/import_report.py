"""An import as it is shown on a terminal."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

if TYPE_CHECKING:
    from serving.intake.importing.columns import Columns
    from serving.intake.importing.report import ImportReport
    from serving.intake.importing.table import Table

_MOST_SHOWN = 20


def show_columns(table: "Table", columns: "Columns") -> None:
    """Show what a file was read as, and what becomes of its columns."""
    rows = [(one.heading, one.becomes) for one in sorted(columns.taken)]
    rows += [(heading, "not taken") for heading in columns.left]
    console = Console()
    console.print(Text(f"{len(table.rows):,} rows read as {table.form}"))
    console.print(_drawn(("column", "becomes"), rows))


def show_report(report: "ImportReport") -> None:
    """Show what an import did."""
    console = Console()
    if report.refused:
        rows = [(str(one.line), one.column or "", one.message) for one in report.refused]
        console.print(_drawn(("line", "column", "why it is refused"), islice(rows, _MOST_SHOWN)))
        if len(rows) > _MOST_SHOWN:
            console.print(f"and {len(rows) - _MOST_SHOWN:,} more; --report writes them all")
    counts = ("new", "changed", "unchanged", "events", "consents", "refused_rows")
    named = [name.replace("_", " ") for name in counts]
    console.print(_drawn(named, [[f"{getattr(report, name):,}" for name in counts]]))
    if report.imported:
        console.print("Kept.")
    else:
        without = " without the refused rows" if report.refused else ""
        console.print(f"Nothing is kept; this is what would be done{without}.")


def _drawn(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> Drawn:
    drawn = Drawn(*titles)
    for row in rows:
        # Headings of a file are no markup.
        drawn.add_row(*map(Text, row))
    return drawn
