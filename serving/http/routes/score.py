"""Scores of leads whose data the request holds; nothing is stored."""

import asyncio
import time
from functools import partial

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.auth import needs
from serving.http.body import checked, read_body, respond
from serving.http.document.bodies import body_of
from serving.http.document.errors import ERRORS, NOT_READY
from serving.http.document.operations import DEMAND
from serving.http.errors import RefusedError, invalid
from serving.http.limits.turns import Turns
from serving.http.requests.batch import AT_A_TIME, Batch, BatchAnswer
from serving.http.requests.demand import demanded_by, unmet
from serving.http.requests.score import BatchRequest, ScoreRequest
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
    turns, large = Turns(), Turns()

    @routes.post(
        "/score",
        response_model=Answer,
        responses=ERRORS,
        openapi_extra=body_of(ScoreRequest) | DEMAND,
    )
    @needs("score")
    async def score_lead(request: Request) -> Response:
        """Score one lead from what the request holds; nothing is stored."""
        require = demanded_by(request)
        scoring, body, arrived = state.loaded(), await read_body(request), time.monotonic()
        if len(body) <= LARGEST_AT_ONCE:
            # Those that came at the same time note their arrival before the first is scored.
            await asyncio.sleep(0)
            answer = _score(scoring, body, arrived)
        else:
            answer = await large.take(partial(_score, scoring, body, arrived))
        state.note(answer)
        if refused := unmet(answer, require):
            raise refused
        return respond(200, answer)

    @routes.post(
        "/score/batch",
        response_model=BatchAnswer,
        responses=ERRORS,
        openapi_extra=body_of(BatchRequest) | DEMAND,
    )
    @needs("score")
    async def score_leads(request: Request) -> Response:
        """Score up to 1,000 leads, each with its own answer or error."""
        require = demanded_by(request)
        scoring, body, arrived = state.loaded(), await read_body(request), time.monotonic()
        batch = await turns.take(lambda: _read_batch(body, scoring, arrived))
        written = []
        for first in range(0, batch.size, AT_A_TIME):
            scored = await turns.take(partial(batch.score, first, require))
            for answer in scored.answers:
                state.note(answer)
            written.append(scored.written)
        # Written piece by piece as well: all at once, it would keep other requests waiting.
        content = b'{"results":[' + b",".join(written) + b"]}"
        return Response(content, media_type="application/json")

    @routes.get("/model", responses=NOT_READY)
    @needs("score")
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


def _read_batch(body: bytes, scoring: Scoring, arrived: float) -> Batch:
    try:
        return Batch(body, scoring, arrived, now())
    except ValidationError as error:
        raise RefusedError.by(invalid(error)) from None
