"""Bodies of requests and answers: read whole or refused, written as JSON."""

import json
import math
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from serving.http.errors import ErrorBody, Problem, RefusedError, invalid
from serving.http.unpacking import Body
from serving.intake.segment_message import CALLS

Sent = TypeVar("Sent", bound=BaseModel)

PROBLEM_JSON = "application/problem+json"

KIB = 1024
MIB = 1024 * KIB

LARGEST_BODY = 32 * MIB
"""Bytes; room for a thousand leads with a few hundred events each."""

_LARGEST_USUAL = 4 * MIB

_LARGEST = {
    # Twice ten thousand events, each with all of its fields.
    "/v1/score": 8 * MIB,
    "/v1/events": 16 * MIB,
    "/v1/score/batch": LARGEST_BODY,
    "/v1/leads:import": LARGEST_BODY,
    "/app/data/imports": LARGEST_BODY,
    # As the protocol of Segment has it.
    **{f"/v1/{call}": 500 * KIB for call in ("batch", *CALLS)},
}

_SENT = "leadscore.sent"

_MOST_DIGITS = 400


async def read_body(request: Request) -> bytes:
    """Return the body, unpacked, and without the mark that some systems begin a text with.

    It comes once; whoever checks its signature first does so by `read_sent`.

    Raises:
        RefusedError: It ended too early, cannot be unpacked, or is larger than its endpoint takes,
            as sent or unpacked.
    """
    body = await _read(request, request.headers.get("content-encoding", ""))
    return body.removeprefix(BOM_UTF8)


async def read_sent(request: Request) -> bytes:
    """Return the body byte for byte as it was sent, and leave it to be read.

    Raises:
        RefusedError: It ended too early, or is larger than its endpoint takes.
    """
    sent = await _read(request, "")
    request.scope[_SENT] = sent
    return sent


async def _read(request: Request, encoding: str) -> bytes:
    body = Body(encoding, largest_body(request.scope["path"]))
    body.expect(int(request.headers.get("content-length", "0")))
    try:
        async for part in _parts(request):
            body.take(part)
    except ClientDisconnect:
        raise RefusedError(400, "invalid_json", "the body ended too early") from None
    return body.whole()


async def _parts(request: Request) -> AsyncIterator[bytes]:
    sent: bytes | None = request.scope.pop(_SENT, None)
    if sent is not None:
        yield sent
        return
    async for part in request.stream():
        yield part


def largest_body(path: str) -> int:
    """Return how many bytes an endpoint takes."""
    return _LARGEST.get(path, _LARGEST_USUAL)


def read_json(body: bytes) -> object:
    """Return a body of which nothing but its being JSON is known.

    Raises:
        RefusedError: It is no JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise RefusedError(400, "invalid_json", "the body is no JSON in UTF-8") from None


def read_as(model: type[Sent], body: bytes) -> Sent:
    """Return a body as a model.

    Raises:
        RefusedError: It is no JSON, or breaks the model; the error names the field.
    """
    try:
        return checked(model, body)
    except ValidationError as error:
        raise RefusedError.by(invalid(error)) from None


def checked(model: type[Sent], body: bytes) -> Sent:
    """Return a body as a model, also one that holds half a character or an endless number.

    Raises:
        ValidationError: It is no JSON, or breaks the model; the error names the field.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if error.errors(include_url=False, include_input=False)[0]["type"] != "json_invalid":
            raise
        try:
            content = json.loads(body.decode(), parse_int=whole_number)
        except (ValueError, RecursionError):
            raise error from None
        return model.model_validate(content)


def whole_number(digits: str) -> int | float:
    """Read a number of JSON.

    Python refuses to read thousands of digits; as infinity, the field that has them is refused.
    """
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf


def respond(status: int, body: BaseModel) -> Response:
    """Return an answer with a JSON body."""
    return Response(body.model_dump_json(), status, media_type="application/json")


def refuse(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as every answer that is not a 200 has it."""
    body = ErrorBody.of(status, problem).model_dump_json()
    return Response(body, status, headers, media_type=PROBLEM_JSON)
