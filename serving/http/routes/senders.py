"""Payloads of other systems, as they come, read by the mapping file."""

from typing import NoReturn

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.auth import caller, needs
from serving.http.body import read_body, read_json, respond
from serving.http.document.bodies import json_body
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError, RefusedItem, invalid
from serving.http.hubspot import by_hubspot
from serving.http.requests.events import EventsBody
from serving.http.requests.fields import MOST_LEADS
from serving.http.requests.leads import LeadBody
from serving.http.requests.stages import StagesBody
from serving.http.route import GuardedRoute
from serving.http.routes.record import keep_lead
from serving.http.state import ServiceState
from serving.intake.events import take_events
from serving.intake.mapping import Sender, Take
from serving.intake.payload import Said, read_record, records_of
from serving.lifecycle.agreement import Lifecycle
from serving.record.leads.roots import own_numbers
from serving.stored.told_stages import ToldStage, tell_stages


class Taken(BaseModel):
    """What became of a payload."""

    taken: int = Field(ge=0, description="Records that said something, and are kept.")
    ignored: int = Field(ge=0, description="Records that the mapping says nothing of.")
    refused: list[RefusedItem] = Field(description="Records that were not kept, and why.")


def sender_routes(state: ServiceState) -> APIRouter:
    """Return the path that payloads of other systems are sent to."""
    routes = APIRouter(prefix="/v1", tags=["record"], route_class=GuardedRoute)

    @routes.post(
        "/senders/{sender}",
        response_model=Taken,
        responses=RECORD_ERRORS,
        openapi_extra=json_body("SenderPayload"),
    )
    @needs("write", way=by_hubspot)
    async def take_payload(sender: str, request: Request) -> Response:
        """Keep what a payload says, as another system sends it; the mapping file says how."""
        body = await read_body(request)
        return respond(200, await run_in_threadpool(_take, state, sender, body))

    return routes


def _take(state: ServiceState, name: str, body: bytes) -> Taken:
    sender = state.mapping.senders.get(name)
    if sender is None:
        raise RefusedError(404, "unknown_sender", "the mapping file has no such sender")
    records = records_of(read_json(body), sender)
    if len(records) > MOST_LEADS:
        raise RefusedError(422, "invalid_request", f"holds more than {MOST_LEADS:,} records")
    kept, at = state.kept(), now()

    def write(connection: Connection) -> Taken:
        said, refused = Taken(taken=0, ignored=0, refused=[]), list[RefusedItem]()
        for index, (record, takes) in enumerate(records):
            try:
                with connection.begin_nested():
                    news = [
                        _keep(connection, kept.lifecycle, record, take, (name, sender), at)
                        for take in takes
                    ]
                said.taken, said.ignored = said.taken + any(news), said.ignored + (not any(news))
            except (ContractError, ValidationError) as error:
                refused.append(RefusedItem(index=index, error=invalid(error)))
            except RefusedError as error:
                refused.append(RefusedItem(index=index, error=error.problem))
        return said.model_copy(update={"refused": refused})

    return kept.database.write(write)


def _keep(
    connection: Connection,
    lifecycle: Lifecycle,
    record: object,
    take: Take,
    named: tuple[str, Sender],
    at: int,
) -> bool:
    """Write what a record of a sender says, and return whether it says anything."""
    source, sender = named
    said = read_record(record, take, sender, source)
    if said.lead is not None:
        lead = LeadBody.model_validate({**said.lead, "source": source})
        keep_lead(connection, said.lead_id or _nobody(), lead, at, whole=False, as_fields=True)
    if said.event is not None:
        events = EventsBody.model_validate({"events": [said.event], "source": source})
        take_events(connection, events.told(at), at, source)
    if said.stage is not None:
        _keep_stage(connection, lifecycle, said, source, at)
    return bool(said.lead or said.event or said.stage)


def _keep_stage(
    connection: Connection, lifecycle: Lifecycle, said: Said, source: str, at: int
) -> None:
    lead_id = said.lead_id or _nobody()
    [told] = StagesBody.model_validate({"stages": [said.stage], "source": source}).stages
    number = own_numbers(connection, [lead_id]).get(lead_id)
    if number is None:
        raise ContractError("lead_id", "is not known; send the lead first")
    reached = told.reached("stages.0", at)
    # Systems tell the stage with every change of the lead; only another one is news.
    new = ToldStage(number, told.stage, reached, source, again=True)
    tell_stages(connection, lifecycle, [new], caller(otherwise=source), at)


def _nobody() -> NoReturn:
    raise ContractError("lead_id", "is missing")
