"""The page that takes lists of leads: tried first, then kept."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from fastapi import APIRouter, Response

from features.contract.lead import ContractError
from features.contract.personal import holds_email
from serving.http.pages.answers import go, show
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.requests.queries import MOST_ROWS
from serving.intake.importing.cells import moment_of, text_of
from serving.intake.importing.columns import columns_of, said_columns
from serving.intake.importing.file import Form, Reading, read_table
from serving.intake.importing.leads import Terms, import_leads
from serving.intake.importing.report import ImportReport
from serving.intake.importing.table import TableError
from serving.pages.mistakes import mistake_told

Read = TypeVar("Read")

DATA = "/app/data"
IMPORTS = f"{DATA}/imports"

_FIELDS = ("source", "occurred", "event", "at", "columns", "skip_bad_rows")
_SHOWN = 100
"""Mistakes that are shown; the report counts all of them."""


def import_page_routes() -> APIRouter:
    """Return the paths of the page."""
    routes = page_router()

    @routes.get(DATA)
    @for_permission("tend")
    def show_data(visit: Visiting) -> Response:
        return go(visit, IMPORTS)

    @routes.get(IMPORTS)
    @for_permission("tend")
    def show_imports(visit: Visiting) -> Response:
        return _page(visit)

    @routes.post(IMPORTS)
    @for_permission("tend")
    def import_list(visit: Visiting) -> Response:
        keep = visit.form.get("do") == "keep"
        try:
            report = _imported(visit, dry_run=not keep)
        except (TableError, ContractError) as error:
            return _page(visit, 422, refused=str(error))
        return _page(visit, report=report, kept=keep)

    return routes


def _page(
    visit: Visit,
    status: int = 200,
    *,
    report: ImportReport | None = None,
    kept: bool = False,
    refused: str | None = None,
) -> Response:
    return show(
        visit,
        "imports",
        status,
        typed={name: visit.form.get(name) for name in _FIELDS},
        report=report,
        kept=kept,
        refused=refused,
        mistake=partial(mistake_told, language=visit.language),
        shown=_SHOWN,
        most=MOST_ROWS,
    )


def _imported(visit: Visit, *, dry_run: bool) -> ImportReport:
    file = visit.form.file("file")
    if file is None:
        raise TableError("no file was chosen; choose one")
    said = said_columns(line for line in visit.form.get("columns").splitlines() if line.strip())
    source = _text(visit, "source")
    terms = Terms(
        source="import" if source is None else source,
        occurred=_read(visit, "occurred", moment_of),
        event=_text(visit, "event"),
        at=_read(visit, "at", moment_of),
        dry_run=dry_run,
        skip_bad_rows=bool(visit.form.get("skip_bad_rows")),
        by=visit.user.actor,
    )
    form: Form = "json" if file.name.lower().endswith((".jsonl", ".json")) else "csv"
    table = read_table(file.content, form, said, Reading(MOST_ROWS))
    return import_leads(visit.database, table, columns_of(table, said), terms, visit.at)


def _text(visit: Visit, name: str) -> str | None:
    text = _read(visit, name, text_of)
    if text is not None and holds_email(text):
        # It will be in the audit, and known to features.
        raise ContractError(name, "holds an e-mail address; write a name of no person")
    return text


def _read(visit: Visit, name: str, read: Callable[[str], Read]) -> Read | None:
    """Return what was typed into a field, None where it was left empty.

    Raises:
        ContractError: It cannot be read.
    """
    typed = visit.form.get(name)
    if not typed:
        return None
    try:
        return read(typed)
    except ContractError as error:
        raise ContractError(name, error.message) from None
