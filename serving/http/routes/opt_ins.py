"""Consent asked for by e-mail."""

from datetime import datetime
from typing import Literal, Self

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, TypeAdapter
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.language import Language
from features.contract.lead import moment
from serving.http.auth import needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError
from serving.http.requests.opt_ins import OptInBody
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.record.leads.leads import leads_by_number
from serving.record.privacy.opt_ins import NoAddressError, OptIn, ask, find_opt_in, root_of
from serving.record.privacy.policy import Policy

MailState = Literal["waiting", "sent", "dead"]

_state: TypeAdapter[MailState] = TypeAdapter(MailState)


class OptInView(BaseModel):
    """A request for consent, without the address it went to."""

    opt_in_id: str
    lead_id: str
    purpose: str
    wording: str
    language: Language
    source: str
    requested_at: datetime
    expires_at: datetime = Field(description="Until when it can be confirmed.")
    confirmed_at: datetime | None = Field(description="Null where it was not.")
    mail: MailState = Field(description="Whether the mail server has taken it, or never will.")
    attempts: int = Field(description="To send the mail.")
    answer: str | None = Field(description="Status or fault of the newest attempt.")

    @classmethod
    def of(cls, connection: Connection, one: OptIn) -> Self:
        """Return how a request is shown."""
        [lead] = leads_by_number(connection, [root_of(connection, one)])
        return cls(
            opt_in_id=one.id,
            lead_id=lead.lead_id,
            purpose=one.purpose,
            wording=one.wording,
            language=one.language,
            source=one.source,
            requested_at=moment(one.asked),
            expires_at=moment(one.expires),
            confirmed_at=None if one.confirmed is None else moment(one.confirmed),
            mail=_state.validate_python(one.state),
            attempts=one.attempts,
            answer=one.answer,
        )


def opt_in_routes(state: ServiceState) -> APIRouter:
    """Return the paths by which consent is asked for."""
    routes = APIRouter(prefix="/v1", tags=["consent"], route_class=GuardedRoute)

    @routes.post(
        "/opt-ins",
        response_model=OptInView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(OptInBody),
    )
    @needs("write")
    async def post_opt_in(request: Request) -> Response:
        """Ask a lead for consent by e-mail; asked again within ten minutes, it is the same."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_ask, state, body))

    @routes.get("/opt-ins/{opt_in_id}", response_model=OptInView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_opt_in(opt_in_id: str) -> Response:
        """Tell what became of a request for consent."""
        return respond(200, await run_in_threadpool(_show, state, opt_in_id))

    return routes


def _ask(state: ServiceState, body: bytes) -> OptInView:
    sent, at, kept = read_as(OptInBody, body), now(), state.kept()
    state.require_mail()
    new = sent.new(_text(kept.policy, sent))
    with kept.database.writing() as connection:
        lead = found_lead(connection, sent.lead_id)
        try:
            one = ask(connection, lead, new, at, at + kept.policy.opt_ins.expire_after)
        except NoAddressError:
            message = "has no e-mail address; tell one in its contact"
            raise RefusedError(422, "invalid_request", message, "lead_id") from None
        return OptInView.of(connection, one)


def _text(policy: Policy, sent: OptInBody) -> str:
    wording = policy.wordings.get(sent.wording)
    if wording is None:
        message = "is no wording of the policy file; add it under [wordings]"
        raise RefusedError(422, "invalid_request", message, "wording")
    text = wording.text(sent.language)
    if text is None:
        message = "the policy file has no text of this wording in this language"
        raise RefusedError(422, "invalid_request", message, "language")
    return text


def _show(state: ServiceState, opt_in_id: str) -> OptInView:
    with state.kept().database.reading() as connection:
        one = None if "\0" in opt_in_id else find_opt_in(connection, opt_in_id)
        if one is None:
            raise RefusedError(404, "unknown_opt_in", "there is no such request for consent")
        return OptInView.of(connection, one)
