"""Figures, disagreements and reviews over HTTP; on both databases."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import httpx
import pytest

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.pages.alerts import Reading
from serving.stored.review import draw_week
from serving.work.rescoring import rescore_due
from serving.work.worker import Worker
from tests.serving.lifecycle.agreements import agreement
from tests.serving.problems import problem_of

CONSENT = {"purpose": "profiling", "source": "form"}
TODAY = datetime.now(UTC)


def day(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def put(client: httpx.Client, lead_id: str, **told: object) -> None:
    body = {"created_at": day(-300), "consents": [CONSENT], **told}
    client.put(f"/v1/leads/{lead_id}", json=body).raise_for_status()


def stages(client: httpx.Client, *told: tuple[str, str, int]) -> None:
    body = [{"lead_id": lead, "stage": stage, "at": day(at)} for lead, stage, at in told]
    client.post("/v1/stages", json={"stages": body}).raise_for_status()


def kpis(client: httpx.Client, **query: object) -> dict[str, Any]:
    answer = client.get("/v1/kpis", params=query)  # type: ignore[arg-type]
    found: dict[str, Any] = answer.raise_for_status().json()
    return found


def test_figures_are_told_as_json_and_as_csv(client: httpx.Client) -> None:
    put(client, "a", profile={"channel": "=cmd|' /C calc'!A0"})
    put(client, "b", profile={"channel": "fair"})
    stages(client, ("a", "MQL", -200), ("a", "SQL", -190), ("b", "MQL", -200))
    found = kpis(client, **{"from": day(-250)[:10], "to": day(1)[:10], "by": "channel"})
    assert found["total"]["figures"]["mql_to_sql"] | {"low": 0, "high": 0} == {
        "numerator": 1, "denominator": 2, "value": 0.5, "low": 0, "high": 0, "waiting": 0,
    }  # fmt: skip
    assert found["from"].startswith(day(-250)[:10])
    assert [group["group"] for group in found["groups"]] == [
        {"channel": "=cmd|' /c calc'!a0"}, {"channel": "fair"},
    ]  # fmt: skip
    by_format = client.get("/v1/kpis?by=channel&by=month&format=csv")
    by_header = client.get("/v1/kpis?by=channel&by=month", headers={"Accept": "text/csv"})
    assert by_format.text == by_header.text
    assert by_format.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(StringIO(by_format.text)))
    assert {row["channel"] for row in rows} == {"", "'=cmd|' /c calc'!a0", "fair"}
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    assert client.get("/v1/kpis?format=json", headers={"Accept": "text/csv"}).json()["total"]


def test_an_empty_record_has_figures_of_nobody(client: httpx.Client) -> None:
    found = kpis(client)
    assert found["groups"] == [] and found["total"]["promises"] == []
    assert found["total"]["figures"]["acceptance_rate"]["value"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-02-01&to=2026-02-01", "from"),
        ("from=2026-02-30", "from"),
        ("from=1969-01-01", "from"),
        ("to=yesterday", "to"),
        ("from=0", "from"),
        ("from=2026-01-01T00:00:00", "from"),
        ("by=colour", "by.0"),
        ("by=month&by=month", "by"),
        ("begin=2026-01-01", "begin"),
        ("format=xml", "format"),
    ],
)
def test_a_mistake_is_named(client: httpx.Client, query: str, field: str) -> None:
    assert problem_of(client.get(f"/v1/kpis?{query}")) == (422, "invalid_request", f"query.{field}")


def test_people_and_the_model_disagree(client: httpx.Client, state: ServiceState) -> None:
    put(client, "L", profile={"role": "student"})
    rescore_due(state.kept(), state.loaded(), now())
    kept = state.kept()
    kept.lifecycle = agreement(review={"grades": ["C", "D"], "leads_per_week": 2})
    assert draw_week(kept.database, kept.lifecycle, kept.policy, now()) == 1
    [drawn] = client.get("/v1/reviews").raise_for_status().json()["leads"]
    assert (drawn["lead_id"], drawn["probability"], drawn["weight"]) == ("L", 1, 1)
    assert drawn["grade"] in ("C", "D")
    assert client.get("/v1/reviews?week=2001-W01").json()["leads"] == []
    assert problem_of(client.get("/v1/reviews?week=2001-1"))[2] == "query.week"
    for said in (
        {"kind": "accepted"},
        {"kind": "wrong_reason", "subject": "profile.role", "note": "Ist keine Studentin"},
    ):
        client.post("/v1/feedback", json={"lead_id": "L", **said}).raise_for_status()
    found = client.get("/v1/disagreements").raise_for_status().json()
    [wrong] = found["wrong_reasons"]
    assert (wrong["subject"], wrong["share"]["value"]) == ("profile.role", 1)
    assert found["by_grade"][0]["grade"] == drawn["grade"]
    assert found["review_accepted"]["waiting"] == 1
    assert found["against_total"] == len(found["against"]) == int(drawn["grade"] == "D")
    assert "Studentin" not in str(found)
    exported = client.get("/v1/leads/L/export").json()["tables"]
    assert "Studentin" in str(exported["feedback"]) and exported["review_sample"]
    # Nobody can be drawn twice, and nobody is who is gone.
    client.delete("/v1/leads/L").raise_for_status()
    assert client.get("/v1/reviews").json()["leads"] == []
    assert client.get("/v1/disagreements").json()["by_grade"] == []


def test_a_worker_draws_once_there_is_anybody(client: httpx.Client, state: ServiceState) -> None:
    kept, at = state.kept(), [now()]
    kept.lifecycle = agreement(review={"grades": ["A", "B", "C", "D"], "leads_per_week": 2})
    reading = Reading("en", "UTC", None)
    clock = lambda: at[0]  # noqa: E731 - a moment that is moved on
    worker = Worker(
        kept, lambda: state.scoring, local=False, mail=None, reading=lambda: reading, clock=clock
    )
    assert worker.review() == 0
    put(client, "L")
    rescore_due(kept, state.loaded(), now())
    assert worker.review() == 0
    at[0] += 600_000_001
    assert worker.review() == 1
    at[0] += 600_000_001
    assert worker.review() == 0
