"""Figures of marketing and sales."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.auth import needs
from serving.http.body import respond
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, invalid
from serving.http.requests.kpis import KpisQuery, PeriodQuery
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.http.views.kpis import KpisView
from serving.lifecycle.kpis.kpis import Kpis, TooManyGroupsError
from serving.lifecycle.kpis.table import csv_text
from serving.stored.kpis import kpis_of

_CSV = "text/csv"


def kpi_routes(state: ServiceState) -> APIRouter:
    """Return the path of the figures."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get(
        "/kpis",
        response_model=KpisView,
        responses={
            **RECORD_ERRORS,
            200: {"content": {_CSV: {"schema": {"type": "string"}}}},
        },
    )
    @needs("read")
    async def get_kpis(request: Request, query: Annotated[KpisQuery, Query()]) -> Response:
        """Tell how marketing and sales did in a period, as JSON or CSV."""
        kpis = await run_in_threadpool(_kpis, state, query)
        accepts = request.headers.get("accept", "")
        if query.format == "csv" or (query.format is None and accepts.startswith(_CSV)):
            return Response(csv_text(kpis), media_type=_CSV)
        return respond(200, KpisView.of(kpis))

    return routes


def _kpis(state: ServiceState, query: KpisQuery) -> Kpis:
    kept, at = state.kept(), now()
    begin, end = period_of(query, at)
    try:
        with kept.database.reading() as connection:
            return kpis_of(connection, kept.lifecycle, begin, end, tuple(query.by), at)
    except TooManyGroupsError as error:
        raise RefusedError(422, "invalid_request", str(error), "query.by") from None


def period_of(query: PeriodQuery, at: int) -> tuple[int, int]:
    """Return the period that is asked for, in microseconds since 1970.

    Raises:
        RefusedError: It is none.
    """
    try:
        return query.period(at)
    except ContractError as error:
        raise RefusedError.by(invalid(error)) from None
