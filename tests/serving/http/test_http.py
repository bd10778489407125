"""The service over a real socket: answers, fallbacks, and errors that are never a surprise."""

import asyncio
import json
import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import Request, Response

from serving.http.app import create_app
from serving.http.body import LARGEST_BODY
from serving.http.state import ServiceState
from serving.scoring.answer import FallbackReason
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from tests.serving.broken import model_without_numbers
from tests.serving.problems import problem_of
from tests.serving.sent import lead, request
from tests.serving.server import running
from tests.tiny import FEATURE_SET, tiny_training

RULES = read_rules()
PATIENT = Conditions(deadline=math.inf)


def state_of(scoring: Scoring) -> ServiceState:
    state = ServiceState()
    scoring.warm()
    state.ready(scoring)
    return state


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("model")
    with running(state_of(Scoring(RULES, tiny_training().load(folder), PATIENT))) as client:
        yield client


def test_a_lead_is_scored(client: httpx.Client) -> None:
    answer = client.post("/v1/score", json=request()).raise_for_status().json()
    assert (answer["lead_id"], answer["as_of"]) == ("L1", "2026-03-01T12:00:00Z")
    assert (answer["basis"], answer["model_version"]) == ("model", "tiny/1")
    assert client.get("/readyz").json()["status"] == "ready"


def test_a_batch_answers_what_each_lead_alone_gets(client: httpx.Client) -> None:
    sent = [
        request(),
        request(lead=lead(created_at="2026-02-01T09:00:00")),
        "no lead",
        request(lead=lead(lead_id="L2", profile={"employees": "many"})),
        request(lead=lead(lead_id="L3"), events=[]),
    ]
    results = client.post("/v1/score/batch", json={"leads": sent}).raise_for_status().json()
    alone = [client.post("/v1/score", json=one) for one in sent]
    assert [result["index"] for result in results["results"]] == [0, 1, 2, 3, 4]
    assert [r["lead_id"] for r in results["results"]] == ["L1", "L1", None, "L2", "L3"]
    for result, one in zip(results["results"], alone, strict=True):
        if one.status_code == 200:
            assert (result["answer"], result["error"]) == (one.json(), None)
        else:
            alike = one.json()
            told = {"code": alike["code"], "message": alike["detail"], "field": alike["field"]}
            assert (result["answer"], result["error"]) == (None, told)
    assert [one.status_code for one in alone] == [200, 422, 422, 422, 200]


def test_a_batch_may_be_empty_or_full_but_no_more(client: httpx.Client) -> None:
    for count, status in ((0, 200), (1000, 200), (1001, 422)):
        sent = [request(events=[])] * count
        response = client.post("/v1/score/batch", json={"leads": sent})
        assert response.status_code == status
        if status == 200:
            assert len(response.json()["results"]) == count
        else:
            assert problem_of(response) == (422, "invalid_request", "leads")


NO_EVENTS: dict[str, Any] = request(events=[])


@pytest.mark.parametrize(
    "moment", ["1969-12-31T23:59:59Z", "2026-03-01T12:00:00Z", "2027-01-01T00:00:00Z"]
)
def test_events_before_1970_or_not_before_as_of_are_counted_and_change_nothing(
    client: httpx.Client, moment: str
) -> None:
    event = {"event_type": "demo_request", "occurred_at": moment}
    answer = client.post("/v1/score", json={**NO_EVENTS, "events": [event]}).json()
    without = client.post("/v1/score", json=NO_EVENTS).json()
    assert answer == {**without, "events_ignored": 1}


