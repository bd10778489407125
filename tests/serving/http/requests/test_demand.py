"""Callers who would rather have an error than an answer by the rules."""

import math
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import func, select

from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.schema import score_given
from serving.scoring.answer import FallbackReason
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.serving.broken import model_without_numbers
from tests.serving.sent import lead, request
from tests.serving.server import running

DEMAND = {"require": "model"}


def served(scoring: Scoring, database: Database | None = None) -> ServiceState:
    state = ServiceState()
    state.record = None if database is None else StoredScores(database, Policy())
    state.ready(scoring)
    return state


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Return a client of a model that fails where the number of employees is missing."""
    scoring = Scoring(read_rules(), model_without_numbers(), Conditions(deadline=math.inf))
    with running(served(scoring)) as client:
        yield client


def test_what_the_model_answers_is_answered(client: httpx.Client) -> None:
    demanded = client.post("/v1/score", json=request(), params=DEMAND)
    assert demanded.raise_for_status().json() == client.post("/v1/score", json=request()).json()


def test_instead_of_the_rules_there_is_an_error(client: httpx.Client) -> None:
    sent = request(lead=lead(profile={}))
    assert client.post("/v1/score", json=sent).json()["basis"] == "rules"
    response = client.post("/v1/score", json=sent, params=DEMAND)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (503, "model_required")
    assert "(non_finite)" in problem["detail"]


def test_in_a_batch_each_lead_has_its_own_error(client: httpx.Client) -> None:
    sent = {"leads": [request(), request(lead=lead(profile={})), "no lead", request()]}
    response = client.post("/v1/score/batch", json=sent, params=DEMAND).raise_for_status()
    codes = [one["error"] and one["error"]["code"] for one in response.json()["results"]]
    assert codes == [None, "model_required", "invalid_request", None]
    answered = [one["answer"] is not None for one in response.json()["results"]]
    assert answered == [True, False, False, True]


def test_a_mistake_of_the_caller_is_told_first(client: httpx.Client) -> None:
    response = client.post("/v1/score", json={}, params=DEMAND)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")


@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch"])
@pytest.mark.parametrize("name", ["require", "required"])
def test_nothing_but_the_model_can_be_demanded(client: httpx.Client, path: str, name: str) -> None:
    response = client.post(path, json={"leads": []}, params={name: "rules"})
    assert (response.status_code, response.json()["field"]) == (422, f"query.{name}")


@pytest.mark.parametrize(
    ("reason", "deadline"), [("no_model", 60.0), ("model_refused", 60.0), ("deadline", 0.0)]
)
def test_the_error_says_why(reason: FallbackReason, deadline: float) -> None:
    model = model_without_numbers() if reason == "deadline" else reason
    scoring = Scoring(read_rules(), model, Conditions(deadline=deadline))
    with running(served(scoring)) as client:
        problem = client.post("/v1/score", json=request(), params=DEMAND).json()
        assert f"({reason})" in problem["detail"]
        recent = client.get("/readyz").json()["recent"]
        assert recent == {"answers": 1, "by_rules": 1.0, "by_reason": {reason: 1.0}}


def test_a_stored_lead_is_not_scored_by_the_rules_either(database: Database) -> None:
    state = served(Scoring(read_rules(), "no_model"), database)
    assert state.record is not None
    with running(state) as client:
        consent = {"purpose": "profiling", "given": True, "source": "test"}
        client.put("/v1/leads/L1", json={"consents": [consent]}).raise_for_status()
        response = client.get("/v1/leads/L1/score", params=DEMAND)
        assert (response.status_code, response.json()["code"]) == (503, "model_required")
        [one] = client.post("/v1/leads/score", json={"lead_ids": ["L1"]}, params=DEMAND).json()[
            "results"
        ]
        assert (one["answer"], one["error"]["code"]) == (None, "model_required")
        state.record.ledger.flush()
        assert given(database) == 0
        client.get("/v1/leads/L1/score").raise_for_status()
        state.record.ledger.flush()
        assert given(database) == 1


def given(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(score_given)).scalar_one()
