"""A client generated from the document, in either version, works with the service."""

import importlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from serving.http.state import ServiceState
from tests.serving.server import running

AT = datetime.now(UTC) - timedelta(days=1)


class Generated:
    """A generated package, and a client of it."""

    def __init__(self, name: str) -> None:
        """Find a package that can be imported."""
        self.name = name

    def module(self, path: str) -> ModuleType:
        return importlib.import_module(f"{self.name}.{path}")

    def read(self, model: str, content: object) -> Any:  # noqa: ANN401
        """Return content as a model of the package."""
        return getattr(self.module("models"), model).from_dict(content)

    def call(self, client: httpx.Client, operation: str, *path: str, **given: object) -> Any:  # noqa: ANN401
        """Call an operation such as `record.put_lead`, and return what its answer was read as."""
        caller = self.module("client").Client(base_url=str(client.base_url), verify_ssl=False)
        with caller:
            return self.module(f"api.{operation}").sync(*path, client=caller, **given)


@pytest.fixture(scope="module", params=["openapi", "openapi-3.0"])
def generated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generated:
    folder: Path = tmp_path_factory.mktemp("generated")
    name = "client_of_" + request.param.replace("-", "_").replace(".", "_")
    with running(ServiceState()) as client:
        document = client.get(f"/{request.param}.json").raise_for_status().json()
    (folder / "document.json").write_text(json.dumps(document), encoding="utf-8")
    # JSON is YAML, too; the code need not be pretty.
    (folder / "config.yaml").write_text('{"post_hooks": []}', encoding="utf-8")
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate"),
        *("--path", "document.json", "--config", "config.yaml"),
        *("--meta", "none", "--output-path", name),
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    sys.path.insert(0, str(folder))
    request.addfinalizer(lambda: sys.path.remove(str(folder)))
    return Generated(name)


def test_a_lead_is_told_and_scored(client: httpx.Client, generated: Generated) -> None:
    lead = {
        "created_at": (AT - timedelta(days=1)).isoformat(),
        "profile": {"employees": 240, "industry": "manufacturing", "newsletter": True},
        "consents": [{"purpose": "profiling", "source": "form"}],
    }
    put = generated.call(client, "record.put_lead", "L/1", body=generated.read("LeadBody", lead))
    assert (put.lead_id, put.account_id) == ("L/1", None)
    event = {"lead_id": "L/1", "event_type": "demo_request", "occurred_at": AT.isoformat()}
    body = generated.read("EventsBody", {"events": [event]})
    kept = [generated.call(client, "record.post_events", body=body) for _ in range(2)]
    assert [(one.stored, one.known) for one in kept] == [(1, 0), (0, 1)]
    answer = generated.call(client, "record.score_stored_lead", "L/1")
    shown = client.get("/v1/leads/L%2F1/score").json()
    assert (answer.grade, answer.basis) == (shown["grade"], "rules")
    assert answer.reasons[0].to_dict() == shown["reasons"][0]


def test_errors_are_read_as_what_they_are(client: httpx.Client, generated: Generated) -> None:
    unknown = generated.call(client, "record.score_stored_lead", "nobody")
    assert (unknown.status, unknown.code, unknown.field) == (404, "unknown_lead", None)
    lead = {"lead": {"lead_id": "L", "created_at": "2026-02-20T08:15:00Z"}, "as_of": None}
    late = {**lead, "as_of": "2026-01-01T00:00:00Z"}
    refused = generated.call(client, "leads.score_lead", body=generated.read("ScoreRequest", late))
    assert (refused.status, refused.field) == (422, "lead.created_at")
    batch = generated.read("BatchRequest", {"leads": [lead, late]})
    first, second = generated.call(client, "leads.score_leads", body=batch).results
    assert (first.answer.lead_id, first.error) == ("L", None)
    assert (second.answer, second.error.field) == (None, "lead.created_at")
