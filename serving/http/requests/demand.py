"""Callers who would rather have an error than an answer by the rules."""

from typing import Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serving.http.errors import RefusedError, broken_field
from serving.scoring.answer import Answer, FallbackReason

Demanded = Literal["model"] | None


class Demand(BaseModel):
    """What a caller demands, in the query of its request."""

    model_config = ConfigDict(extra="forbid")

    require: Demanded = Field(
        default=None, description="`model`: an error instead of an answer by the rules."
    )


_WHAT_TO_DO: dict[FallbackReason, str] = {
    "no_model": "none is loaded; /readyz says why",
    "model_refused": "it was refused; /readyz says why",
    "non_finite": "what it says of this lead is no number; tell whoever trained it",
    "deadline": "it was not asked in time; ask again",
}


def demanded_by(request: Request) -> Demanded:
    """Return what a request demands.

    Raises:
        RefusedError: Its query holds anything else.
    """
    if not request.scope["query_string"]:
        return None
    try:
        return Demand.model_validate(dict(request.query_params)).require
    except ValidationError as error:
        first = error.errors()[0]
        location = ("query", *first["loc"])
        raise RefusedError.by(broken_field(first["type"], first["msg"], location)) from None


def unmet(answer: Answer, demanded: Demanded) -> RefusedError | None:
    """Return the error that a caller gets who demanded another basis than that of an answer."""
    reason = answer.fallback_reason
    if demanded is None or reason is None:
        return None
    message = f"the model cannot answer ({reason}): {_WHAT_TO_DO[reason]}"
    return RefusedError(503, "model_required", message)