def test_what_no_feature_knows_is_scored_and_listed(client: httpx.Client) -> None:
    event = {"event_type": "moon_landing", "occurred_at": "2026-02-27T00:00:00Z"}
    sent = request(events=[event], lead=lead(profile={"shoe_size": 43}))
    answer = client.post("/v1/score", json=sent).raise_for_status().json()
    assert answer["unknown"] == ["event_type:moon_landing", "profile.shoe_size"]
    assert answer["missing"] == ["employees", "industry"]


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"", 400, "invalid_json", None),
        (b"{", 400, "invalid_json", None),
        (b"\xff\xfe", 400, "invalid_json", None),
        (b"[" * 100_000, 400, "invalid_json", None),
        (b"null", 422, "invalid_request", None),
        (b"[]", 422, "invalid_request", None),
        (b'{"lead": NaN}', 422, "invalid_request", "lead"),
        (b"{}", 422, "invalid_request", "lead"),
        (json.dumps(request(events="x")).encode(), 422, "invalid_request", "events"),
        (b" " * (LARGEST_BODY + 1), 413, "too_large", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/score", "/v1/score/batch"])
def test_a_bad_body_gets_a_documented_error(
    client: httpx.Client, path: str, body: bytes, status: int, code: str, field: str | None
) -> None:
    response = client.post(path, content=body)
    if path == "/v1/score":
        assert problem_of(response) == (status, code, field)
    else:
        assert problem_of(response)[:2] == (status, code)


HALF = "Chef \ud83d"


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        (lead(lead_id=HALF), "lead.lead_id"),
        (lead(profile={"industry": HALF}), "lead.profile.industry"),
        (lead(profile={HALF: 1}), None),
        (lead(profile={"employees": 10**400}), "lead.profile.employees"),
    ],
)
def test_half_a_character_or_an_endless_number_spoils_one_lead_only(
    client: httpx.Client, broken: dict[str, Any], field: str | None
) -> None:
    sent = {"leads": [request(), request(lead=broken), request()]}
    content = json.dumps(sent).replace("1" + "0" * 400, "1" + "0" * 5000)
    response = client.post("/v1/score/batch", content=content).raise_for_status()
    first, second, third = response.json()["results"]
    assert (first["error"], third["error"], second["answer"]) == (None, None, None)
    assert first["answer"] == third["answer"]
    assert second["error"]["code"] == "invalid_request"
    if field is not None:
        assert second["error"]["field"] == field
    single = client.post("/v1/score", content=json.dumps(request(lead=broken)))
    assert problem_of(single) == (422, "invalid_request", second["error"]["field"])


def test_numbers_that_are_none_are_refused_by_name(client: httpx.Client) -> None:
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"1" * 300):
        body = json.dumps(request(events=[])).encode().replace(b"120", number)
        response = client.post("/v1/score", content=body)
        assert problem_of(response) == (422, "invalid_request", "lead.profile.employees")


def test_unknown_paths_and_methods_have_the_same_shape(client: httpx.Client) -> None:
    response = client.get("/v2/score")
    assert problem_of(response) == (404, "not_found", None)
    response = client.post("/v1/score/", json=request())
    assert problem_of(response) == (404, "not_found", None)
    response = client.get("/v1/score")
    assert problem_of(response) == (405, "method_not_allowed", None)
    assert response.headers["allow"] == "POST"


def test_a_defect_outside_of_the_routes_has_the_same_shape() -> None:
    app = create_app(ServiceState())

    async def defect(_: Request) -> Response:
        raise ValueError("of ours")

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://leadscore") as client:
            return await client.get("/defect")

    app.add_route("/defect", defect)
    assert problem_of(asyncio.run(asked())) == (500, "internal", None)


def test_the_type_of_an_error_leads_to_what_to_do(client: httpx.Client) -> None:
    refused = client.get("/v1/score")
    page = client.get(refused.json()["type"]).raise_for_status()
    assert page.headers["content-type"].startswith("text/plain")
    assert page.text == "GET for POST, or the like.\nSee the Allow header.\n"
    assert problem_of(client.get("/problems/bad_luck")) == (404, "not_found", None)


def test_the_card_tells_of_the_model(client: httpx.Client) -> None:
    card = client.get("/v1/model").raise_for_status().json()
    assert (card["basis"], card["model_version"], card["project"]) == ("model", "tiny/1", "tiny")
    assert card["window"]["rows"] == 1500
    assert card["explanation"]["method"] == "tables"
    assert card["explanation"]["table_bytes"] > 0
    assert [feature["name"] for feature in card["features"]] == list(FEATURE_SET.columns)
    assert card["features"][3]["de"] == "Demo angefragt, 7 Tage: Anzahl"
    assert card["features"][3]["subject"] == "event:demo_request"
    subjects = {subject["name"]: subject for subject in card["subjects"]}
    assert subjects.keys() == {feature["subject"] for feature in card["features"]}
    assert subjects["event:demo_request"]["de"] == "Demo angefragt"
    assert subjects["profile.industry"]["part"] == "fit"
    importances = [subject["importance"] for subject in card["subjects"]]
    assert importances == sorted(importances, reverse=True)


