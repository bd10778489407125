"""Scores and lists of leads that the record keeps."""

import math
from collections.abc import Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from features.contract.clock import now
from features.contract.duration import DAY_US
from features.contract.language import Language
from features.contract.lead import ContractError, micros, moment
from serving.http.auth import caller, needs
from serving.http.body import read_as, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import RECORD_ERRORS
from serving.http.document.operations import DEMAND
from serving.http.errors import RefusedError, invalid
from serving.http.limits.coalescing import Together
from serving.http.requests.cursor import cursor_of, place_of
from serving.http.requests.demand import Demanded, demanded_by, unmet
from serving.http.requests.queries import HistoryQuery, ListQuery, ScoreQuery, StoredRequest
from serving.http.route import GuardedRoute
from serving.http.routes.rights import found_lead
from serving.http.state import ServiceState
from serving.http.views.changes import ChangeView
from serving.http.views.leads import AccountView, LeadList, ListedView, StoredAnswers, StoredResult
from serving.record.access.audits import Look
from serving.record.leads.leads import leads_by_number, parts_of
from serving.record.leads.members import members_of
from serving.record.scores.listing import list_leads
from serving.scoring.answer import Answer
from serving.stored.change import explain_change
from serving.stored.scoring import NotScoredError, Outcome, UnknownLeadError, given_score

_WEEK_US = 7 * DAY_US

_Told = Outcome | RefusedError


class _How(NamedTuple):
    """As of when, None for now; in which language; by the model only or not; and who asks."""

    as_of: int | None
    language: Language | None
    demanded: Demanded
    actor: str


