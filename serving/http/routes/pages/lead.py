"""The page on a lead: its score and why, what it did, where it stands."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Response

from serving.http.pages.answers import show
from serving.http.pages.lead.page import LEADS, LeadPage
from serving.http.pages.lead.what_if import WhatIf, what_if
from serving.http.pages.owners import Owners
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.rights import found_lead
from serving.record.access.audits import Look
from serving.record.leads.leads import parts_of
from serving.record.leads.owners import owner_ids
from serving.record.scores.feedback import wrong_reasons
from serving.scoring.answer import Answer
from serving.stored.dossier import Dossier, dossier
from serving.stored.scoring import given_score

_LATEST = 2**53

Since = Annotated[int | None, Query(ge=0, le=_LATEST)]


def lead_routes() -> APIRouter:
    """Return the path of the page."""
    routes = page_router()

    @routes.get(LEADS + "/{lead_id:id}")
    @for_permission("leads")
    def show_one(
        visit: Visiting,
        lead_id: str,
        since: Since = None,
        field: str | None = None,
        value: str = "",
    ) -> Response:
        supposed = None if field is None else (field, value.strip())
        return show_lead(visit, lead_id, since=since, supposed=supposed)

    return routes


def show_lead(
    visit: Visit,
    lead_id: str,
    status: int = 200,
    *,
    since: int | None = None,
    supposed: tuple[str, str] | None = None,
    refused: str | None = None,
    bant_mistakes: Mapping[str, str] | None = None,
) -> Response:
    """Show a lead.

    Args:
        visit: Whose.
        lead_id: As sent.
        status: Of HTTP.
        since: Since when the change is told, microseconds since 1970; None for the last week.
        supposed: A field, and the value that it might have.
        refused: Why nothing was changed: a key of the words.
        bant_mistakes: What is wrong with the form on BANT, by field.
    """
    scores, scoring = visit.state.kept(), visit.state.scoring
    with visit.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        found = dossier(connection, scores, scoring, lead, (since, visit.at), visit.language)
        owners = Owners.of(connection, visit.language)
        owner = owner_ids(connection, [lead.number])[lead.number]
        wrong = wrong_reasons(connection, sorted(parts_of(connection, [lead.number])))
    _note(visit, found)
    page = LeadPage(found, scores, scoring, visit.user, visit.language, visit.at)
    return show(
        visit,
        "lead",
        status,
        **dict(page.values()),
        names={actor: user.name for actor, user in owners.users.items()},
        owner=owner,
        owner_name=owners.name(owner),
        heirs=owners.heirs(owner),
        said_wrong=wrong,
        may_decide=visit.user.may("decide"),
        what_if=_what_if(visit, found, supposed),
        refused=refused,
        bant_mistakes=bant_mistakes or {},
        typed=visit.form,
        now=visit.at,
    )


def _note(visit: Visit, found: Dossier) -> None:
    """Keep who looked, and what was said, as of every score that somebody is told."""
    scores, scoring, number = visit.state.kept(), visit.state.scoring, found.lead.number
    scores.ledger.note_look(Look(number, visit.user.actor, "seen", visit.at))
    if scoring is not None and isinstance(found.outcome, Answer):
        visit.state.note(found.outcome)
        scores.ledger.note(given_score(number, found.outcome, visit.at, visit.at))
        scores.challenge(number, visit.at)


def _what_if(visit: Visit, found: Dossier, supposed: tuple[str, str] | None) -> WhatIf | None:
    scoring = visit.state.scoring
    if supposed is None or found.behind is None or scoring is None:
        return None
    return what_if(scoring, found.behind.case, *supposed)
