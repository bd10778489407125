"""Alerts and who is told of them, over HTTP; on both databases."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.pages.alerts import Reading
from serving.work.rescoring import rescore_due
from tests.serving.problems import problem_of

CONSENT = {"purpose": "profiling", "source": "form"}
ALERTS = ["alert.raised"]


def raise_demos(client: httpx.Client, state: ServiceState, count: int) -> None:
    for number in range(count):
        lead_id = f"L{number}"
        client.put(f"/v1/leads/{lead_id}", json={"consents": [CONSENT]}).raise_for_status()
        event = {"lead_id": lead_id, "event_type": "demo_request"}
        client.post("/v1/events", json={"events": [event]}).raise_for_status()
        while rescore_due(state.kept(), state.loaded(), now()):
            pass


def test_alerts_are_listed_page_by_page(client: httpx.Client, state: ServiceState) -> None:
    assert client.get("/v1/alerts").json() == {"alerts": [], "next_cursor": None}
    before = datetime.now(UTC)
    raise_demos(client, state, 5)
    state.reading = lambda: Reading("de", "Europe/Berlin", "https://leads.example.com")
    seen = []
    query: dict[str, str | int] = {"limit": 2}
    while True:
        page = client.get("/v1/alerts", params=query).raise_for_status().json()
        seen += page["alerts"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert [one["lead_id"] for one in seen] == ["L4", "L3", "L2", "L1", "L0"]
    first = seen[-1]
    assert (first["alert"], first["kind"], first["tell"]) == (
        "asked_for_a_demo", "event", ["sales"],
    )  # fmt: skip
    assert first["title"] == "Demo angefragt: Lead L0"
    assert first["link"] == "https://leads.example.com/app/leads/L0"
    assert before <= datetime.fromisoformat(first["raised_at"]) <= datetime.now(UTC)
    english = client.get("/v1/alerts", params={"language": "en", "kind": "event"}).json()["alerts"]
    assert english[0]["title"] == "Asked for a demo: lead L4"
    assert client.get("/v1/alerts", params={"kind": "grade"}).json()["alerts"] == []
    later = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    assert client.get("/v1/alerts", params={"since": later}).json()["alerts"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "fire"}, "query.kind"), ({"since": "yesterday"}, "query.since"),
        ({"cursor": "x"}, "cursor"), ({"limit": "0"}, "query.limit"),
        ({"stage": "MQL"}, "query.stage"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_named(
    client: httpx.Client, query: dict[str, str], field: str
) -> None:
    assert problem_of(client.get("/v1/alerts", params=query)) == (422, "invalid_request", field)


def test_receivers_have_a_shape_and_targets(client: httpx.Client, state: ServiceState) -> None:
    slack = "https://hooks.slack.com/services/T0/B0/secret"
    for body in (
        {"url": "https://crm.example.com/hook", "events": ["score.changed", "alert.raised"]},
        {"url": slack, "events": ALERTS, "shape": "slack", "targets": ["sales"]},
        {"url": "mailto:Anna@Example.com", "events": ALERTS, "targets": ["sales", "boss"]},
    ):
        client.post("/v1/webhooks", json=body).raise_for_status()
    listed = client.get("/v1/webhooks").json()["webhooks"]
    assert [(one["url"], one["shape"], one["targets"], one["fault"]) for one in listed] == [
        ("https://crm.example.com/hook", "standard", None, None),
        # Whoever knows the path may post there.
        ("https://hooks.slack.com/…", "slack", ["sales"], None),
        ("mailto:Anna@example.com", "mail", ["sales", "boss"], None),
    ]
    raise_demos(client, state, 1)
    listed = client.get("/v1/webhooks").json()["webhooks"]
    # Of the first, the change of the score waits, too.
    assert [one["waiting"] for one in listed] == [2, 1, 1]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"events": ["score.changed"], "shape": "teams"}, "events"),
        ({"events": ["alert.raised", "stage.changed"], "shape": "slack"}, "events"),
        ({"url": "mailto:anna@example.com", "events": ["score.changed"]}, "events"),
        ({"url": "mailto:anna@example.com", "shape": "slack"}, "shape"),
        ({"url": "mailto:anna"}, "url"),
        ({"url": "mailto:a@b.de,c@d.de"}, "url"),
        ({"url": "mailto:a@b.de?bcc=c@d.de"}, "url"),
        ({"url": "mailto:a@b.de%0ABcc:c@d.de"}, "url"),
        ({"url": "ftp://example.com"}, "url"),
        ({"targets": []}, "targets"),
        ({"targets": ["Sales Lead"]}, "targets"),
        ({"shape": "discord"}, "shape"),
    ],
)
def test_a_receiver_that_cannot_be_is_refused(
    client: httpx.Client, change: dict[str, object], field: str
) -> None:
    body = {"url": "https://example.com", "events": ALERTS, **change}
    status, code, named = problem_of(client.post("/v1/webhooks", json=body))
    assert (status, code) == (422, "invalid_request")
    assert (named or "").split(".")[0].split("[")[0] == field


def test_without_a_mail_server_nobody_is_told_by_mail(
    client: httpx.Client, state: ServiceState
) -> None:
    state.mail_lacks = ("LEADSCORE_SMTP_URL",)
    body = {"url": "mailto:anna@example.com", "events": ALERTS}
    assert problem_of(client.post("/v1/webhooks", json=body)) == (503, "no_mail", None)


def test_the_agreement_and_a_standing_tell_of_promises(
    client: httpx.Client, state: ServiceState
) -> None:
    agreed = client.get("/v1/lifecycle").json()
    assert agreed["sla"]["stages"]["MQL"] == {"within": "8h", "warn_at": 0.75}
    [jump] = [one for one in agreed["alerts"] if one["kind"] == "grade"]
    assert (jump["from"], jump["to"]) == ("C", "A")
    client.put("/v1/leads/L", json={"consents": [CONSENT]}).raise_for_status()
    assert client.get("/v1/leads/L/lifecycle").json()["sla"] is None
    stage = {"lead_id": "L", "stage": "MQL", "at": "2026-04-02T11:00:00Z"}
    client.post("/v1/stages", json={"stages": [stage]}).raise_for_status()
    sla = client.get("/v1/leads/L/lifecycle").json()["sla"]
    assert (sla["warn_at"], sla["due_at"]) == ("2026-04-07T09:00:00Z", "2026-04-07T11:00:00Z")
    assert sla["state"] == "broken"
    assert sla["hours_left"] < 0
