"""The page that a link in an e-mail opens: it shows what is agreed to, and its button confirms.

Whoever scans mails opens links, so opening alone changes nothing.
"""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.language import Language
from serving.http.auth import needs_nothing
from serving.http.document.errors import ERRORS
from serving.http.errors import RefusedError
from serving.http.pages.visit import accepted_language
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.pages.opt_in import HEADERS, STATUS, Shown, opt_in_page
from serving.record.database.database import RecordAwayError
from serving.record.privacy.opt_in_tokens import id_in
from serving.record.privacy.opt_ins import OptIn, confirm, find_opt_in, why_void

_HTML = {"text/html": {"schema": {"type": "string"}}}
_PAGES: dict[int | str, dict[str, Any]] = {
    400: {"description": "The link is forged, or was not taken over whole.", "content": _HTML},
    410: {"description": "It has expired, was withdrawn, or the lead is gone.", "content": _HTML},
    500: ERRORS[500],
    503: {"description": "The record does not answer.", "content": _HTML},
}


def opt_in_page_routes(state: ServiceState) -> APIRouter:
    """Return the page's paths."""
    routes = APIRouter(tags=["consent"], route_class=GuardedRoute)

    @routes.get("/opt-in", response_class=HTMLResponse, responses=_PAGES)
    @needs_nothing
    async def show_opt_in(request: Request, token: str = "") -> Response:
        """Show a person what they are asked to agree to; nothing is confirmed by that."""
        return await run_in_threadpool(
            _answer, state, token, accepted_language(request), agreed=False
        )

    @routes.post("/opt-in", response_class=HTMLResponse, responses=_PAGES)
    @needs_nothing
    async def confirm_opt_in(request: Request, token: str = "") -> Response:
        """Confirm a consent, as the page's button does; again, nothing changes."""
        return await run_in_threadpool(
            _answer, state, token, accepted_language(request), agreed=True
        )

    return routes


def _answer(state: ServiceState, token: str, language: Language, *, agreed: bool) -> Response:
    one: OptIn | None = None
    try:
        database = state.kept().database
        with database.writing() if agreed else database.reading() as connection:
            shown, one = _look(connection, token, agreed=agreed)
    except (RecordAwayError, RefusedError):
        shown = "away"
    page = opt_in_page(shown, one.language if one else language, one.text if one else None)
    return HTMLResponse(page, STATUS[shown], HEADERS)


def _look(connection: Connection, token: str, *, agreed: bool) -> tuple[Shown, OptIn | None]:
    opt_in_id = id_in(connection, token)
    if opt_in_id is None:
        return "forged", None
    one = find_opt_in(connection, opt_in_id, lock=agreed)
    if one is None:
        return "gone", None
    at = now()
    void = why_void(connection, one, at)
    if void is not None:
        return void, one
    if agreed:
        confirm(connection, one, at)
    return "done" if agreed or one.confirmed is not None else "ask", one
