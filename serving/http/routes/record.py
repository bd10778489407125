"""What senders tell, kept: leads, events, stages, feedback, consents."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Connection
from starlette.exceptions import HTTPException

from features.contract.clock import now
from features.contract.lead import ContractError
from features.contract.text import LONGEST_NAME
from serving.http.auth import caller, needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, invalid
from serving.http.requests.events import EventsBody
from serving.http.requests.feedback import FeedbackBody
from serving.http.requests.leads import LeadBody
from serving.http.requests.stages import StagesBody
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.http.views.leads import LeadView
from serving.intake.events import take_events
from serving.intake.leads import take_lead
from serving.record.access.audits import note_told
from serving.record.leads.leads import touch
from serving.record.leads.owners import owner_ids
from serving.record.leads.roots import own_numbers
from serving.record.privacy.consents import add_consents, is_said_again
from serving.record.scores.feedback import NewFeedback, add_feedback
from serving.stored.told_stages import ToldStage, tell_stages

Result = TypeVar("Result")

_PATHS_OF_LEADS = {
    **dict.fromkeys(("/score", "/history", "/export", "/audit", "/lifecycle", "/next"), "GET"),
    "/transitions": "POST",
    "/bant": "GET, POST",
    "/owner": "GET, PUT",
}
"""Paths that no id ends in, with what may be asked of them."""


class Kept(BaseModel):
    """What became of what was told."""

    stored: int = Field(ge=0, description="New, and kept.")
    known: int = Field(ge=0, description="There already; nothing changed.")


def record_routes(state: ServiceState) -> APIRouter:
    """Return the paths that take in what senders tell."""
    routes = APIRouter(prefix="/v1", tags=["record"], route_class=GuardedRoute)

    @routes.put(
        "/leads/{lead_id:id}",
        response_model=LeadView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(LeadBody),
    )
    @needs("write")
    async def put_lead(lead_id: str, request: Request) -> Response:
        """Keep a lead as it is told; profile fields left out are taken back."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_lead, state, lead_id, body, whole=True))

    @routes.patch(
        "/leads/{lead_id:id}",
        response_model=LeadView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(LeadBody),
    )
    @needs("write")
    async def patch_lead(lead_id: str, request: Request) -> Response:
        """Change what is told of a lead, and leave the rest."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_lead, state, lead_id, body, whole=False))

    @routes.post(
        "/events",
        response_model=Kept,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(EventsBody),
    )
    @needs("write")
    async def post_events(request: Request) -> Response:
        """Keep up to 10,000 events: all of them, or none where one is wrong."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_events, state, body))

    @routes.post(
        "/stages",
        response_model=Kept,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(StagesBody),
    )
    @needs("write")
    async def post_stages(request: Request) -> Response:
        """Keep the stages that leads have reached: all of them, or none."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_stages, state, body))

    @routes.post(
        "/feedback",
        response_model=Kept,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(FeedbackBody),
    )
    @needs("write")
    async def post_feedback(request: Request) -> Response:
        """Keep what sales says of a lead, or of a reason."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_feedback, state, body))

    return routes


def _lead(state: ServiceState, lead_id: str, body: bytes, *, whole: bool) -> LeadView:
    _check_id(lead_id)
    sent, at = read_as(LeadBody, body), now()

    def write(connection: Connection) -> LeadView:
        keep_lead(connection, lead_id, sent, at, whole=whole)
        found = found_lead(connection, lead_id)
        return LeadView.of(found, owner_ids(connection, [found.number])[found.number])

    return _written(state, write)


def keep_lead(
    connection: Connection,
    lead_id: str,
    sent: LeadBody,
    at: int,
    *,
    whole: bool,
    as_fields: bool = False,
) -> None:
    """Write what is told of a lead, its consents too.

    Args:
        connection: Writing.
        lead_id: The sender's id.
        sent: What is told.
        at: Now, microseconds since 1970.
        whole: Whether fields left out are taken back.
        as_fields: Whether consents are fields that the sender tells with every change of anything.

    Raises:
        ContractError: A moment or contact that is none.
        RefusedError: The id is too long, or not in UTF-8.
    """
    _check_length(lead_id)
    own = take_lead(connection, sent.told(lead_id, at, whole=whole), at)
    told = [
        consent.new(at)
        for consent in sent.consents
        if not (as_fields or consent.at is None)
        or not is_said_again(connection, own.number, consent.new(at), by_source=as_fields)
    ]
    entries = [(own.number, new) for new in told]
    touch(connection, add_consents(connection, entries, at), at)
    note_told(connection, at, sent.source, caller(otherwise=sent.source), [own.number])


def _check_id(lead_id: str) -> None:
    for path, methods in _PATHS_OF_LEADS.items():
        if lead_id.endswith(path):
            raise HTTPException(405, headers={"Allow": methods})


def _check_length(lead_id: str) -> None:
    if not lead_id or len(lead_id) > LONGEST_NAME or "\0" in lead_id:
        raise RefusedError(
            422, "invalid_request", f"must have 1 to {LONGEST_NAME} characters", "lead_id"
        )
    if "\ufffd" in lead_id:
        # Müller and Möller would else be one lead.
        raise RefusedError(
            422, "invalid_request", "is not in UTF-8; write ü as %C3%BC in the address", "lead_id"
        )


def _events(state: ServiceState, body: bytes) -> Kept:
    sent, at = read_as(EventsBody, body), now()
    taken = _written(state, lambda c: take_events(c, sent.told(at), at, sent.source))
    return Kept(stored=taken.stored, known=taken.known)


def _stages(state: ServiceState, body: bytes) -> Kept:
    sent, at, kept = read_as(StagesBody, body), now(), state.kept()

    def write(connection: Connection) -> int:
        numbers = own_numbers(connection, {stage.lead_id for stage in sent.stages})
        for place, stage in enumerate(sent.stages):
            if stage.lead_id not in numbers:
                raise ContractError(f"stages.{place}.lead_id", "is not known; PUT the lead first")
        told = [
            ToldStage(
                numbers[stage.lead_id], stage.stage, stage.reached(f"stages.{place}", at),
                # Told again without its moment, it was not reached again.
                sent.source, again=stage.at is None,
            )
            for place, stage in enumerate(sent.stages)
        ]  # fmt: skip
        return tell_stages(connection, kept.lifecycle, told, caller(otherwise=sent.source), at)

    stored = _written(state, write)
    return Kept(stored=stored, known=len(sent.stages) - stored)


def _feedback(state: ServiceState, body: bytes) -> Kept:
    sent, at = read_as(FeedbackBody, body), now()

    def write(connection: Connection) -> bool:
        said = sent.said(at)
        own = own_numbers(connection, [sent.lead_id]).get(sent.lead_id)
        if own is None:
            raise ContractError("lead_id", "is not known; PUT the lead first")
        new = NewFeedback(own, sent.kind, sent.reason, sent.subject, sent.by, said, sent.note)
        return add_feedback(connection, new, at)

    stored = int(_written(state, write))
    return Kept(stored=stored, known=1 - stored)


def _written(state: ServiceState, write: Callable[[Connection], Result]) -> Result:
    try:
        return state.kept().database.write(write)
    except ContractError as error:
        raise RefusedError.by(invalid(error)) from None
