"""Scoring over HTTP; what happens to a lead happens behind `Scoring`."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from features.contract.clock import now
from features.contract.lead import ContractError
from serving.http.batch import BatchAnswer, read_batch, score_batch
from serving.http.openapi import BATCH_REQUEST, ERRORS, NOT_READY, SCORE_REQUEST, DocumentedApp
from serving.http.problem import ErrorBody, Problem, RefusedError, broken_field, invalid
from serving.http.request import ScoreRequest
from serving.http.state import Readiness, ServiceState
from serving.scoring.answer import Answer
from serving.scoring.card import Card, card_of
from serving.scoring.scoring import Scoring

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes; room for a thousand leads with a few hundred events each."""

LARGEST_AT_ONCE = 32 * 1024
"""Bytes of a lead that is scored at once: some hundred events, which take about a millisecond.

Handing it to a thread would cost more; a larger one would keep other requests waiting.
"""

_log = logging.getLogger(__name__)


class Health(BaseModel):
    """The process is alive."""

    status: str = "alive"


def create_app(state: ServiceState) -> DocumentedApp:
    """Return the application.

    Args:
        state: Answers lead requests once its scoring is there.
    """
    app = DocumentedApp(
        title="leadscore",
        summary="Which leads will become sales-qualified, how sure that is, and why.",
        version="1",
        redirect_slashes=False,
    )
    app.include_router(_leads(state))
    app.include_router(_operation(state))
    app.add_exception_handler(RefusedError, _refused)
    app.add_exception_handler(HTTPException, _no_such_route)
    return app


def _leads(state: ServiceState) -> APIRouter:
    routes = APIRouter(prefix="/v1", tags=["leads"], route_class=_Route)

    @routes.post("/score", response_model=Answer, responses=ERRORS, openapi_extra=SCORE_REQUEST)
    async def score(request: Request) -> Response:
        """Score one lead from what the request holds; nothing is stored."""
        scoring, body, arrived = _scoring(state), await _body(request), time.monotonic()
        if len(body) <= LARGEST_AT_ONCE:
            # Those that came at the same time note their arrival before the first is scored.
            await asyncio.sleep(0)
            answer = _score(scoring, body, arrived)
        else:
            answer = await run_in_threadpool(_score, scoring, body, arrived)
        state.note(answer)
        return _response(200, answer)

    @routes.post(
        "/score/batch", response_model=BatchAnswer, responses=ERRORS, openapi_extra=BATCH_REQUEST
    )
    async def batch(request: Request) -> Response:
        """Score up to 1,000 leads, each with its own answer or error."""
        scoring, body, arrived = _scoring(state), await _body(request), time.monotonic()
        answers = await run_in_threadpool(_score_batch, scoring, body, arrived)
        for answer in [result.answer for result in answers.results if result.answer]:
            state.note(answer)
        return _response(200, answers)

    @routes.get("/model", responses=NOT_READY)
    async def model() -> Card:
        """Tell what answers: the model's version, window, metrics, features; or the rules."""
        return card_of(_scoring(state), state.message)

    return routes


def _operation(state: ServiceState) -> APIRouter:
    routes = APIRouter(tags=["operation"], route_class=_Route)

    @routes.get("/healthz")
    async def alive() -> Health:
        """Tell that the process is alive."""
        return Health()

    @routes.get("/readyz", responses=NOT_READY)
    async def ready() -> Readiness:
        """Tell whether leads are answered: by the model, or degraded to the rules."""
        _scoring(state)
        return state.readiness

    # Load balancers ask without wanting a body.
    for path, answer in (("/healthz", alive), ("/readyz", ready)):
        routes.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
    return routes


def _scoring(state: ServiceState) -> Scoring:
    if state.scoring is None:
        raise RefusedError(503, "not_ready", "the service is still loading; try again")
    return state.scoring


async def _body(request: Request) -> bytes:
    """Return the body; one that is too large is read to its end, so that its sender can listen."""
    body = bytearray()
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= LARGEST_BODY:
                body += part
    except ClientDisconnect:
        raise RefusedError(400, "invalid_json", "the body ended too early") from None
    if size > LARGEST_BODY:
        raise RefusedError(413, "too_large", "the body is larger than 32 MiB; send fewer leads")
    return bytes(body)


def _score(scoring: Scoring, body: bytes, arrived: float) -> Answer:
    try:
        case = ScoreRequest.model_validate_json(body).case(now())
        return scoring.score(case, arrived)
    except (ValidationError, ContractError) as error:
        raise RefusedError.by(invalid(error)) from None


def _score_batch(scoring: Scoring, body: bytes, arrived: float) -> BatchAnswer:
    try:
        request = read_batch(body)
    except ValidationError as error:
        raise RefusedError.by(invalid(error)) from None
    return score_batch(request, scoring, arrived, now())


class _Route(APIRoute):
    """A route that answers a defect of ours without telling, or logging, data of a lead."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (RefusedError, HTTPException):
                raise
            except RequestValidationError as error:
                first = error.errors()[0]
                problem = broken_field(first["type"], first["msg"], first["loc"])
                raise RefusedError.by(problem) from None
            except Exception as error:
                # The message of an exception may hold a value of a lead; its place does not.
                place = "".join(traceback.format_tb(error.__traceback__))
                _log.error("%s in %s\n%s", type(error).__name__, self.path, place)
                problem = Problem(code="internal", message="the service failed; see its log")
                return _response(500, ErrorBody(error=problem))

        return answer


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)
    return _response(error.status, ErrorBody(error=error.problem))


async def _no_such_route(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        problem = Problem(code="method_not_allowed", message="see the Allow header for methods")
    else:
        problem = Problem(code="not_found", message="no such path; see /docs for what there is")
    response = _response(error.status_code, ErrorBody(error=problem))
    response.headers.update(error.headers or {})
    return response


def _response(status: int, body: BaseModel) -> Response:
    return Response(body.model_dump_json(), status, media_type="application/json")
