"""The handover to sales, and what to do next with a lead."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from features.contract.clock import now
from features.contract.language import Language
from serving.http.auth import caller, needs
from serving.http.body import respond
from serving.http.document.errors import RECORD_ERRORS
from serving.http.requests.queries import LifecycleQuery
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.http.views.handover import (
    ActionView,
    HandoverView,
    NextView,
    WorthView,
    question_views,
)
from serving.intake.company import company_facts
from serving.record.access.audits import Look
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import parts_of
from serving.scoring.answer import Answer
from serving.stored.handover import handover_of
from serving.stored.next_question import next_questions
from serving.stored.next_step import next_actions
from serving.stored.standing import standings


def handover_routes(state: ServiceState) -> APIRouter:
    """Return the paths of the handover and of what comes next."""
    routes = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=GuardedRoute)

    @routes.get("/handover", response_model=HandoverView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_handover() -> Response:
        """Tell from which probability it pays to hand leads over, and what past lists brought."""
        return respond(200, await run_in_threadpool(_handover, state))

    @routes.get("/leads/{lead_id:id}/next", response_model=NextView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_next(lead_id: str, query: Annotated[LifecycleQuery, Query()]) -> Response:
        """Tell what to do next with a lead, why, and what to ask it."""
        return respond(200, await run_in_threadpool(_next, state, lead_id, query.language))

    return routes


def _handover(state: ServiceState) -> HandoverView:
    kept, scoring, at = state.kept(), state.loaded(), now()
    with kept.database.reading() as connection:
        found = handover_of(connection, kept.lifecycle, kept.policy, scoring, at)
    return HandoverView.of(found, scoring.basis.name)


def _next(state: ServiceState, lead_id: str, language: Language | None) -> NextView:
    kept, scoring, at = state.kept(), state.loaded(), now()
    spoken, terms = language or scoring.conditions.language, kept.lifecycle.handover
    with kept.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        [outcome] = kept.outcomes(connection, scoring, [lead], at, spoken)
        [one] = standings(connection, kept.lifecycle, kept.policy, [(lead, outcome)], at)
        answer = outcome if isinstance(outcome, Answer) else None
        score = None if answer is None else (answer.probability, answer.grade)
        [action] = next_actions(connection, kept.lifecycle, [(one, score)], at)
        questions = []
        if answer is not None:
            parts = parts_of(connection, [lead.number])
            [case] = stored_cases(connection, [lead], parts, at, spoken)
            questions = next_questions(
                connection, kept.policy, scoring, (lead, case), company_facts, spoken
            )
    kept.ledger.note_look(Look(lead.number, caller(), "next", at))
    return NextView(
        lead_id=lead.lead_id,
        stage=one.facts.position.stage,
        action=ActionView.of(action, spoken),
        not_scored=None if answer else str(outcome),
        probability=answer.probability if answer else None,
        expected_value=WorthView.of(answer.probability, terms) if answer and terms else None,
        questions=question_views(questions),
    )
