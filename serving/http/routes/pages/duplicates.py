"""The pages on leads that may be one person: listed, held side by side, decided."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from serving.http.pages.answers import go, show
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Number, Visiting
from serving.http.requests.cursor import cursor_of, place_of
from serving.record.access.audits import Look
from serving.record.identity.contacts import newest_contact
from serving.record.identity.duplicates import list_duplicates, waiting
from serving.record.identity.merges import MergeError, find_merge, newest_merges
from serving.record.leads.leads import StoredLead, find_lead, parts_of
from serving.record.leads.profiles import profiles
from serving.record.lifecycle.stages import stages_of
from serving.record.scores.scores import current_scores
from serving.stored.joining import join, take_apart, tell_different

DUPLICATES = "/app/data/duplicates"

_LISTED = 25
_MERGES = 10
_CONTACTS = ("name", "company", "email", "phone")


class _Side(NamedTuple):
    """One of two leads, with all that tells it from the other one.

    Attributes:
        lead: The lead.
        contacts: By kind.
        profile: By field.
        stage: The newest.
        grade: Of its current score.
    """

    lead: StoredLead
    contacts: Mapping[str, str]
    profile: Mapping[str, object]
    stage: str | None
    grade: str | None


def duplicate_routes() -> APIRouter:
    """Return the paths of the pages."""
    routes = page_router()

    @routes.get(DUPLICATES)
    @for_permission("tend")
    def show_duplicates(visit: Visiting, cursor: str | None = None) -> Response:
        after = place_of(cursor, numbers=2)
        place = None if after is None else (after[0], after[1][0], after[1][1])
        with visit.database.reading() as connection:
            found, end = list_duplicates(connection, None, place, _LISTED)
            left, merges = waiting(connection), newest_merges(connection, _MERGES)
        return show(
            visit,
            "duplicates",
            found=found,
            next_cursor=cursor_of(end),
            begins=cursor is None,
            waiting=left,
            merges=merges,
            pair=_pair,
        )

    @routes.get(DUPLICATES + "/pair")
    @for_permission("tend")
    def show_pair(visit: Visiting, one: str = "", other: str = "") -> Response:
        with visit.database.reading() as connection:
            sides = [
                _side(connection, _found(connection, lead_id), visit.at) for lead_id in (one, other)
            ]
        ledger = visit.state.kept().ledger
        for side in sides:
            ledger.note_look(Look(side.lead.number, visit.user.actor, "compared", visit.at))
        return show(
            visit,
            "duplicate_pair",
            sides=sides,
            contacts=_CONTACTS,
            fields=sorted({field for side in sides for field in side.profile}),
            same=sides[0].lead.number == sides[1].lead.number,
        )

    @routes.post(DUPLICATES + "/join")
    @for_permission("tend")
    def join_pair(visit: Visiting) -> Response:
        with visit.database.writing() as connection:
            kept, joined = (_found(connection, visit.form.raw(name)) for name in ("kept", "joined"))
            if (kept.kind, joined.kind) == ("visitor", "lead"):
                raise PageError(409, "conflict")
            if join(connection, kept, joined, visit.user.actor, visit.at) is None:
                raise PageError(409, "conflict")
        return go(visit, DUPLICATES, "joined")

    @routes.post(DUPLICATES + "/different")
    @for_permission("tend")
    def tell_pair_different(visit: Visiting) -> Response:
        with visit.database.writing() as connection:
            one, other = (_found(connection, visit.form.raw(name)) for name in ("one", "other"))
            if one.number == other.number:
                raise PageError(409, "conflict")
            tell_different(connection, one, other, visit.user.actor, visit.at)
        return go(visit, DUPLICATES, "told_different")

    @routes.post(DUPLICATES + "/merges/{number}/undo")
    @for_permission("tend")
    def undo(visit: Visiting, number: Number) -> Response:
        with visit.database.writing() as connection:
            if find_merge(connection, number) is None:
                raise PageError(404, "not_found")
            try:
                take_apart(connection, number, visit.user.actor, visit.at)
            except MergeError:
                raise PageError(409, "conflict") from None
        return go(visit, DUPLICATES, "taken_apart")

    return routes


def _pair(one: str, other: str) -> str:
    return f"{DUPLICATES}/pair?{urlencode({'one': one, 'other': other})}"


def _found(connection: Connection, lead_id: str) -> StoredLead:
    lead = find_lead(connection, lead_id)
    if lead is None:
        raise PageError(404, "not_found")
    return lead


def _side(connection: Connection, lead: StoredLead, at: int) -> _Side:
    parts = parts_of(connection, [lead.number])
    contacts = {kind: newest_contact(connection, list(parts), kind) for kind in _CONTACTS}
    history = stages_of(connection, parts).get(lead.number, [])
    score = current_scores(connection, [lead.number]).get(lead.number)
    return _Side(
        lead,
        {kind: value for kind, value in contacts.items() if value is not None},
        profiles(connection, parts, at).get(lead.number, {}),
        history[-1].stage if history else None,
        None if score is None else score.grade,
    )
