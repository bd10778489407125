"""The Segment tracking protocol, so that existing senders work unchanged."""

import hmac
from base64 import b64decode
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from features.contract.clock import now
from serving.http.auth import needs, unauthorized
from serving.http.body import read_body, read_json, respond
from serving.http.document.bodies import json_body
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import Problem, RefusedError, RefusedItem
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.intake.segment import take_messages
from serving.intake.segment_message import CALLS, Refused, read_messages

_MOMENT = TypeAdapter(AwareDatetime)


class Tracked(BaseModel):
    """What became of messages."""

    success: bool = True
    stored: int = Field(ge=0, description="Events that are new.")
    refused: list[RefusedItem]


def segment_routes(state: ServiceState) -> APIRouter:
    """Return the paths of the protocol."""
    routes = APIRouter(prefix="/v1", tags=["segment"], route_class=GuardedRoute)
    documented: dict[str, Any] = {
        "response_model": Tracked,
        "responses": RECORD_ERRORS,
    }

    @routes.post("/batch", openapi_extra=json_body("TrackedBatch"), **documented)
    @needs("write", way=by_write_key, scheme="writeKey")
    async def track_batch(request: Request) -> Response:
        """Keep a batch of messages as Segment's libraries send them."""
        body = await _content(request)
        batch = body.get("batch")
        if not isinstance(batch, list):
            raise RefusedError(422, "invalid_request", "must be an array of messages", "batch")
        sent_at = _sent_at(body.get("sentAt"))
        return respond(200, await run_in_threadpool(_take, state, batch, None, sent_at))

    for call in CALLS:
        _add_call(routes, state, call, documented)
    return routes


def _add_call(
    routes: APIRouter, state: ServiceState, call: str, documented: dict[str, Any]
) -> None:
    @needs("write", way=by_write_key, scheme="writeKey")
    async def track_one(request: Request) -> Response:
        body = await _content(request)
        tracked = await run_in_threadpool(_take, state, [body], call, None)
        for refused in tracked.refused:
            raise RefusedError.by(refused.error)
        return respond(200, tracked)

    routes.add_api_route(
        f"/{call}",
        track_one,
        methods=["POST"],
        name=f"segment_{call}",
        description=f"Keep one `{call}` message as Segment's libraries send it.",
        openapi_extra=json_body("TrackedMessage"),
        **documented,
    )


async def _content(request: Request) -> dict[str, Any]:
    content = read_json(await read_body(request))
    if not isinstance(content, dict):
        raise RefusedError(400, "invalid_json", "the body is no JSON object in UTF-8")
    return content


async def by_write_key(state: ServiceState, request: Request) -> str | None:
    """Let in senders that have the write key.

    Raises:
        RefusedError: It is wrong, or missing where there is no other way in.
    """
    if state.write_key is None:
        return None
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic" and not state.keyring.open:
        return None
    if scheme.lower() != "basic" or not _is_user(sent, state.write_key):
        raise unauthorized("send the write key as the user name (basic auth)")
    return "segment"


def _is_user(sent: str, write_key: str) -> bool:
    try:
        user = b64decode(sent, validate=True).partition(b":")[0]
    except ValueError:
        return False
    return hmac.compare_digest(user, write_key.encode())


def _sent_at(sent: object) -> datetime | None:
    try:
        return _MOMENT.validate_python(sent)
    except ValidationError:
        return None


def _take(
    state: ServiceState, batch: list[object], kind: str | None, sent_at: datetime | None
) -> Tracked:
    database = state.kept().database
    messages, unread = read_messages(batch, kind, sent_at)
    stored, unkept = 0, list[Refused]()
    if messages:
        at = now()
        stored, unkept = database.write(lambda connection: take_messages(connection, messages, at))
    refused = [
        RefusedItem(
            index=one.place,
            error=Problem(code="invalid_request", message=one.message, field=one.field),
        )
        for one in sorted([*unread, *unkept])
    ]
    return Tracked(stored=stored, refused=refused)
