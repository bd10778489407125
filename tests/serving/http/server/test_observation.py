"""What Prometheus is told, on both databases; and the ids of requests."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from starlette.types import Receive, Scope, Send

from features.contract.clock import now
from serving.http.server.gauges import Backlogs
from serving.http.server.observation import Observed
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.scoring.answer import FallbackReason
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due
from tests.serving.logged import logged
from tests.serving.server import answering, running
from tests.tiny import tiny_training

CONSENT = [{"purpose": "profiling", "source": "test"}]
LEAD = {"lead": {"lead_id": "L", "created_at": "2026-03-01T00:00:00Z"}}
Labels = dict[str, str]


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    """Return a client of an application that knows nothing yet of what waits."""
    with running(state) as client:
        yield client


class Told:
    """What /metrics says."""

    def __init__(self, client: httpx.Client) -> None:
        answer = client.get("/metrics").raise_for_status()
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        self._samples = [
            sample
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        ]

    def __call__(self, name: str, **labels: str) -> float | None:
        """Return the sum of what is known under a name and labels; None where nothing is."""
        found = [
            sample.value
            for sample in self._samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        return sum(found) if found else None

    def labels(self, name: str) -> list[Labels]:
        return [sample.labels for sample in self._samples if sample.name == name]


def grown(before: Told, after: Told, name: str, **labels: str) -> float:
    return (after(name, **labels) or 0.0) - (before(name, **labels) or 0.0)


def test_requests_are_timed_by_route_and_status_never_by_path(client: httpx.Client) -> None:
    before = Told(client)
    client.put("/v1/leads/erika@example.org", json={}).raise_for_status()
    client.get("/v1/leads/erika@example.org/score")
    client.get("/v1/leads/nobody@example.org/score")
    client.get("/erika")
    client.request("ERIKA", "/v1/score")
    after = Told(client)
    for method, route, status in (
        ("PUT", "/v1/leads/{lead_id}", "200"),
        ("GET", "/v1/leads/{lead_id}/score", "409"),
        ("GET", "/v1/leads/{lead_id}/score", "404"),
        ("GET", "none", "404"),
        ("other", "/v1/score", "405"),
        ("GET", "/metrics", "200"),
    ):
        labels = {"method": method, "route": route, "status": status}
        assert grown(before, after, "leadscore_request_seconds_count", **labels) == 1.0, labels
        assert grown(before, after, "leadscore_request_seconds_sum", **labels) > 0.0
    assert "erika" not in client.get("/metrics").text.lower()
    # This request itself.
    assert after("leadscore_requests_under_way") == 1.0


def test_answers_by_the_rules_are_told_before_there_is_one() -> None:
    with running(ServiceState()) as client:
        told = Told(client)
    for reason in get_args(FallbackReason):
        assert told("leadscore_answers_total", basis="rules", reason=reason) is not None


def test_answers_are_counted_by_basis_reason_and_probability(client: httpx.Client) -> None:
    before = Told(client)
    client.post("/v1/score", json=LEAD).raise_for_status()
    client.post("/v1/score/batch", json={"leads": [LEAD, LEAD, {}]}).raise_for_status()
    client.put("/v1/leads/L", json={"consents": CONSENT}).raise_for_status()
    client.get("/v1/leads/L/score").raise_for_status()
    client.post("/v1/score", json={})
    after = Told(client)
    reason = {"basis": "rules", "reason": "no_model"}
    assert grown(before, after, "leadscore_answers_total", **reason) == 4.0
    for le, expected in (("+Inf", 4.0), ("0.01", 0.0)):
        found = grown(before, after, "leadscore_probability_bucket", basis="rules", le=le)
        assert found == expected


def test_a_model_tells_its_version_and_when_it_was_trained(
    state: ServiceState, client: httpx.Client, tmp_path: Path
) -> None:
    assert Told(client).labels("leadscore_model_info") == [{"basis": "rules", "version": ""}]
    model = tiny_training().load(tmp_path)
    state.ready(Scoring(read_rules(), model))
    before = Told(client)
    assert before.labels("leadscore_model_info") == [{"basis": "model", "version": model.version}]
    trained = before("leadscore_model_trained_timestamp_seconds")
    assert trained == model.manifest.trained_at.timestamp()
    client.post("/v1/score", json=LEAD).raise_for_status()
    answers = grown(before, Told(client), "leadscore_answers_total", basis="model", reason="")
    assert answers == 1.0


def test_a_service_that_loads_is_not_ready_and_has_no_model() -> None:
    with running(ServiceState()) as client:
        told = Told(client)
    assert told("leadscore_ready") == 0.0
    assert told("leadscore_model_info") is None
    assert told("leadscore_record_up") is None


def test_what_waits_is_told(state: ServiceState, client: httpx.Client) -> None:
    hook = {"url": "https://crm.example.com/x", "events": ["score.changed"]}
    client.post("/v1/webhooks", json=hook).raise_for_status()
    for lead_id in ("L", "M"):
        client.put(f"/v1/leads/{lead_id}", json={"consents": CONSENT}).raise_for_status()
    told = Told(client)
    assert told("leadscore_leads_due") == 2.0
    assert told("leadscore_outbox_messages", state="waiting") == 0.0
    assert told("leadscore_outbox_oldest_seconds") == 0.0
    assert state.record is not None
    assert state.scoring is not None
    oldest = told("leadscore_leads_due_oldest_seconds")
    assert oldest is not None
    assert 0.0 <= oldest < 600.0
    assert rescore_due(state.record, state.scoring, now()) == 2
    # Another service, since this one asks the record only every few seconds.
    with running(state) as other:
        told = Told(other)
    assert told("leadscore_leads_due") == 0.0
    assert told("leadscore_outbox_messages", state="waiting") == 2.0
    assert told("leadscore_outbox_messages", state="dead") == 0.0
    assert (told("leadscore_outbox_oldest_seconds") or 0.0) > 0.0


def test_the_record_is_asked_once_for_many_scrapes(
    state: ServiceState, client: httpx.Client
) -> None:
    Told(client)
    before = Told(client)
    assert grown(before, Told(client), "leadscore_database_seconds_count") == 0.0


def test_time_on_the_record_is_told_by_step(client: httpx.Client) -> None:
    before = Told(client)
    client.put("/v1/leads/L", json={"consents": CONSENT}).raise_for_status()
    after = Told(client)
    for step in ("wait", "statement", "commit"):
        assert grown(before, after, "leadscore_database_seconds_count", step=step) >= 1.0


def test_a_record_that_is_away_is_a_figure_and_no_error(tmp_path: Path) -> None:
    state = ServiceState()
    # No upgraded database: what stands behind it fails at the first statement.
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    state.record = StoredScores(away, Policy())
    with running(state) as client:
        told = Told(client)
    away.close()
    assert told("leadscore_record_up") == 0.0
    assert told("leadscore_outbox_messages") is None
    assert told("leadscore_leads_due") is None


def test_a_record_that_hangs_keeps_nobody_waiting_and_is_asked_once(
    record_file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serving.http.server.gauges._PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr("serving.http.server.gauges._FRESH_SECONDS", 0.0)
    database = Database(record_file)
    state = ServiceState()
    state.record = StoredScores(database, Policy())
    asked: list[int] = []
    goes_on = threading.Event()

    def hang(*_: object) -> None:
        asked.append(1)
        goes_on.wait(60)

    event.listen(database.engine, "begin", hang)

    async def scrape() -> None:
        backlogs = Backlogs(state)
        assert await backlogs.newest() is None
        assert await backlogs.newest() is None
        # A busy machine may begin it only now.
        while not asked:
            await asyncio.sleep(0.01)
        assert asked == [1]
        goes_on.set()
        while await backlogs.newest() is None:
            await asyncio.sleep(0.01)

    asyncio.run(scrape())
    database.close()


@pytest.mark.parametrize("sent", ["abc-1", "4bf92f35:1/2+3=.", "x" * 128])
def test_an_id_that_is_sent_comes_back(sent: str, state: ServiceState) -> None:
    with answering(state) as client:
        for path in ("/healthz", "/none", "/v1/leads/L/score"):
            assert client.get(path, headers={"X-Request-ID": sent}).headers["x-request-id"] == sent


@pytest.mark.parametrize("sent", ["", "x" * 129, "erika@example.org", "a b", 'a"b', "a\tb", "ä"])
def test_an_id_that_is_none_is_replaced(sent: str, state: ServiceState) -> None:
    headers = [(b"X-Request-ID", sent.encode())]
    with answering(state) as client:
        given = [client.get("/healthz", headers=headers).headers["x-request-id"] for _ in range(2)]
    assert len(set(given)) == 2
    assert all(len(one) == 32 and one.isalnum() for one in given)


def test_a_defect_outside_of_every_route_has_an_answer_an_id_and_no_data_in_the_log() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise ValueError(scope["path"])

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(Observed(broken, log_requests=True))
        async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
            return await client.get("/erika", headers={"X-Request-ID": "r-1"})

    with logged(Settings(log_format="json")) as log:
        answer = asyncio.run(asked())
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "r-1")
    assert "internal" in answer.text
    fault, line = map(json.loads, log.getvalue().splitlines())
    assert fault["message"].startswith("ValueError in none\n")
    assert (fault["request_id"], line["request_id"]) == ("r-1", "r-1")
    assert (line["method"], line["route"], line["status"]) == ("GET", "none", 500)
    assert line["ms"] >= 0.0
    assert "erika" not in log.getvalue()


_IN_TWO_PROCESSES = """
import os, subprocess, sys
from serving.http.routes.metrics import _told
from features.contract.clock import now
from serving.http.server.gauges import Standing
from serving.http.state import ServiceState
from serving.metrics import UNDER_WAY, count_answer
count_answer("rules", "no_model", 0.3)
UNDER_WAY.inc()
if "again" in sys.argv:
    subprocess.run([sys.executable, sys.argv[0]], check=True)
    sys.stdout.write(_told(Standing(ServiceState(), None, 0)).decode())
"""


def test_processes_that_share_a_folder_count_together(tmp_path: Path) -> None:
    script, folder = tmp_path / "script.py", tmp_path / "counted"
    script.write_text(_IN_TWO_PROCESSES, encoding="utf-8")
    folder.mkdir()
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    ran = subprocess.run(
        [sys.executable, str(script), "again"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = {
        sample.name: sample.value
        for family in text_string_to_metric_families(ran.stdout)
        for sample in family.samples
    }
    assert found["leadscore_answers_total"] == 2.0
    assert found["leadscore_requests_under_way"] == 2.0
    assert found["leadscore_ready"] == 0.0
    assert "process_resident_memory_bytes" not in found
