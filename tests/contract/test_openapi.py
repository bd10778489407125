"""The OpenAPI document against the real server: kept promises, and examples that work."""

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from serving.http.app import create_app
from serving.http.state import ServiceState
from serving.intake.mapping import Mapping, Sender, Take
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.upgrade import upgrade
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.serving.server import running
from tests.tiny import tiny_training

# Bodies of any bytes and texts: what a list of leads may be, and what it may not.
schemathesis.serializer.alias(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"
)
schemathesis.serializer.alias("application/x-ndjson", "text/plain")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    model = tiny_training().load(tmp_path_factory.mktemp("model"))
    scoring = Scoring(read_rules(), model, Conditions(deadline=math.inf))
    scoring.warm()
    state = ServiceState()
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('record') / 'record.db'}")
    upgrade(database)
    role = Take(lead_id=("objectId",), profile={"role": ("propertyValue",)})
    state.mapping = Mapping(senders={"crm": Sender(moments="epoch_ms", take=(role,))})
    text = {"newsletter-2026-01": {"de": "Ja, bitte.", "en": "Yes, please."}}
    state.record = StoredScores(database, Policy.model_validate({"wordings": text}))
    state.ready(scoring)
    with running(state) as client:
        yield client
    state.record.close()


@pytest.fixture(scope="module")
def document(client: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").raise_for_status().json()
    return found


@schemathesis.openapi.from_dict(create_app(ServiceState()).openapi()).parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_server_keeps_what_the_document_promises(
    case: schemathesis.Case[Any], client: httpx.Client
) -> None:
    case.call_and_validate(
        base_url=str(client.base_url),
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
            unsupported_method,
        ],
    )


def test_the_examples_work_when_pasted(client: httpx.Client, document: dict[str, Any]) -> None:
    # Whatever was thrown at the server before may have moved this lead.
    client.delete("/v1/leads/L-1042")
    for lead_id in ("L-1042", "L-1043", "L-1044"):
        client.put(f"/v1/leads/{lead_id}", json={}).raise_for_status()
    methods = ("put", "patch", "post")
    operations = [
        (method, path, of_path[method])
        for method in methods
        for path, of_path in document["paths"].items()
        if method in of_path and "requestBody" in of_path[method]
    ]
    for method, path, operation in operations:
        body = operation["requestBody"]["content"]["application/json"]["example"]
        shown = operation["responses"]["200"]["content"]["application/json"]["example"]
        url = path.replace("{lead_id}", "L-1042").replace("{sender}", "crm")
        answer = client.request(method, url, json=body).raise_for_status().json()
        assert answer.keys() == shown.keys()


def test_the_example_answer_is_one_that_the_rules_gave(document: dict[str, Any]) -> None:
    content = document["paths"]["/v1/score"]["post"]["responses"]["200"]["content"]
    answer = Answer.model_validate(content["application/json"]["example"])
    assert (answer.basis, answer.fallback_reason) == ("rules", "no_model")
    total = answer.base_log_odds + answer.fit + answer.behaviour
    assert total == pytest.approx(answer.log_odds, abs=1e-6)


def test_every_operation_documents_its_errors(document: dict[str, Any]) -> None:
    for path in ("/v1/score", "/v1/score/batch"):
        responses = document["paths"][path]["post"]["responses"]
        assert responses.keys() == {
            "200", "400", "401", "403", "408", "413", "415", "422", "429", "500", "503",
        }  # fmt: skip
        for status in responses.keys() - {"200"}:
            content = responses[status]["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
            assert content["example"]["detail"]
