"""Leads given to whoever owns them: one on its page, or all of somebody who left."""

from fastapi import APIRouter, Response

from serving.http.pages.answers import go
from serving.http.pages.lead.page import LEADS, lead_path
from serving.http.pages.lead.work import Asked
from serving.http.pages.mistakes import PageError
from serving.http.pages.owners import Owners
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.pages.lead import show_lead
from serving.http.routes.rights import found_lead
from serving.record.leads.roots import own_numbers
from serving.stored.owning import Given, OwnedMeanwhileError, give_from, hand_on


def owner_page_routes() -> APIRouter:
    """Return the paths of the forms."""
    routes = page_router()

    @routes.post("/app/owners/{lead_id:id}")
    @for_permission("decide")
    def give_lead(visit: Visiting, lead_id: str) -> Response:
        return _given(visit, lead_id)

    @routes.post("/app/owners")
    @for_permission("users")
    def hand_leads_on(visit: Visiting) -> Response:
        return _handed_on(visit)

    return routes


def _given(visit: Visit, lead_id: str) -> Response:
    to, expected = visit.form.get("owner"), visit.form.get("expected") or None
    try:
        with visit.database.writing() as connection:
            found_lead(connection, lead_id)
            if to != (expected or "") and not Owners.of(connection, visit.language).is_heir(to):
                raise PageError(400, "invalid")
            own = own_numbers(connection, [lead_id])[lead_id]
            given = Given(own, to or None, visit.user.actor)
            give_from(connection, given, expected, visit.at)
    except OwnedMeanwhileError:
        return show_lead(visit, lead_id, 409, refused="owned_meanwhile")
    return go(visit, lead_path(lead_id), "owner_changed")


def _handed_on(visit: Visit) -> Response:
    owner, to = visit.form.get("from"), visit.form.get("to")
    with visit.database.reading() as connection:
        is_heir = Owners.of(connection, visit.language).is_heir(to)
    if not owner or owner == to or not is_heir:
        raise PageError(400, "invalid")
    left = True
    while left:
        with visit.database.writing() as connection:
            left = hand_on(connection, owner, to or None, visit.user.actor, visit.at) > 0
    return go(visit, Asked(owner=to or "nobody").address(LEADS), "leads_handed_on")
