"""Scores of leads whose data the request holds; nothing is stored."""

import asyncio
import time

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.batch import BatchAnswer, score_batch
from serving.http.body import checked, read_body, respond
from serving.http.errors import RefusedError, invalid
from serving.http.openapi import ERRORS, NOT_READY, body_of
from serving.http.request import BatchRequest, ScoreRequest
from serving.http.route import GuardedRoute
from serving.http.state import ServiceState
from serving.scoring.answer import Answer
from serving.scoring.card import Card, card_of
from serving.scoring.scoring import Scoring

LARGEST_AT_ONCE = 32 * 1024
"""Bytes of a lead that is scored at once: some hundred events, which take about a millisecond.

Handing it to a thread would cost more; a larger one would keep other requests waiting.
"""


def score_routes(state: ServiceState) -> APIRouter:
    """Return the paths that score, and the one that tells what does."""
    routes = APIRouter(prefix="/v1", tags=["leads"], route_class=GuardedRoute)

    @routes.post(
        "/score", response_model=Answer, responses=ERRORS, openapi_extra=body_of(ScoreRequest)
    )
    async def score_lead(request: Request) -> Response:
        """Score one lead from what the request holds; nothing is stored."""
        scoring, body, arrived = state.loaded(), await read_body(request), time.monotonic()
        if len(body) <= LARGEST_AT_ONCE:
            # Those that came at the same time note their arrival before the first is scored.
            await asyncio.sleep(0)
            answer = _score(scoring, body, arrived)
        else:
            answer = await run_in_threadpool(_score, scoring, body, arrived)
        state.note(answer)
        return respond(200, answer)

    @routes.post(
        "/score/batch",
        response_model=BatchAnswer,
        responses=ERRORS,
        openapi_extra=body_of(BatchRequest),
    )
    async def score_leads(request: Request) -> Response:
        """Score up to 1,000 leads, each with its own answer or error."""
        scoring, body, arrived = state.loaded(), await read_body(request), time.monotonic()
        answers = await run_in_threadpool(_score_batch, scoring, body, arrived)
        for answer in [result.answer for result in answers.results if result.answer]:
            state.note(answer)
        return respond(200, answers)

    @routes.get("/model", responses=NOT_READY)
    async def get_model() -> Card:
        """Tell what answers: the model's version, window, metrics, features; or the rules."""
        return card_of(state.loaded(), state.message)

    return routes


def _score(scoring: Scoring, body: bytes, arrived: float) -> Answer:
    try:
        case = checked(ScoreRequest, body).case(now())
        return scoring.score(case, arrived)
    except (ValidationError, ContractError) as error:
        raise RefusedError.by(invalid(error)) from None


def _score_batch(scoring: Scoring, body: bytes, arrived: float) -> BatchAnswer:
    try:
        request = checked(BatchRequest, body)
    except ValidationError as error:
        raise RefusedError.by(invalid(error)) from None
    return score_batch(request, scoring, arrived, now())
