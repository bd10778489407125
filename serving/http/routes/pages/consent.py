"""The pages on consent: a lead looked up, its ledger, a basis withdrawn."""

from contextlib import suppress
from urllib.parse import quote

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from features.contract.lead import ContractError
from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.intake.contact import canonical_contact
from serving.pages.saying import say
from serving.record.access.audits import Look, note_told
from serving.record.identity.contacts import find_by_contact
from serving.record.leads.leads import StoredLead, find_lead, leads_by_number, parts_of, touch
from serving.record.leads.roots import roots_of
from serving.record.privacy.consents import (
    NewConsent,
    add_consent,
    ledger_of,
    standing,
    without_basis,
)

CONSENT = "/app/data/consent"

SOURCE = "workspace"
"""Where a basis was withdrawn that somebody withdrew here."""


def consent_routes() -> APIRouter:
    """Return the paths of the pages."""
    routes = page_router()

    @routes.get(CONSENT)
    @for_permission("tend")
    def show_search(visit: Visiting) -> Response:
        return show(visit, "consent", typed="", mistake=None)

    @routes.post(CONSENT)
    @for_permission("tend")
    def look_up(visit: Visiting) -> Response:
        # An address is sent in a form, for paths are in logs.
        typed = visit.form.get("who")
        with visit.database.reading() as connection:
            lead = _looked_up(connection, typed)
        if lead is None:
            mistake = say(visit.language, "consent.unknown")
            return show(visit, "consent", 404, typed=typed, mistake=mistake)
        return go(visit, f"{CONSENT}/{quote(lead.lead_id, safe='')}")

    @routes.get(CONSENT + "/{lead_id:id}")
    @for_permission("tend")
    def show_consent(visit: Visiting, lead_id: str) -> Response:
        return _consent(visit, lead_id)

    @routes.post(CONSENT + "/{lead_id:id}")
    @for_permission("tend")
    def withdraw(visit: Visiting, lead_id: str) -> Response:
        purpose, basis = visit.form.raw("purpose"), visit.form.raw("basis")
        entry = NewConsent(purpose, basis, False, SOURCE, None, None, visit.at)
        with visit.database.writing() as connection:
            lead = _found(connection, lead_id)
            parts = parts_of(connection, [lead.number])
            if (purpose, basis) not in standing(ledger_of(connection, parts)):
                raise PageError(409, "conflict")
            add_consent(connection, lead.number, entry, visit.at)
            touch(connection, [lead.number], visit.at)
            note_told(connection, visit.at, SOURCE, visit.user.actor, [lead.number])
        return go(visit, f"{CONSENT}/{quote(lead.lead_id, safe='')}", "withdrawn")

    return routes


def _found(connection: Connection, lead_id: str) -> StoredLead:
    lead = find_lead(connection, lead_id)
    if lead is None:
        raise PageError(404, "not_found")
    return lead


def _looked_up(connection: Connection, typed: str) -> StoredLead | None:
    """Return the lead of an id, an e-mail address or a telephone number."""
    lead = find_lead(connection, typed)
    for kind in ("email", "phone"):
        if lead is None:
            with suppress(ContractError):
                value = canonical_contact(kind, typed, kind)
                lead = _with_contact(connection, kind, value)
    return lead


def _with_contact(connection: Connection, kind: str, value: str) -> StoredLead | None:
    number = find_by_contact(connection, kind, [value]).get(value)
    if number is None:
        return None
    [lead] = leads_by_number(connection, roots_of(connection, [number]).values())
    return lead


def _consent(visit: Visit, lead_id: str) -> Response:
    kept = visit.state.kept()
    bases = kept.policy.profiling.bases
    with visit.database.reading() as connection:
        lead = _found(connection, lead_id)
        parts = parts_of(connection, [lead.number])
        ledger = ledger_of(connection, parts)
        barred = without_basis(connection, parts, bases)
    kept.ledger.note_look(Look(lead.number, visit.user.actor, "consent", visit.at))
    return show(
        visit,
        "consent_lead",
        lead=lead,
        entries=[entry for _, entry in reversed(ledger)],
        standing=sorted(standing(ledger)),
        scored=lead.number not in barred,
        bases=bases,
    )
