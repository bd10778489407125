"""The OpenAPI document: requests, answers and errors with examples that work when pasted."""

import math
from typing import Any

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from serving.http.errors import ErrorBody, Problem
from serving.http.request import BatchRequest, ScoreRequest
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring

Document = dict[str, Any]

_SCHEMAS = "#/components/schemas/"

EXAMPLE_REQUEST: Document = {
    "lead": {
        "lead_id": "L-1042",
        "created_at": "2026-02-20T08:15:00Z",
        "account_id": "A-77",
        "profile": {
            "channel": "trade_fair",
            "industry": "manufacturing",
            "employees": 240,
            "role": "management",
        },
    },
    "events": [
        {"event_type": "trade_fair_visit", "occurred_at": "2026-02-20T08:15:00Z"},
        {
            "event_type": "whitepaper",
            "occurred_at": "2026-02-24T13:40:00Z",
            "item": "predictive-maintenance",
        },
        {"event_type": "price_page", "occurred_at": "2026-02-27T09:05:00+01:00"},
        {
            "event_type": "demo_request",
            "occurred_at": "2026-02-28T16:20:00Z",
            "recorded_at": "2026-02-28T16:25:00Z",
            "event_id": "E-9001",
        },
    ],
    "as_of": "2026-03-01T12:00:00Z",
    "language": "en",
}

_BAD_LEAD: Document = {"lead": {"lead_id": "L-1043", "created_at": "2026-02-20T08:15:00"}}


def _body(model: str, example: Document) -> Document:
    content = {"schema": {"$ref": f"{_SCHEMAS}{model}"}, "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


SCORE_REQUEST = _body("ScoreRequest", EXAMPLE_REQUEST)
BATCH_REQUEST = _body("BatchRequest", {"leads": [EXAMPLE_REQUEST, _BAD_LEAD]})


def _error(problem: Problem, description: str) -> Document:
    example = ErrorBody(error=problem).model_dump()
    return {
        "model": ErrorBody,
        "description": description,
        "content": {"application/json": {"example": example}},
    }


NOT_READY: dict[int | str, Document] = {
    503: _error(
        Problem(code="not_ready", message="the service is still loading; try again"),
        "The service is still loading.",
    )
}

ERRORS: dict[int | str, Document] = {
    400: _error(
        Problem(code="invalid_json", message="the body is no valid JSON"),
        "The body is no JSON.",
    ),
    413: _error(
        Problem(code="too_large", message="the body is larger than 32 MiB"),
        "The body is too large.",
    ),
    422: _error(
        Problem(
            code="invalid_request",
            message="has no time zone; send UTC, such as 2026-03-01T09:30:00Z",
            field="lead.created_at",
        ),
        "The body is JSON, but no lead that can be scored; `field` says where.",
    ),
    500: _error(
        Problem(code="internal", message="the service failed; its log says where"),
        "A defect of the service.",
    ),
    **NOT_READY,
}


_EXAMPLE_PROBLEM = ERRORS[422]["content"]["application/json"]["example"]["error"]


class DocumentedApp(FastAPI):
    """An application whose document holds the bodies that its handlers read themselves."""

    def openapi(self) -> Document:
        """Return the OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            _, bodies = models_json_schema(
                [(ScoreRequest, "validation"), (BatchRequest, "validation")],
                ref_template=f"{_SCHEMAS}{{model}}",
            )
            document["components"]["schemas"].update(bodies["$defs"])
            answer = example_answer()
            _show(document, "/v1/score", answer)
            batch = [
                {"index": 0, "lead_id": answer["lead_id"], "answer": answer, "error": None},
                {"index": 1, "lead_id": "L-1043", "answer": None, "error": _EXAMPLE_PROBLEM},
            ]
            _show(document, "/v1/score/batch", {"results": batch})
        return self.openapi_schema or {}


def _show(document: Document, path: str, example: Document) -> None:
    content = document["paths"][path]["post"]["responses"]["200"]["content"]
    content["application/json"]["example"] = example


def example_answer() -> Document:
    """Return what a service on the product's rules answers to the example."""
    scoring = Scoring(read_rules(), "no_model")
    case = ScoreRequest.model_validate(EXAMPLE_REQUEST).case(now=0)
    return scoring.score(case, arrived=math.inf).model_dump(mode="json")
