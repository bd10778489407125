"""The handover and what to do next, over HTTP and by the command; on both databases."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from features.contract.clock import now
from features.contract.mistake import MistakeError
from leadscore import app
from serving.http.state import ServiceState
from serving.lifecycle.agreement import SHIPPED
from serving.lifecycle.handover import Candidates, HandoverTerms
from serving.record.schema import audit, handover_threshold
from serving.work.rescoring import rescore_due
from tests.serving.lifecycle.agreements import agreement
from tests.serving.problems import problem_of

TERMS = {
    "calls_per_week": 2, "value_of_conversion": 1_000, "cost_of_call": 50, "currency": "EUR",
}  # fmt: skip
CONSENT = {"purpose": "profiling", "source": "form"}
GOOD = {"role": "CEO", "employees": 240, "industry": "Maschinenbau"}


def put(client: httpx.Client, lead_id: str = "L", *events: str, **told: object) -> None:
    lead = {"consents": [CONSENT], "contact": {"email": f"{lead_id}@example.com"}, **told}
    client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()
    did = [{"lead_id": lead_id, "event_type": kind} for kind in events]
    if did:
        client.post("/v1/events", json={"events": did}).raise_for_status()


def get(client: httpx.Client, path: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/{path}", params=query).raise_for_status().json()
    return found


def test_without_prices_it_says_what_is_missing(client: httpx.Client) -> None:
    found = get(client, "handover")
    assert (found["terms"], found["best"], found["curve"]) == (None, None, [])
    assert found["missing"] == [
        "handover.calls_per_week", "handover.value_of_conversion", "handover.cost_of_call",
        "handover.currency",
    ]  # fmt: skip
    assert (found["basis"], found["horizon_days"]) == ("rules", 30.0)
    assert [one["leads"] for one in found["lists"]] == [0] * 10
    assert get(client, "lifecycle")["handover"] is None


def test_the_threshold_is_that_of_the_leads_that_wait(
    client: httpx.Client, state: ServiceState
) -> None:
    # No one is interested enough for the criteria of the agreement.
    for lead_id, role in (("a", "CEO"), ("b", "head"), ("c", "unknown to rules"), ("d", "student")):
        put(client, lead_id, profile={**GOOD, "role": role})
    rescore_due(state.kept(), state.loaded(), now())
    state.kept().lifecycle = agreement(handover=TERMS)
    chances = {one: get(client, f"leads/{one}/score")["probability"] for one in "abcd"}
    found = get(client, "handover")
    assert found["missing"] == [] and found["break_even"] == 0.05
    # Student: it does not fit, so no rule would hand it over.
    assert (found["candidates"], found["waiting"]) == (3, 3)
    agreed = HandoverTerms.model_validate(TERMS)
    own = Candidates([chances[one] for one in "abc"], agreed)
    assert found["best"] == own.at(chances["b"])._asdict()
    assert found["one_call_more"] == max(0.0, own.one_call_more)
    assert [point["threshold"] for point in found["curve"]] == [chances[one] for one in "abc"]
    assert found["in_force"] is None and found["in_force_brings"] is None


def test_what_to_do_next_is_said_with_its_facts(client: httpx.Client, state: ServiceState) -> None:
    state.kept().lifecycle = agreement(handover=TERMS)
    put(client, "L", "demo_request", profile=GOOD)
    found = get(client, "leads/L/next", language="de")
    score = get(client, "leads/L/score")
    assert (found["lead_id"], found["stage"], found["not_scored"]) == ("L", "lead", None)
    assert found["probability"] == score["probability"]
    amount = 1_000 * score["probability"] - 50
    assert found["expected_value"] == {"amount": pytest.approx(amount), "currency": "EUR"}
    assert (found["action"]["kind"], found["action"]["label"]) == ("call", "Anrufen")
    assert found["action"]["why"] == (
        f"Hat heute eine Demo angefragt; Wahrscheinlichkeit {100 * score['probability']:.0f} %, "
        f"Erwartungswert {amount:.0f} €."
    )
    assert found["questions"] == []
    for place in range(3):
        put(client, f"o{place}", profile={"channel": "Messe"})
    [question] = get(client, "leads/L/next")["questions"]
    assert (question["field"], question["leads"]) == ("channel", 3)
    [answer] = question["answers"]
    assert (answer["value"], answer["share"]) == ("Messe", 1.0)
    put(client, "L", profile={**GOOD, "channel": "Messe"})
    assert get(client, "leads/L/score")["probability"] == pytest.approx(answer["probability"])
    looked = [e["action"] for e in _audit(client, state) if e["action"] == "next"]
    assert looked == ["next", "next"]


def _audit(client: httpx.Client, state: ServiceState) -> list[dict[str, Any]]:
    state.kept().ledger.flush()
    found: list[dict[str, Any]] = get(client, "leads/L/audit")["entries"]
    return found


def test_nothing_is_concluded_of_whoever_may_not_be_profiled(client: httpx.Client) -> None:
    put(client, "L", "demo_request", "price_page", profile={}, consents=[])
    found = get(client, "leads/L/next", language="en")
    assert found["action"] == {
        "kind": "let_rest", "label": "Let rest", "code": "no_basis",
        "why": "There is no basis for profiling.",
    }  # fmt: skip
    assert (found["probability"], found["expected_value"], found["questions"]) == (None, None, [])
    assert "no basis for profiling" in found["not_scored"]


def test_whoever_was_rejected_is_not_called(client: httpx.Client, state: ServiceState) -> None:
    state.kept().lifecycle = agreement(handover=TERMS)
    put(client, "L", "demo_request", "price_page", profile=GOOD)
    # What it did before does not count any more.
    for stage, kind in (("recycled", "nurture"), ("lost", "let_rest"), ("recycled", "nurture")):
        told = {"stages": [{"lead_id": "L", "stage": stage}]}
        client.post("/v1/stages", json=told).raise_for_status()
        assert get(client, "leads/L/next")["action"]["kind"] == kind
    again = {"events": [{"lead_id": "L", "event_type": "demo_request", "event_id": "again"}]}
    client.post("/v1/events", json=again).raise_for_status()
    assert get(client, "leads/L/next")["action"]["kind"] == "offer_demo"


def test_what_cannot_be_answered_is_refused(client: httpx.Client) -> None:
    assert problem_of(client.get("/v1/leads/nobody/next")) == (404, "unknown_lead", None)
    put(client)
    refused = client.get("/v1/leads/L/next", params={"language": "fr"})
    assert problem_of(refused) == (422, "invalid_request", "query.language")
    assert client.put("/v1/leads/x/next", json={}).status_code == 405


def run(*command: str) -> str:
    result = CliRunner().invoke(app, ["lifecycle", *command], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_the_command_proposes_and_applies(
    client: httpx.Client,
    state: ServiceState,
    record_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    assert "lacks handover.calls_per_week" in run("handover")
    with pytest.raises(MistakeError, match=r"write \[handover\] into the file"):
        run("handover", "--apply")
    said = "\n[handover]\n" + "\n".join(
        f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        for key, value in TERMS.items()
    )
    file = tmp_path / "agreed.toml"
    file.write_text(SHIPPED.read_text(encoding="utf-8") + said, encoding="utf-8")
    monkeypatch.setenv("LEADSCORE_LIFECYCLE", str(file))
    state.kept().lifecycle = agreement(handover=TERMS)
    for lead_id, role in (("a", "CEO"), ("b", "head"), ("c", "unknown to rules")):
        put(client, lead_id, profile={**GOOD, "role": role})
    rescore_due(state.kept(), state.loaded(), now())
    proposed = run("handover")
    assert "3 leads of the week, 3 of them wait; a call pays from 0.0500 on" in proposed
    assert "nothing was changed" in proposed
    columns = handover_threshold.c
    with state.kept().database.reading() as connection:
        assert connection.execute(select(columns.threshold)).all() == []
    best = get(client, "handover")["best"]["threshold"]
    assert f"in force from now on: {best:.4f}" in run("handover", "--apply")
    assert "by command" in run("handover")
    in_force = get(client, "handover")["in_force"]
    assert (in_force["threshold"], in_force["by"], in_force["called"]) == (best, "command", 2)
    assert in_force["agreement"] == state.kept().lifecycle.name
    with state.kept().database.reading() as connection:
        noted = connection.execute(select(audit.c.detail).where(audit.c.action == "threshold"))
        assert noted.scalars().all() == [f"handover: criteria -> {best:.4g}"]
    # Whoever waits above it is due, and is handed over.
    rescore_due(state.kept(), state.loaded(), now())
    stages = {one: get(client, f"leads/{one}/lifecycle") for one in "abc"}
    assert [stages[one]["stage"] for one in "abc"] == ["MQL", "MQL", "MAL"]
    [way] = [way for way in stages["c"]["ways"] if "rule" in way["by"]]
    needs = {check["criterion"]: (check["wanted"], check["holds"]) for check in way["needs"]}
    assert needs["probability_at_least"] == (best, False)
    assert needs.keys() == {"consent", "contactable", "probability_at_least"}