def test_a_load_balancer_may_ask_without_a_body(client: httpx.Client) -> None:
    for path in ("/healthz", "/readyz"):
        response = client.head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_those_that_wait_behind_others_get_the_rules(tmp_path: Path) -> None:
    scoring = Scoring(RULES, tiny_training().load(tmp_path), Conditions(deadline=0.01))
    reasons = asyncio.run(_ask_at_once(state_of(scoring), 500))
    assert "deadline" in reasons


async def _ask_at_once(state: ServiceState, times: int) -> set[str | None]:
    # Inside one event loop, so that all of them do come at once.
    transport = httpx.ASGITransport(create_app(state))
    async with httpx.AsyncClient(transport=transport, base_url="http://leadscore") as client:
        asked = (client.post("/v1/score", json=request()) for _ in range(times))
        answers = await asyncio.gather(*asked)
    return {answer.json()["fallback_reason"] for answer in answers}


def test_while_loading_it_is_alive_but_not_ready() -> None:
    state = ServiceState()
    with running(state) as client:
        assert client.get("/healthz").status_code == 200
        for response in (
            client.get("/readyz"),
            client.get("/v1/model"),
            client.post("/v1/score", json=request()),
        ):
            assert problem_of(response) == (503, "not_ready", None)
        state.ready(Scoring(RULES, "no_model"))
        assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("reason", ["no_model", "model_refused"])
def test_without_a_model_it_is_degraded_and_says_so(reason: FallbackReason) -> None:
    with running(state_of(Scoring(RULES, reason))) as client:
        assert client.get("/readyz").json()["status"] == "degraded"
        answer = client.post("/v1/score", json=request()).raise_for_status().json()
        assert (answer["basis"], answer["fallback_reason"]) == ("rules", reason)
        assert client.get("/readyz").json()["reason"] == reason
        card = client.get("/v1/model").raise_for_status().json()
        assert (card["basis"], card["fallback_reason"]) == ("rules", reason)


def test_a_passed_deadline_is_answered_by_the_rules(tmp_path: Path) -> None:
    hurried = Scoring(RULES, tiny_training().load(tmp_path), Conditions(deadline=0.0))
    with running(state_of(hurried)) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        answer = client.post("/v1/score", json=request()).raise_for_status().json()
        assert (answer["basis"], answer["fallback_reason"]) == ("rules", "deadline")
        assert client.get("/readyz").json() == {
            "status": "degraded",
            "reason": "deadline",
            "message": None,
            "recent": {"answers": 1, "by_rules": 1.0, "by_reason": {"deadline": 1.0}},
            "challenger": None,
            "use_cases": [],
        }


def test_output_that_is_no_number_is_answered_by_the_rules() -> None:
    with running(state_of(Scoring(RULES, model_without_numbers(), PATIENT))) as client:
        bad = client.post("/v1/score", json=request(lead=lead(profile={}))).raise_for_status()
        assert (bad.json()["basis"], bad.json()["fallback_reason"]) == ("rules", "non_finite")
        assert client.get("/readyz").json()["reason"] == "non_finite"
        good = client.post("/v1/score", json=request()).raise_for_status()
        assert (good.json()["basis"], good.json()["fallback_reason"]) == ("model", None)
        assert client.get("/readyz").json()["status"] == "ready"


def test_a_defect_tells_nothing_of_the_lead(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = tiny_training().load(tmp_path)
    # An encoder of other fields than the features: a model that passed no loading.
    model.manifest = model.manifest.model_copy(
        update={"encoder": model.encoder.model_copy(update={"categories": {}})}
    )
    state = ServiceState()
    state.ready(Scoring(RULES, model, PATIENT))
    with caplog.at_level(logging.ERROR), running(state) as client:
        sent = request(lead=lead(lead_id="erika@example.org"))
        response = client.post("/v1/score", json=sent)
    assert problem_of(response) == (500, "internal", None)
    assert "erika" not in response.text + caplog.text
    assert "encoder" in caplog.text
