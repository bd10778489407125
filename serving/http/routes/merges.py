"""Leads that may be one person, and what was decided of them: joined, taken apart, different."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlalchemy import Connection

from features.contract.clock import now
from serving.http.auth import caller, needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError
from serving.http.requests.cursor import cursor_of, place_of
from serving.http.requests.fields import Name
from serving.http.requests.merges import DifferentBody, MergeBody
from serving.http.requests.queries import DuplicatesQuery
from serving.http.route import GuardedRoute
from serving.http.routes.record import Kept
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.http.views.merges import DuplicateList, DuplicateView, MergeList, MergeView
from serving.record.identity.duplicates import list_duplicates, waiting
from serving.record.identity.merges import MergeError, StoredMerge, find_merge, merges_of
from serving.record.leads.leads import StoredLead, parts_of
from serving.stored.joining import join, take_apart, tell_different

MergeId = Annotated[int, Field(ge=1, le=2**53)]


def merge_routes(state: ServiceState) -> APIRouter:
    """Return the paths of duplicates and merges."""
    routes = APIRouter(prefix="/v1", tags=["duplicates"], route_class=GuardedRoute)

    @routes.get("/duplicates", response_model=DuplicateList, responses=RECORD_ERRORS)
    @needs("read")
    async def get_duplicates(query: Annotated[DuplicatesQuery, Query()]) -> Response:
        """List leads that may be one person, two by two, the strongest evidence first."""
        return respond(200, await run_in_threadpool(_duplicates, state, query))

    @routes.post(
        "/duplicates/different",
        response_model=Kept,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(DifferentBody),
    )
    @needs("write")
    async def post_different(request: Request) -> Response:
        """Note that two leads are different people; they are not suggested again."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_different, state, body))

    @routes.post(
        "/merges",
        response_model=MergeView,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(MergeBody),
    )
    @needs("write")
    async def post_merge(request: Request) -> Response:
        """Let one lead stand for another, with all that is known of both; it can be undone."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_merge, state, body))

    @routes.get("/merges", response_model=MergeList, responses=RECORD_ERRORS)
    @needs("read")
    async def get_merges(lead_id: Name) -> Response:
        """List the merges of a lead and of all that it stands for, undone ones too."""
        return respond(200, await run_in_threadpool(_merges, state, lead_id))

    @routes.delete("/merges/{merge_id}", response_model=MergeView, responses=RECORD_ERRORS)
    @needs("write")
    async def delete_merge(merge_id: MergeId) -> Response:
        """Take the two leads of a merge apart again, each with what was told of it."""
        return respond(200, await run_in_threadpool(_undo, state, merge_id))

    return routes


def _duplicates(state: ServiceState, query: DuplicatesQuery) -> DuplicateList:
    after = place_of(query.cursor, numbers=2)
    place = None if after is None else (after[0], after[1][0], after[1][1])
    with state.kept().database.reading() as connection:
        lead = None if query.lead_id is None else found_lead(connection, query.lead_id).number
        found, end = list_duplicates(connection, lead, place, query.limit)
        left = waiting(connection)
    return DuplicateList(
        duplicates=[DuplicateView.of(one) for one in found],
        waiting=left,
        next_cursor=cursor_of(end),
    )


def _different(state: ServiceState, body: bytes) -> Kept:
    sent, at = read_as(DifferentBody, body), now()
    with state.kept().database.writing() as connection:
        one, other = (
            found_lead(connection, lead_id, f"lead_ids.{place}")
            for place, lead_id in enumerate(sent.lead_ids)
        )
        if one.number == other.number:
            raise _already_one()
        news = tell_different(connection, one, other, sent.by, at)
    return Kept(stored=int(news), known=1 - int(news))


def _merge(state: ServiceState, body: bytes) -> MergeView:
    sent, at = read_as(MergeBody, body), now()
    with state.kept().database.writing() as connection:
        kept = found_lead(connection, sent.kept, "kept")
        joined = found_lead(connection, sent.joined, "joined")
        _check_kinds(kept, joined)
        number = join(connection, kept, joined, sent.by, at)
        if number is None:
            raise _already_one()
        return MergeView.of(_found(connection, number))


def _check_kinds(kept: StoredLead, joined: StoredLead) -> None:
    if (kept.kind, joined.kind) == ("visitor", "lead"):
        message = "is a visitor, whom nobody knows; keep the lead, and join the visitor"
        raise RefusedError(422, "invalid_request", message, "kept")


def _merges(state: ServiceState, lead_id: str) -> MergeList:
    with state.kept().database.reading() as connection:
        lead = found_lead(connection, lead_id)
        found = merges_of(connection, parts_of(connection, [lead.number]))
    return MergeList(merges=[MergeView.of(one) for one in found])


def _undo(state: ServiceState, number: int) -> MergeView:
    at = now()
    with state.kept().database.writing() as connection:
        _found(connection, number)
        try:
            take_apart(connection, number, caller(), at)
        except MergeError as error:
            raise RefusedError(409, "merged_again", str(error)) from None
        return MergeView.of(_found(connection, number))


def _found(connection: Connection, number: int) -> StoredMerge:
    found = find_merge(connection, number)
    if found is None:
        raise RefusedError(404, "unknown_merge", "the record has no such merge")
    return found


def _already_one() -> RefusedError:
    return RefusedError(409, "already_one", "the two are one lead already; see GET /v1/merges")