def stored_routes(state: ServiceState) -> APIRouter:
    """Return the paths that tell of stored leads."""
    routes = APIRouter(prefix="/v1", tags=["record"], route_class=GuardedRoute)
    together = Together[_How, _Told](lambda lead_ids, how: _outcomes(state, lead_ids, how))

    @routes.get("/leads/{lead_id:id}/score", response_model=Answer, responses=RECORD_ERRORS)
    @needs("read")
    async def score_stored_lead(lead_id: str, query: Annotated[ScoreQuery, Query()]) -> Response:
        """Score a stored lead by all that the record knows of it."""
        at = None if query.as_of is None else micros(query.as_of, "as_of")
        outcome = await together.ask(lead_id, _How(at, query.language, query.require, caller()))
        if not isinstance(outcome, Answer):
            raise _refusal(outcome)
        return respond(200, outcome)

    @routes.get("/leads/{lead_id:id}/history", response_model=ChangeView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_history(lead_id: str, query: Annotated[HistoryQuery, Query()]) -> Response:
        """Tell why a score changed between two moments, in parts that add up."""
        return respond(200, await run_in_threadpool(_history, state, lead_id, query))

    @routes.post(
        "/leads/score",
        response_model=StoredAnswers,
        responses=RECORD_ERRORS,
        openapi_extra=body_of(StoredRequest) | DEMAND,
    )
    @needs("read")
    async def score_stored_leads(request: Request) -> Response:
        """Score up to 1,000 stored leads, each with its own answer or error."""
        demanded = demanded_by(request)
        sent = read_as(StoredRequest, await read_body(request))
        at = None if sent.as_of is None else micros(sent.as_of, "as_of")
        how = _How(at, sent.language, demanded, caller())
        outcomes = await run_in_threadpool(_outcomes, state, sent.lead_ids, how)
        return respond(200, StoredAnswers(results=_results(sent.lead_ids, outcomes)))

    @routes.get("/leads", response_model=LeadList, responses=RECORD_ERRORS)
    @needs("read")
    async def get_leads(query: Annotated[ListQuery, Query()]) -> Response:
        """List leads, the most promising or the newest changed first."""
        page = await run_in_threadpool(_page, state, query)
        return respond(200, page)

    @routes.get("/accounts/{account_id:id}", response_model=AccountView, responses=RECORD_ERRORS)
    @needs("read")
    async def get_account(account_id: str) -> Response:
        """Tell of a company: its leads' scores, the best and the combined one."""
        return respond(200, await run_in_threadpool(_account, state, account_id))

    return routes


def _outcomes(state: ServiceState, lead_ids: Sequence[str], how: _How) -> list[_Told]:
    scores, scoring, at = state.kept(), state.loaded(), now()
    as_of = at if how.as_of is None else how.as_of
    outcomes, leads = scores.score(scoring, lead_ids, as_of, how.language)
    told: list[_Told] = []
    for lead_id, outcome in zip(lead_ids, outcomes, strict=True):
        refused = unmet(outcome, how.demanded) if isinstance(outcome, Answer) else None
        told.append(refused or outcome)
        # What would have been said of another moment was not said then.
        if how.as_of is None and isinstance(outcome, Answer):
            state.note(outcome)
            if refused is None:
                number = leads[lead_id].number
                scores.ledger.note(given_score(number, outcome, at, at))
                scores.challenge(number, at)
    for lead in leads.values():
        scores.ledger.note_look(Look(lead.number, how.actor, "scored", at))
    return told


def _results(lead_ids: list[str], outcomes: Sequence[_Told]) -> list[StoredResult]:
    return [
        StoredResult(
            index=index,
            lead_id=lead_id,
            answer=outcome if isinstance(outcome, Answer) else None,
            error=None if isinstance(outcome, Answer) else _refusal(outcome).problem,
        )
        for index, (lead_id, outcome) in enumerate(zip(lead_ids, outcomes, strict=True))
    ]


def _refusal(
    outcome: UnknownLeadError | NotScoredError | ContractError | RefusedError,
) -> RefusedError:
    if isinstance(outcome, RefusedError):
        return outcome
    if isinstance(outcome, UnknownLeadError):
        return RefusedError(404, "unknown_lead", str(outcome))
    if isinstance(outcome, NotScoredError):
        return RefusedError(409, "not_scored", str(outcome))
    return RefusedError.by(invalid(outcome))


def _history(state: ServiceState, lead_id: str, query: HistoryQuery) -> ChangeView:
    scores, scoring, at = state.kept(), state.loaded(), now()
    end = at if query.until is None else min(micros(query.until, "until"), at)
    begin = end - _WEEK_US if query.since is None else micros(query.since, "since")
    with scores.database.reading() as connection:
        lead = found_lead(connection, lead_id)
        # A lead that is younger than a week has no score from before it was there.
        begin = max(begin, lead.created) if query.since is None else begin
        if not lead.created <= begin <= end:
            created = moment(lead.created).isoformat()
            message = f"must lie between the lead's creation, {created}, and until"
            raise RefusedError(422, "invalid_request", message, "since")
        parts = parts_of(connection, [lead.number])
        for refused in scores.refused(connection, [lead], parts, end).values():
            raise _refusal(refused)
        spoken = query.language or scoring.conditions.language
        try:
            change = explain_change(connection, scoring, lead, parts, (begin, end), spoken)
        except ContractError as error:
            raise RefusedError.by(invalid(error)) from None
    scores.ledger.note_look(Look(lead.number, caller(), "history", at))
    return ChangeView.of(lead.lead_id, change, spoken)


def _page(state: ServiceState, query: ListQuery) -> LeadList:
    after = place_of(query.cursor, numbers=1)
    place = None if after is None else (after[0], after[1][0])
    with state.kept().database.reading() as connection:
        found, end = list_leads(connection, query.filter(), query.sort, place, query.limit)
    return LeadList(leads=[ListedView.listed(one) for one in found], next_cursor=cursor_of(end))


def _account(state: ServiceState, account_id: str) -> AccountView:
    scores = state.kept()
    with scores.database.reading() as connection:
        members = members_of(connection, [account_id]).leads.get(account_id, set())
        leads = leads_by_number(connection, members)
        at = now()
        outcomes = scores.outcomes(connection, state.loaded(), leads, at, None)
    if not leads:
        raise RefusedError(404, "unknown_account", "the record has no lead of this account")
    found = [outcome.probability for outcome in outcomes if isinstance(outcome, Answer)]
    return AccountView(
        account_id=account_id,
        leads=_results([lead.lead_id for lead in leads], outcomes),
        best_probability=max(found, default=None),
        combined_probability=1 - math.prod(1 - p for p in found) if found else None,
    )
