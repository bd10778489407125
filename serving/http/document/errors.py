"""Errors in the OpenAPI document, each with an example."""

from serving.http.body import PROBLEM_JSON
from serving.http.document.bodies import SCHEMAS
from serving.http.document.openapi_3_0 import Document
from serving.http.errors import ErrorBody, Problem


def _error(status: int, problem: Problem, description: str) -> dict[int | str, Document]:
    example = ErrorBody.of(status, problem).model_dump()
    # Named, not given as `model`: every route would build a validator for each of its errors.
    schema = {"$ref": f"{SCHEMAS}{ErrorBody.__name__}"}
    content = {PROBLEM_JSON: {"schema": schema, "example": example}}
    return {status: {"description": description, "content": content}}


BAD_MOMENT = Problem(
    code="invalid_request",
    message="has no time zone; send UTC, such as 2026-03-01T09:30:00Z",
    field="lead.created_at",
)

NOT_READY = _error(
    503,
    Problem(code="not_ready", message="the service is still loading; try again"),
    "The service is still loading, is being stopped, or has too much under way.",
)

ERRORS: dict[int | str, Document] = {
    **_error(
        400,
        Problem(code="invalid_json", message="the body is no valid JSON"),
        "The body is no JSON.",
    ),
    **_error(
        408,
        Problem(code="too_slow", message="the body came too slowly; send it again"),
        "The body came too slowly.",
    ),
    **_error(
        413,
        Problem(code="too_large", message="the body is larger than 8,192 KiB; send less at once"),
        "The body is too large.",
    ),
    **_error(
        415,
        Problem(
            code="unknown_encoding",
            message="is not known here; send the body as it is, or packed with gzip",
            field="content-encoding",
        ),
        "The body is packed in a way that is not known; gzip is.",
    ),
    **_error(
        422,
        BAD_MOMENT,
        "The body is JSON, but no lead that can be scored; `field` says where.",
    ),
    **_error(
        429,
        Problem(
            code="too_many",
            message="more requests a second than are allowed; wait as Retry-After says",
        ),
        "More requests a second than are allowed.",
    ),
    **_error(
        500,
        Problem(code="internal", message="the service failed; its log says where"),
        "A defect of the service.",
    ),
    **NOT_READY,
}

RECORD_ERRORS: dict[int | str, Document] = {
    **ERRORS,
    **_error(
        404,
        Problem(code="unknown_lead", message="the record has no such lead; PUT it first"),
        "The record has no such lead or account.",
    ),
    **_error(
        409,
        Problem(code="not_scored", message="no basis for profiling is recorded"),
        "The lead may not be scored, or its merges or its stage do not allow it.",
    ),
    **_error(
        503,
        Problem(code="no_record", message="no record is kept here; set LEADSCORE_DATABASE_URL"),
        "There is no record, it does not answer, or the service loads or has too much to do.",
    ),
}

UNAUTHORIZED = _error(
    401,
    Problem(code="unauthorized", message="send a key as Authorization: Bearer ls_.."),
    "The key is missing, unknown, expired or revoked.",
)

FORBIDDEN = _error(
    403,
    Problem(
        code="forbidden",
        message="the key 'crm' does not allow this; it takes one with scope admin",
    ),
    "The key does not allow this; or there are no keys, and another host is named.",
)

UNKNOWN_CODE = _error(
    404,
    Problem(code="not_found", message="no error has such a code"),
    "No error has such a code.",
)
