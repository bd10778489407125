"""The agreement, leads moved along it, and evidence of BANT."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.language import Language
from features.contract.lead import ContractError
from serving.http.auth import caller, may, needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, invalid
from serving.http.problems import ErrorCode
from serving.http.requests.bant import BantBody
from serving.http.requests.queries import LifecycleQuery
from serving.http.requests.transitions import TransitionBody
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.http.views.bant import BantView
from serving.http.views.lifecycle import LeadLifecycle, LifecycleView, MoveView
from serving.lifecycle.bant import Report, findings
from serving.lifecycle.moves import NoWayError, ReasonError, UnmetError, UnscoredError
from serving.record.access.audits import Look, note_audit
from serving.record.leads.leads import StoredLead, parts_of, touch
from serving.record.leads.roots import own_numbers
from serving.record.lifecycle.bant import add_report, reports_of
from serving.scoring.answer import Answer
from serving.stored.moving import MovedMeanwhileError, move
from serving.stored.standing import standings

_CODES: dict[type[Exception], ErrorCode] = {
    MovedMeanwhileError: "moved_meanwhile",
    NoWayError: "no_such_way",
    UnmetError: "criteria_unmet",
    UnscoredError: "not_scored",
}


def lifecycle_routes(state: ServiceState) -> APIRouter:
    """Return the paths of stages and of BANT."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get("/lifecycle", response_model=LifecycleView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_lifecycle() -> Response:
        """Tell the agreement in force: stages, ways between them, criteria, who may."""
        return respond(200, LifecycleView.of(state.kept().lifecycle))

    @routes.get(
        "/leads/{lead_id:id}/lifecycle", response_model=LeadLifecycle, responses=RECORD_ERRORS
    )
    @needs("read")
    async def get_lead_lifecycle(
        lead_id: str, query: Annotated[LifecycleQuery, Query()]
    ) -> Response:
        """Tell where a lead stands, what the next stage takes and what of it holds."""
        return respond(200, await run_in_threadpool(_standing, state, lead_id, query.language))

    @routes.post(
        "/leads/{lead_id:id}/transitions",
        response_model=MoveView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(TransitionBody),
    )
    @needs("write")
    async def post_transition(lead_id: str, request: Request) -> Response:
        """Move a lead to another stage, where the agreement allows it."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_move, state, lead_id, body))

    @routes.get("/leads/{lead_id:id}/bant", response_model=BantView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_bant(lead_id: str, query: Annotated[LifecycleQuery, Query()]) -> Response:
        """Tell what is known of budget, authority, need and timeline, and what is missing."""
        return respond(200, await run_in_threadpool(_bant, state, lead_id, query.language))

    @routes.post(
        "/leads/{lead_id:id}/bant",
        response_model=BantView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(BantBody),
    )
    @needs("write")
    async def post_bant(lead_id: str, request: Request) -> Response:
        """Keep what was found out of budget, authority, need or timeline."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_found_out, state, lead_id, body))

    return routes


def _standing(state: ServiceState, lead_id: str, language: Language | None) -> LeadLifecycle:
    kept, scoring, at = state.kept(), state.loaded(), now()
    with kept.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        [outcome] = kept.outcomes(connection, scoring, [lead], at, language)
        [one] = standings(connection, kept.lifecycle, kept.policy, [(lead, outcome)], at)
    kept.ledger.note_look(Look(lead.number, caller(), "lifecycle", at))
    why = None if isinstance(outcome, Answer) else str(outcome)
    return LeadLifecycle.of(kept.lifecycle, one, why, language or scoring.conditions.language)


def _move(state: ServiceState, lead_id: str, body: bytes) -> MoveView:
    sent, at = read_as(TransitionBody, body), now()
    if sent.role == "admin" and not may("admin"):
        raise RefusedError(403, "forbidden", "the role admin takes a key with scope admin", "role")
    kept, scoring = state.kept(), state.loaded()
    try:
        with kept.database.writing() as connection:
            lead = found_lead(connection, lead_id)
            return MoveView.of(move(connection, kept, scoring, lead, sent.asked(), at))
    except ReasonError as error:
        raise RefusedError(422, "invalid_request", str(error), "reason") from None
    except tuple(_CODES) as error:
        raise RefusedError(409, _CODES[type(error)], str(error)) from None


def _bant(state: ServiceState, lead_id: str, language: Language | None) -> BantView:
    kept, at = state.kept(), now()
    with kept.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        found = _reports(connection, lead)
    kept.ledger.note_look(Look(lead.number, caller(), "bant", at))
    return _shown(state, lead, found, at, language)


def _found_out(state: ServiceState, lead_id: str, body: bytes) -> BantView:
    sent, at = read_as(BantBody, body), now()
    try:
        report = sent.report(at)
    except ContractError as error:
        raise RefusedError.by(invalid(error)) from None
    with state.kept().database.writing() as connection:
        lead = found_lead(connection, lead_id)
        # It stays with the id that it was told of, also where another lead stands for it.
        own = own_numbers(connection, [lead_id])[lead_id]
        if add_report(connection, own, report, at):
            touch(connection, [own], at)
            note_audit(connection, at, report.by, "told", own, f"bant: {', '.join(report.said)}")
        return _shown(state, lead, _reports(connection, lead), at, None)


def _reports(connection: Connection, lead: StoredLead) -> list[Report]:
    return reports_of(connection, parts_of(connection, [lead.number])).get(lead.number, [])


def _shown(
    state: ServiceState, lead: StoredLead, found: list[Report], at: int, language: Language | None
) -> BantView:
    scoring = state.scoring
    spoken = language or ("en" if scoring is None else scoring.conditions.language)
    return BantView.of(lead.lead_id, findings(found, state.kept().lifecycle.bant, at), spoken)
