"""Bodies of requests and answers: read whole or refused, written as JSON."""

from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from serving.http.errors import RefusedError, invalid

Sent = TypeVar("Sent", bound=BaseModel)

MIB = 1024 * 1024

LARGEST_BODY = 32 * MIB
"""Bytes; room for a thousand leads with a few hundred events each."""

_LARGEST_USUAL = 4 * MIB

_LARGEST = {
    # Twice ten thousand events, each with all of its fields.
    "/v1/score": 8 * MIB,
    "/v1/events": 16 * MIB,
    "/v1/score/batch": LARGEST_BODY,
    "/v1/leads:import": LARGEST_BODY,
}


_READ = "leadscore.body"


async def read_body(request: Request) -> bytes:
    """Return the body; the rest of one that is too large is not kept.

    It comes once, and is kept for whoever asks again, as a check of its signature does first.

    Raises:
        RefusedError: It ended too early, or is larger than its endpoint takes.
    """
    read: bytes | None = request.scope.get(_READ)
    if read is not None:
        return read
    largest = largest_body(request.scope["path"])
    _check(int(request.headers.get("content-length", "0")), largest)
    body = bytearray()
    try:
        async for part in request.stream():
            _check(len(body) + len(part), largest)
            body += part
    except ClientDisconnect:
        raise RefusedError(400, "invalid_json", "the body ended too early") from None
    request.scope[_READ] = bytes(body)
    return bytes(body)


def largest_body(path: str) -> int:
    """Return how many bytes an endpoint takes."""
    return _LARGEST.get(path, _LARGEST_USUAL)


def _check(size: int, largest: int) -> None:
    # The server reads what is left and forgets it, so that the sender can listen.
    if size > largest:
        message = f"the body is larger than {largest // MIB} MiB; send less at once"
        raise RefusedError(413, "too_large", message)


def read_json(body: bytes) -> object:
    """Return a body of which nothing but its being JSON is known.

    Raises:
        RefusedError: It is no JSON.
    """
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError:
        raise RefusedError(
            400, "invalid_json", "the body is no JSON in UTF-8, or not uncompressed"
        ) from None


def read_as(model: type[Sent], body: bytes) -> Sent:
    """Return a body as a model.

    Raises:
        RefusedError: It is no JSON, or breaks the model; the error names the field.
    """
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise RefusedError.by(invalid(error)) from None


def respond(status: int, body: BaseModel) -> Response:
    """Return an answer with a JSON body."""
    return Response(body.model_dump_json(), status, media_type="application/json")
