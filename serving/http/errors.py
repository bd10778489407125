"""What went wrong with a request: one shape for every error, and never a value of the lead's."""

import re
from collections.abc import Iterable
from typing import Self

from pydantic import BaseModel, Field, ValidationError

from features.contract.lead import ContractError
from serving.http.problems import EXPLAINED_AT, KINDS, ErrorCode

_LONGEST_PART = 60

_MOMENT = "must be an ISO date and time with a time zone, such as 2026-03-01T09:30:00Z"
_ADDRESS = "must be a whole address, such as https://crm.example.com/leadscore"

_MESSAGES = {
    "extra_forbidden": "is not known here; leave it out or check its spelling",
    "missing": "is missing",
    "timezone_aware": "has no time zone; send UTC, such as 2026-03-01T09:30:00Z",
    "finite_number": "must be a finite number or null",
    "string_unicode": "holds half a character, as a cut emoji leaves; send whole ones",
    "dict_type": "must be an object",
    "list_type": "must be an array",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "string_type": "must be a text",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "datetime_type": _MOMENT,
    "datetime_parsing": _MOMENT,
    "datetime_from_date_parsing": _MOMENT,
    "url_type": _ADDRESS,
    "url_parsing": _ADDRESS,
}
"""Our words where the validator's own would not say what to do."""


class Problem(BaseModel):
    """Why a lead has no answer."""

    code: ErrorCode
    message: str = Field(description="A sentence that says what to do; holds no data of the lead.")
    field: str | None = Field(
        default=None, description="Path of the offending field; null if it is none."
    )


class RefusedItem(BaseModel):
    """One of several things sent that was not kept."""

    index: int = Field(ge=0, description="Position in what was sent, from 0.")
    error: Problem


class ErrorBody(BaseModel):
    """The body of every answer that is not a 200: a problem as RFC 9457 has it."""

    type: str = Field(description="Where this kind of problem is explained; stable.")
    title: str = Field(description="This kind of problem in a few words; stable.")
    status: int = Field(description="As the answer's.")
    detail: str = Field(description="A sentence that says what to do; holds no data of the lead.")
    code: ErrorCode = Field(description="This kind of problem for your program; stable.")
    field: str | None = Field(description="Path of the offending field; null if it is none.")

    @classmethod
    def of(cls, status: int, problem: Problem) -> Self:
        """Return the body of an answer with an HTTP status."""
        return cls(
            type=f"{EXPLAINED_AT}{problem.code}",
            title=KINDS[problem.code].title,
            status=status,
            detail=problem.message,
            code=problem.code,
            field=problem.field,
        )


class RefusedError(Exception):
    """A request that gets an error instead of an answer."""

    def __init__(
        self,
        status: int,
        code: ErrorCode,
        message: str,
        field: str | None = None,
        *,
        retry_after: int | None = None,
    ) -> None:
        """Refuse with an HTTP status.

        Args:
            status: Of HTTP.
            code: For a program.
            message: For a person: what to do.
            field: Path of the offending field.
            retry_after: Seconds after which it may be sent again.
        """
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.problem = Problem(code=code, message=message, field=field)

    @classmethod
    def by(cls, problem: Problem) -> Self:
        """Refuse because of what the request holds."""
        status = 400 if problem.code == "invalid_json" else 422
        return cls(status, problem.code, problem.message, problem.field)


def invalid(error: ValidationError | ContractError) -> Problem:
    """Return the first mistake of a request, without the value that was sent."""
    if isinstance(error, ContractError):
        return Problem(code="invalid_request", message=error.message, field=error.field)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return Problem(code="invalid_json", message="the body is no JSON in UTF-8")
    return broken_field(first["type"], first["msg"], first["loc"])


def broken_field(kind: str, said: str, location: Iterable[object]) -> Problem:
    """Return what a validator says of one field, in our words where they are better."""
    message = _MESSAGES.get(kind) or _in_our_tone(said)
    field = ".".join(_shortened(part) for part in location if part != "[key]") or None
    return Problem(code="invalid_request", message=message, field=field)


def _in_our_tone(said: str) -> str:
    without_subject = re.sub("^(Input|String|List|Value|URL) ", "", said)
    return without_subject.replace("should", "must", 1).replace(" after validation", "")


def _shortened(part: object) -> str:
    text = str(part)
    return text if len(text) <= _LONGEST_PART else text[:_LONGEST_PART] + "…"
