"""Services and workers that are stopped as an operator stops them."""

import os
import time
from pathlib import Path

import httpx
from sqlalchemy import func, select

from features.contract.clock import now
from serving.access.key import new_key
from serving.record.access.keys import RecordKeys
from serving.record.database.database import Database
from serving.record.queue.backlog import backlog
from serving.record.schema import current_score, score_given
from tests.e2e.command import ENVIRONMENT, begun, free_port, served
from tests.serving.record.telling import put, told

LEAD = {
    "created_at": "2026-06-10T08:15:00Z",
    "consents": [{"purpose": "profiling", "source": "form:trade-fair", "wording": "2026-01"}],
}


def wait_for(words: str, count: int, log: Path) -> None:
    give_up = time.monotonic() + 120
    while log.read_text(encoding="utf-8").count(words) < count:
        assert time.monotonic() < give_up, log.read_text(encoding="utf-8")
        time.sleep(0.05)


def test_processes_share_a_port_and_one_works_in_the_background(
    tmp_path: Path, record_file: str
) -> None:
    port = str(free_port())
    command = ["serve", "--port", port, "--workers", "2"]
    environment = {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": record_file}
    with served(command, tmp_path, environment, port) as client:
        wait_for("ready on rules", 2, tmp_path / "service.log")
        for number in range(8):
            # A connection each: whichever process takes it.
            address = f"{client.base_url}/v1/leads/L{number}"
            httpx.put(address, json=LEAD).raise_for_status()
        database = Database(record_file)
        scored = 0
        while scored < 8:
            with database.reading() as connection:
                scored = connection.execute(
                    select(func.count()).select_from(current_score)
                ).scalar_one()
            time.sleep(0.05)
        database.close()
    log = (tmp_path / "service.log").read_text(encoding="utf-8")
    assert log.count("Finished server process") == 2
    assert "ERROR" not in log


def test_what_was_answered_is_written_down_before_the_end(tmp_path: Path, record_url: str) -> None:
    port = str(free_port())
    environment = {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": record_url}
    with served(["serve", "--port", port], tmp_path, environment, port) as client:
        client.put("/v1/leads/L1", json=LEAD).raise_for_status()
        client.get("/v1/leads/L1/score").raise_for_status()
    database = Database(record_url)
    with database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(score_given)).scalar_one() >= 1
    database.close()


def test_a_worker_that_is_stopped_ends_well(tmp_path: Path, record_url: str) -> None:
    environment = {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": record_url}
    log = tmp_path / "work.log"
    log.touch()
    with begun(["work"], tmp_path, environment, (Path(os.devnull), log, log)) as process:
        wait_for("working on", 1, log)
        process.terminate()
        process.join(60)
        assert process.exitcode == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


def test_a_worker_tells_how_it_does_to_whoever_has_a_key(tmp_path: Path, record_url: str) -> None:
    database = Database(record_url)
    lead = put(database, told("L1", now()))
    key, token = new_key("prometheus", frozenset({"score"}), now())
    RecordKeys(database).put(key)
    port = str(free_port())
    environment = {**ENVIRONMENT, "LEADSCORE_DATABASE_URL": record_url}
    with served(["work", "--port", port], tmp_path, environment, port) as client:
        give_up = time.monotonic() + 60
        while leads_due(database):
            assert time.monotonic() < give_up
            time.sleep(0.05)
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.get("/metrics").status_code == 401
        assert client.get(f"/v1/leads/{lead.lead_id}/score").status_code == 404
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
        told_by_worker = answer.raise_for_status().text
    database.close()
    for sample in (
        "leadscore_ready 1.0", "leadscore_record_up 1.0", "leadscore_leads_due 0.0",
        'leadscore_model_info{basis="rules",version=""} 1.0',
        'leadscore_rescored_total{basis="none",reason=""} 1.0',
        'leadscore_sent_total{outcome="dead",to="webhook"} 0.0',
        'leadscore_work_failures_total{work="rescore"} 0.0',
    ):  # fmt: skip
        assert sample in told_by_worker
    log = (tmp_path / "service.log").read_text(encoding="utf-8")
    assert f"listening on http://127.0.0.1:{port}" in log
    assert "ERROR" not in log


def leads_due(database: Database) -> int:
    with database.reading() as connection:
        return backlog(connection).leads
