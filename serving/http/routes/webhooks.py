"""Who is told of changes and alerts."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from features.contract.clock import now
from features.contract.lead import ContractError, micros, moment
from serving.http.auth import needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, invalid
from serving.http.requests.fields import Moment
from serving.http.requests.webhooks import WebhookBody
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.record.queue.outbox import Shape, replay
from serving.record.queue.webhooks import Webhook, add_webhook, list_webhooks, remove_webhook


class WebhookView(BaseModel):
    """A receiver of messages."""

    webhook_id: int
    url: str = Field(description="Of Slack and Teams without its path, which is a secret.")
    events: list[str]
    shape: Shape = Field(description="What messages look like.")
    targets: list[str] | None = Field(description="Of alerts; null takes all.")
    created_at: datetime
    disabled: str | None = Field(description="Why nothing is sent any more.")
    waiting: int = Field(description="Messages on their way.")
    fault: str | None = Field(description="Why the newest of them did not arrive yet.")
    dead: int = Field(description="Messages that were given up; they can be replayed.")


class NewWebhook(BaseModel):
    """A new receiver."""

    webhook_id: int
    secret: str = Field(description="To check signatures with; it is shown only now.")


class WebhookList(BaseModel):
    """All receivers."""

    webhooks: list[WebhookView]


class Replayed(BaseModel):
    """Messages that are on their way again."""

    messages: int


def webhook_routes(state: ServiceState) -> APIRouter:
    """Return the paths of webhooks."""
    routes = APIRouter(prefix="/v1", tags=["webhooks"], route_class=GuardedRoute)

    @routes.post(
        "/webhooks",
        response_model=NewWebhook,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(WebhookBody),
    )
    @needs("admin")
    async def post_webhook(request: Request) -> Response:
        """Tell a receiver of changes from now on."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_add, state, body))

    @routes.get("/webhooks", response_model=WebhookList, responses=RECORD_ERRORS)
    @needs("admin")
    async def get_webhooks() -> Response:
        """List the receivers, and how many messages wait for each."""
        return respond(200, await run_in_threadpool(_list, state))

    @routes.delete("/webhooks/{webhook_id}", status_code=204, responses=RECORD_ERRORS)
    @needs("admin")
    async def delete_webhook(webhook_id: WebhookId) -> Response:
        """Tell a receiver nothing any more, nor what is on its way."""
        await run_in_threadpool(_remove, state, webhook_id)
        return Response(status_code=204)

    @routes.post("/webhooks/{webhook_id}/replay", response_model=Replayed, responses=RECORD_ERRORS)
    @needs("admin")
    async def replay_webhook(webhook_id: WebhookId, since: Moment) -> Response:
        """Send again what a receiver was to get since a moment, also what was given up."""
        return respond(
            200, await run_in_threadpool(_replay, state, webhook_id, micros(since, "since"))
        )

    return routes


WebhookId = Annotated[int, Field(ge=1, le=2**53)]


def _add(state: ServiceState, body: bytes) -> NewWebhook:
    sent = read_as(WebhookBody, body)
    try:
        shape, targets = sent.shown_as(), sent.told_of()
    except ContractError as error:
        raise RefusedError.by(invalid(error)) from None
    if shape == "mail":
        state.require_mail()
    url, at = str(sent.url), now()
    with state.kept().database.writing() as connection:
        number, secret = add_webhook(connection, url, sent.events, at, shape, targets)
    return NewWebhook(webhook_id=number, secret=secret)


def _list(state: ServiceState) -> WebhookList:
    with state.kept().database.reading() as connection:
        return WebhookList(webhooks=[_shown(one) for one in list_webhooks(connection)])


def _shown(one: Webhook) -> WebhookView:
    return WebhookView(
        webhook_id=one.number,
        url=_open_part(one),
        events=list(one.events),
        shape=one.shape,
        targets=None if one.targets is None else list(one.targets),
        created_at=moment(one.created),
        disabled=one.disabled,
        waiting=one.waiting,
        fault=one.fault,
        dead=one.dead,
    )


def _open_part(one: Webhook) -> str:
    if one.shape not in {"slack", "teams"}:
        return one.url
    parts = urlsplit(one.url)
    return f"{parts.scheme}://{parts.hostname}/…"


def _remove(state: ServiceState, number: int) -> None:
    with state.kept().database.writing() as connection:
        if not remove_webhook(connection, number):
            raise RefusedError(404, "unknown_webhook", "there is no such webhook")


def _replay(state: ServiceState, number: int, since: int) -> Replayed:
    with state.kept().database.writing() as connection:
        if number not in {one.number for one in list_webhooks(connection)}:
            raise RefusedError(404, "unknown_webhook", "there is no such webhook")
        return Replayed(messages=replay(connection, number, since, now()))
