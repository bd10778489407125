"""Lists of leads, as trade fairs and field sales hand them over."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.auth import caller, needs
from serving.http.body import read_body, respond
from serving.http.document.bodies import list_body
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, invalid
from serving.http.requests.queries import ImportQuery
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.intake.importing.columns import columns_of, said_columns
from serving.intake.importing.file import Form, read_table
from serving.intake.importing.leads import import_leads
from serving.intake.importing.report import ImportReport
from serving.intake.importing.table import TableError

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMS: Mapping[str, Form] = {
    "text/csv": "csv",
    _SHEET: "excel",
    # Browsers on Windows call CSV so, too; a workbook is known by how it begins.
    "application/vnd.ms-excel": "csv",
    "application/x-ndjson": "json",
    "application/json": "json",
}
"""By media type."""


def import_routes(state: ServiceState) -> APIRouter:
    """Return the path that takes lists."""
    routes = APIRouter(prefix="/v1", tags=["record"], route_class=GuardedRoute)

    @routes.post(
        "/leads:import",
        response_model=ImportReport,
        responses=RECORD_ERRORS,
        openapi_extra=list_body(
            {"text/csv": "csv", _SHEET: "binary", "application/x-ndjson": "ndjson"}
        ),
    )
    @needs("write")
    async def import_list(request: Request, query: Annotated[ImportQuery, Query()]) -> Response:
        """Keep a list of up to 10,000 leads: all of it, or nothing where a row is refused."""
        form = _form(request)
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_import, state, body, form, query))

    return routes


def _form(request: Request) -> Form:
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent not in FORMS:
        names = ", ".join(FORMS)
        raise RefusedError(422, "invalid_request", f"must be one of {names}", "content-type")
    return FORMS[sent]


def _import(state: ServiceState, body: bytes, form: Form, query: ImportQuery) -> ImportReport:
    database = state.kept().database
    try:
        said = said_columns(query.column)
        terms = replace(query.terms(), by=caller(otherwise=query.source))
        table = read_table(body, form, said, query.reading())
        return import_leads(database, table, columns_of(table, said), terms, now())
    except TableError as error:
        raise RefusedError(422, "invalid_request", str(error)) from None
    except ContractError as error:
        raise RefusedError.by(invalid(error)) from None
