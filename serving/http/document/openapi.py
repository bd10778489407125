"""The OpenAPI document: requests, answers and errors with examples that work when pasted."""

import math
from collections.abc import Mapping

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from serving.http.body import PROBLEM_JSON
from serving.http.document.examples import (
    EXAMPLE_BANT,
    EXAMPLE_LEAD,
    EXAMPLE_MERGE,
    EXAMPLE_MOVE,
    EXAMPLE_OPT_IN,
    EXAMPLE_OWNER,
    EXAMPLE_REPORT,
    EXAMPLE_REQUEST,
    EXAMPLES,
)
from serving.http.document.openapi_3_0 import Document, as_3_0
from serving.http.document.operations import own_errors
from serving.http.document.security import SCHEMES
from serving.http.errors import ErrorBody, Problem
from serving.http.requests.decisions import BantBody, OwnerBody, TransitionBody
from serving.http.requests.events import EventsBody
from serving.http.requests.feedback import FeedbackBody
from serving.http.requests.leads import LeadBody
from serving.http.requests.merges import DifferentBody, MergeBody
from serving.http.requests.opt_ins import OptInBody
from serving.http.requests.queries import StoredRequest
from serving.http.requests.score import BatchRequest, ScoreRequest
from serving.http.requests.stages import StagesBody
from serving.http.requests.webhooks import WebhookBody
from serving.intake.segment_message import CALLS
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring

_SCHEMAS = "#/components/schemas/"

_BODIES: tuple[type[BaseModel], ...] = (
    ScoreRequest, BatchRequest, LeadBody, EventsBody, StagesBody, FeedbackBody, StoredRequest,
    WebhookBody, OptInBody, MergeBody, DifferentBody, TransitionBody, OwnerBody, BantBody,
    ErrorBody,
)  # fmt: skip


def body_of(model: type[BaseModel]) -> Document:
    """Return what the document says of a body that its handler reads itself."""
    name = model.__name__
    return _described({"$ref": f"{_SCHEMAS}{name}"}, name)


def json_body(example: str) -> Document:
    """Return what the document says of a body that another protocol describes."""
    schema: Document = {"type": "object"}
    if isinstance(EXAMPLES[example], list):
        schema = {"type": "array", "items": {}}
    return _described(schema, example)


def list_body(forms: Mapping[str, str]) -> Document:
    """Return what the document says of a list of leads.

    Args:
        forms: Schema format by media type.
    """
    content = {kind: {"schema": {"type": "string", "format": of}} for kind, of in forms.items()}
    rows = {"type": "array", "items": {"type": "object"}, "minItems": 1}
    shown = {"application/json": {"schema": rows, "example": EXAMPLES["ListedLeads"]}}
    return {"requestBody": {"required": True, "content": {**shown, **content}}}


def _described(schema: Document, example: str) -> Document:
    content = {"schema": schema, "example": EXAMPLES[example]}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _error(status: int, problem: Problem, description: str) -> dict[int | str, Document]:
    example = ErrorBody.of(status, problem).model_dump()
    # Named, not given as `model`: every route would build a validator for each of its errors.
    schema = {"$ref": f"{_SCHEMAS}{ErrorBody.__name__}"}
    content = {PROBLEM_JSON: {"schema": schema, "example": example}}
    return {status: {"description": description, "content": content}}


_BAD_MOMENT = Problem(
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
        _BAD_MOMENT,
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


class DocumentedApp(FastAPI):
    """An application whose document holds the bodies that its handlers read themselves."""

    def setup(self) -> None:
        """Add the document in either version to the paths."""
        super().setup()

        async def older(_: Request) -> Response:
            return JSONResponse(as_3_0(self.openapi()))

        self.add_route("/openapi-3.0.json", older, include_in_schema=False)

    def openapi(self) -> Document:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, bodies = models_json_schema(
                [(model, "validation") for model in _BODIES],
                ref_template=f"{_SCHEMAS}{{model}}",
            )
            document["components"]["schemas"].update(bodies["$defs"])
            document["components"]["securitySchemes"] = SCHEMES
            own_errors(document)
            answer = example_answer()
            _show(document, "/v1/score", answer)
            batch = [
                {"index": 0, "lead_id": answer["lead_id"], "answer": answer, "error": None},
                {
                    "index": 1,
                    "lead_id": "L-1043",
                    "answer": None,
                    "error": _BAD_MOMENT.model_dump(),
                },
            ]
            _show(document, "/v1/score/batch", {"results": batch})
            _show(document, "/v1/leads/score", {"results": batch})
            for path in ("events", "stages", "feedback", "duplicates/different"):
                _show(document, f"/v1/{path}", {"stored": 1, "known": 0})
            for call in ("batch", *CALLS):
                _show(document, f"/v1/{call}", {"success": True, "stored": 1, "refused": []})
            _show(document, "/v1/senders/{sender}", {"taken": 1, "ignored": 0, "refused": []})
            _show(document, "/v1/leads:import", EXAMPLE_REPORT)
            _show(document, "/v1/webhooks", {"webhook_id": 1, "secret": "whsec_c2VjcmV0"})
            _show(document, "/v1/webhooks/{webhook_id}/replay", {"messages": 3})
            _show(document, "/v1/opt-ins", EXAMPLE_OPT_IN)
            _show(document, "/v1/merges", EXAMPLE_MERGE)
            _show(document, "/v1/leads/{lead_id}/transitions", EXAMPLE_MOVE)
            _show(document, "/v1/leads/{lead_id}/bant", EXAMPLE_BANT)
            _show(document, "/v1/leads/{lead_id}/owner", EXAMPLE_OWNER, "put")
            for method in ("put", "patch"):
                _show(document, "/v1/leads/{lead_id}", EXAMPLE_LEAD, method)
        return self.openapi_schema or {}


def _show(document: Document, path: str, example: Document, method: str = "post") -> None:
    content = document["paths"][path][method]["responses"]["200"]["content"]
    content["application/json"]["example"] = example


def example_answer() -> Document:
    """Return what a service on the product's rules answers to the example."""
    scoring = Scoring(read_rules(), "no_model")
    case = ScoreRequest.model_validate(EXAMPLE_REQUEST).case(now=0)
    return scoring.score(case, arrived=math.inf).model_dump(mode="json")
