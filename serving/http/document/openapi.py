"""The OpenAPI document: requests, answers and errors with examples that work when pasted."""

import math

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from serving.http.document.bodies import SCHEMAS
from serving.http.document.errors import BAD_MOMENT
from serving.http.document.examples import (
    EXAMPLE_BANT,
    EXAMPLE_LEAD,
    EXAMPLE_MERGE,
    EXAMPLE_MOVE,
    EXAMPLE_OPT_IN,
    EXAMPLE_OWNER,
    EXAMPLE_REPORT,
    EXAMPLE_REQUEST,
)
from serving.http.document.openapi_3_0 import Document, as_3_0
from serving.http.document.operations import own_errors
from serving.http.document.security import SCHEMES
from serving.http.errors import ErrorBody
from serving.http.requests.bant import BantBody
from serving.http.requests.events import EventsBody
from serving.http.requests.feedback import FeedbackBody
from serving.http.requests.leads import LeadBody
from serving.http.requests.merges import DifferentBody, MergeBody
from serving.http.requests.opt_ins import OptInBody
from serving.http.requests.owners import OwnerBody
from serving.http.requests.queries import StoredRequest
from serving.http.requests.score import BatchRequest, ScoreRequest
from serving.http.requests.stages import StagesBody
from serving.http.requests.transitions import TransitionBody
from serving.http.requests.webhooks import WebhookBody
from serving.intake.segment_message import CALLS
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring

_BODIES: tuple[type[BaseModel], ...] = (
    ScoreRequest, BatchRequest, LeadBody, EventsBody, StagesBody, FeedbackBody, StoredRequest,
    WebhookBody, OptInBody, MergeBody, DifferentBody, TransitionBody, OwnerBody, BantBody,
    ErrorBody,
)  # fmt: skip


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
                ref_template=f"{SCHEMAS}{{model}}",
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
                    "error": BAD_MOMENT.model_dump(),
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
