"""Bodies of requests and answers: read whole or refused, written as JSON."""

from collections.abc import Mapping
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json
from starlette.requests import ClientDisconnect

from serving.http.errors import ErrorBody, Problem, RefusedError, invalid

Sent = TypeVar("Sent", bound=BaseModel)

PROBLEM_JSON = "application/problem+json"

LARGEST_BODY = 32 * 1024 * 1024
"""Bytes; room for a thousand leads with a few hundred events each."""


async def read_body(request: Request) -> bytes:
    """Return the body; one that is too large is read to its end, so that its sender can listen.

    Raises:
        RefusedError: It ended too early, or is larger than `LARGEST_BODY`.
    """
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


def refuse(status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as every answer that is not a 200 has it."""
    body = ErrorBody.of(status, problem).model_dump_json()
    return Response(body, status, headers, media_type=PROBLEM_JSON)
