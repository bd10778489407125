"""What a person may ask of whoever holds their data: all of it, who looked, and to be forgotten."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from features.contract.clock import now
from features.contract.lead import moment
from serving.http.auth import caller, needs
from serving.http.body import respond
from serving.http.document.errors import RECORD_ERRORS
from serving.http.errors import RefusedError
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.record.access.audits import Look, audits_of
from serving.record.leads.leads import StoredLead, find_lead, parts_of
from serving.record.privacy.erasure import erase_lead, export_lead


class Export(BaseModel):
    """Everything that is held of a lead."""

    lead_id: str
    exported_at: datetime
    tables: dict[str, list[dict[str, Any]]] = Field(
        description="Rows by table; moments are microseconds since 1970."
    )


class AuditEntry(BaseModel):
    """Who did what, when."""

    at: datetime
    actor: str
    action: str
    detail: str | None


class AuditList(BaseModel):
    """What was done to a lead, the oldest first."""

    lead_id: str
    entries: list[AuditEntry]


class Erased(BaseModel):
    """Leads that are gone, those included that turned out to be the same person."""

    leads: int


def rights_routes(state: ServiceState) -> APIRouter:
    """Return the paths of a person's rights."""
    routes = APIRouter(prefix="/v1", tags=["rights"], route_class=GuardedRoute)

    @routes.get("/leads/{lead_id:id}/export", response_model=Export, responses=RECORD_ERRORS)
    @needs("admin")
    async def get_export(lead_id: str) -> Response:
        """Return everything that is held of a lead."""
        return respond(200, await run_in_threadpool(_export, state, lead_id))

    @routes.get("/leads/{lead_id:id}/audit", response_model=AuditList, responses=RECORD_ERRORS)
    @needs("admin")
    async def get_audit(lead_id: str) -> Response:
        """Tell who did what to a lead, when; also who looked at it."""
        return respond(200, await run_in_threadpool(_audit, state, lead_id))

    @routes.delete("/leads/{lead_id:id}", response_model=Erased, responses=RECORD_ERRORS)
    @needs("admin")
    async def delete_lead(lead_id: str) -> Response:
        """Forget a lead: all of it, for good, also where a backup is restored later."""
        return respond(200, await run_in_threadpool(_erase, state, lead_id))

    return routes


def _export(state: ServiceState, lead_id: str) -> Export:
    kept, at = state.kept(), now()
    with kept.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        tables = export_lead(connection, lead)
    kept.ledger.note_look(Look(lead.number, caller(), "exported", at))
    return Export(lead_id=lead.lead_id, exported_at=moment(at), tables=tables)


def _audit(state: ServiceState, lead_id: str) -> AuditList:
    with state.kept().database.reading() as connection:
        lead = found_lead(connection, lead_id)
        entries = [
            AuditEntry(at=moment(at), actor=actor, action=action, detail=detail)
            for at, actor, action, detail in audits_of(
                connection, parts_of(connection, [lead.number])
            )
        ]
    return AuditList(lead_id=lead.lead_id, entries=entries)


def _erase(state: ServiceState, lead_id: str) -> Erased:
    with state.kept().database.writing() as connection:
        lead = found_lead(connection, lead_id)
        return Erased(leads=erase_lead(connection, lead, caller(), now()))


def found_lead(connection: Connection, lead_id: str, field: str | None = None) -> StoredLead:
    """Return the lead that stands for an id.

    Args:
        connection: Reading.
        lead_id: As sent.
        field: Path of the id in a body, for errors.

    Raises:
        RefusedError: The record has none.
    """
    lead = find_lead(connection, lead_id)
    if lead is None:
        raise RefusedError(404, "unknown_lead", "the record has no such lead", field)
    return lead
