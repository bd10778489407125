"""Callers who would rather have an error than an answer by the rules."""

from typing import Annotated, Literal

from fastapi import Query

from serving.http.errors import RefusedError
from serving.scoring.answer import Answer, FallbackReason

Demanded = Literal["model"] | None

Demand = Annotated[
    Demanded, Query(description="`model`: an error instead of an answer by the rules.")
]

_WHAT_TO_DO: dict[FallbackReason, str] = {
    "no_model": "none is loaded; /readyz says why",
    "model_refused": "it was refused; /readyz says why",
    "non_finite": "what it says of this lead is no number; tell whoever trained it",
    "deadline": "it was not asked in time; ask again",
}


def unmet(answer: Answer, demanded: Demanded) -> RefusedError | None:
    """Return the error that a caller gets who demanded another basis than that of an answer."""
    reason = answer.fallback_reason
    if demanded is None or reason is None:
        return None
    message = f"the model cannot answer ({reason}): {_WHAT_TO_DO[reason]}"
    return RefusedError(503, "model_required", message)
