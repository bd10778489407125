"""The page on what to ask a lead next; the page on the lead takes it in, where scripts run."""

from functools import partial

from fastapi import APIRouter, Response

from features.contract.lead import ContractError, ProfileValue
from features.wording.words import decimal, value_text
from serving.http.pages.answers import show
from serving.http.pages.lead.page import lead_path, shown_value
from serving.http.pages.mistakes import PageError
from serving.http.pages.route import for_permission, page_router
from serving.http.pages.visit import Visit, Visiting
from serving.http.routes.rights import found_lead
from serving.intake.company import company_facts
from serving.lifecycle.action_words import share_text
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import parts_of
from serving.stored.next_question import next_questions


def question_routes() -> APIRouter:
    """Return the path of the page."""
    routes = page_router()

    @routes.get("/app/questions/{lead_id:id}")
    @for_permission("leads")
    def show_question(visit: Visiting, lead_id: str) -> Response:
        return _question(visit, lead_id)

    return routes


def _question(visit: Visit, lead_id: str) -> Response:
    scores, scoring, language = visit.state.kept(), visit.state.loaded(), visit.language
    with visit.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        parts = parts_of(connection, [lead.number])
        if scores.refused(connection, [lead], parts, visit.at):
            # Of whoever may not be scored, nothing is supposed either.
            raise PageError(404, "not_found")
        [case] = stored_cases(connection, [lead], parts, visit.at, language)
        try:
            asked = lead, case
            found = next_questions(
                connection, scores.policy, scoring, asked, company_facts, language
            )
        except ContractError:
            found = []

    def shown(value: ProfileValue) -> str:
        return value_text(shown_value(value), language)

    def points(move: float) -> str:
        return decimal(f"{100 * move:.1f}", language)

    return show(
        visit,
        "question",
        lead=lead,
        questions=found,
        path=lead_path,
        percent=partial(share_text, language=language),
        shown=shown,
        points=points,
    )
