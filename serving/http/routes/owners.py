"""Who owns a lead."""

from datetime import datetime
from typing import Self

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.lead import moment
from serving.access.user import UserMistakeError
from serving.http.auth import may, needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError
from serving.http.requests.owners import OwnerBody
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.record.access.users import user_called
from serving.record.leads.leads import StoredLead
from serving.record.leads.owners import Owner, owner_ids, owners_of
from serving.record.leads.roots import own_numbers
from serving.stored.owning import Given, give, owner_named


class OwnerView(BaseModel):
    """Who owns a lead."""

    lead_id: str = Field(description="Of the lead that stands for the id that was asked for.")
    owner: str | None = Field(
        description="A user of the workspace, such as `user 7`, or an id of yours; null is nobody."
    )
    email: str | None = Field(
        description="Of the user, where the key allows `admin`; null where it is none, or is gone."
    )
    since: datetime | None = Field(description="Null where nobody ever owned it, as is `by`.")
    by: str | None = Field(description="Who said so.")

    @classmethod
    def of(cls, lead: StoredLead, told: Owner | None, email: str | None) -> Self:
        """Return how an owner is shown."""
        return cls(
            lead_id=lead.lead_id,
            owner=None if told is None else told.owner,
            email=email,
            since=None if told is None else moment(told.since),
            by=None if told is None else told.by,
        )


def owner_routes(state: ServiceState) -> APIRouter:
    """Return the paths of owners."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get("/leads/{lead_id:id}/owner", response_model=OwnerView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_owner(lead_id: str) -> Response:
        """Tell who owns a lead."""
        return respond(200, await run_in_threadpool(_owner, state, lead_id, may("admin")))

    @routes.put(
        "/leads/{lead_id:id}/owner",
        response_model=OwnerView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(OwnerBody),
    )
    @needs("write")
    async def put_owner(lead_id: str, request: Request) -> Response:
        """Give a lead to somebody; told twice, nothing changes."""
        body = await read_body(request)
        given = await run_in_threadpool(_give, state, lead_id, body, may("admin"))
        return respond(200, given)

    return routes


def _owner(state: ServiceState, lead_id: str, with_email: bool) -> OwnerView:
    with state.kept().database.reading() as connection:
        return _shown(connection, lead_id, with_email)


def _give(state: ServiceState, lead_id: str, body: bytes, with_email: bool) -> OwnerView:
    sent, at = read_as(OwnerBody, body), now()
    with state.kept().database.writing() as connection:
        root = found_lead(connection, lead_id).number
        present = owner_ids(connection, [root])[root]
        try:
            owner = None if sent.owner is None else owner_named(connection, sent.owner, present)
        except UserMistakeError as error:
            raise RefusedError(422, "invalid_request", str(error), "owner") from None
        # It stays with the id that it was told of, also where another lead stands for it.
        own = own_numbers(connection, [lead_id])[lead_id]
        give(connection, Given(own, owner, sent.by), at)
        return _shown(connection, lead_id, with_email)


def _shown(connection: Connection, lead_id: str, with_email: bool) -> OwnerView:
    lead = found_lead(connection, lead_id)
    told = owners_of(connection, [lead.number]).get(lead.number)
    email = None
    if with_email and told is not None and told.owner is not None:
        user = user_called(connection, told.owner)
        email = None if user is None else user.email
    return OwnerView.of(lead, told, email)
