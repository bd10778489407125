"""Take a list of contacts into the record."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from leadscore.record_database import record_database

if TYPE_CHECKING:
    from serving.intake.importing.columns import Said
    from serving.intake.importing.file import Form, Reading
    from serving.intake.importing.table import Table

Read = TypeVar("Read")

EXAMPLE = (
    "Examples: `leadscore import fair.xlsx --dry-run`, "
    "`leadscore import fair.csv --event trade_fair_visit --at 2026-03-01`, "
    "`leadscore import visits.csv --column 'Messe=profile.fair' --column 'Notiz='`"
)

MOST_ROWS = 100_000
LARGEST_FILE = 256 * 1024 * 1024
"""Bytes."""

_FORMS: dict[str, "Form"] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "excel", ".xls": "excel",
    ".json": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip


def import_list(  # noqa: PLR0913, PLR0917 - a command's options
    file: Annotated[Path, typer.Argument(help="List to read: .csv, .xlsx, .xls, .jsonl.")],
    column: Annotated[
        list[str] | None,
        typer.Option(help="'heading=what it becomes', or 'heading='; may be repeated."),
    ] = None,
    source: Annotated[str, typer.Option(help="Who tells it; no person's name.")] = "import",
    occurred: Annotated[
        str | None, typer.Option(help="When what the rows say became true; otherwise now.")
    ] = None,
    event: Annotated[
        str | None, typer.Option(help="What every lead of the list did, such as trade_fair_visit.")
    ] = None,
    at: Annotated[str | None, typer.Option(help="When they did it, such as 2026-03-01.")] = None,
    separator: Annotated[
        str | None, typer.Option(help="Of values in CSV, where it is not found out.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Of a workbook that has several.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Keep the other rows where one is refused.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="File for the report, as JSON.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before anything is kept.")] = False,
) -> None:
    """Take a list of contacts into the record: all of it, or nothing where a row is refused.

    What its columns become is guessed by their headings, and shown before anything is kept.
    """
    from features.contract.clock import now
    from leadscore.import_report import show_columns, show_report
    from serving.intake.importing.cells import moment_of, text_of
    from serving.intake.importing.columns import columns_of, said_columns
    from serving.intake.importing.file import Reading
    from serving.intake.importing.leads import Terms, import_leads
    from serving.record.upgrade import require_upgraded
    from training.progress import Progress

    if report is not None:
        _check_writable(report)
    said = said_columns(column or [])
    terms = Terms(
        source=_option("--source", text_of, source),
        occurred=None if occurred is None else _option("--occurred", moment_of, occurred),
        event=None if event is None else _option("--event", text_of, event),
        at=None if at is None else _option("--at", moment_of, at),
        dry_run=dry_run,
        skip_bad_rows=skip_bad_rows,
    )
    with record_database() as database, _naming(file):
        require_upgraded(database)
        with Progress().step("Reading"):
            table = _table(file, said, Reading(MOST_ROWS, separator, sheet))
            columns = columns_of(table, said)
        show_columns(table, columns)
        if sys.stdin.isatty() and not (dry_run or yes):
            typer.confirm("Keep these leads?", abort=True)
        with Progress().bar("Importing", len(table.rows)) as advance:
            done = import_leads(database, table, columns, terms, now(), advance)
    show_report(done)
    if report is not None:
        report.write_text(done.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if done.refused:
        raise typer.Exit(1)


def _table(file: Path, said: "Said", reading: "Reading") -> "Table":
    from serving.intake.importing.file import read_table
    from serving.intake.importing.table import TableError

    form = _FORMS.get(file.suffix.lower())
    if form is None:
        raise TableError(f"must end in one of {', '.join(_FORMS)}")
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise TableError("is larger than 256 MiB; split it")
        return read_table(file.read_bytes(), form, said, reading)
    except FileNotFoundError:
        raise TableError("there is no such file") from None
    except OSError as error:
        raise TableError(f"cannot be read: {error.strerror}") from None


def _check_writable(report: Path) -> None:
    """Refuse a report that could not be written once the leads are kept."""
    from features.contract.mistake import MistakeError

    try:
        report.open("a").close()
    except OSError as error:
        raise MistakeError(f"{report}: cannot be written: {error.strerror}") from None


def _option(name: str, read: Callable[[str], Read], text: str) -> Read:
    from features.contract.lead import ContractError

    try:
        return read(text)
    except ContractError as error:
        raise typer.BadParameter(error.message, param_hint=name) from None


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Name the file, or the option, in what is said of it."""
    from features.contract.lead import ContractError
    from features.contract.mistake import MistakeError
    from serving.intake.importing.table import TableError

    try:
        yield
    except TableError as error:
        raise TableError(f"{file}: {error}") from None
    except ContractError as error:
        raise MistakeError(f"--{error.field} {error.message}") from None
