"""The dashboard, the alarms and the page of metrics against what a real service tells."""

import json
import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from features.contract.clock import now
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.use_cases import OwnModel
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due
from serving.work.worker import Worker
from tests.docs.markdown import code, table, text
from tests.serving.server import running
from tests.tiny import tiny_training

# Of Prometheus itself, by whom a service is asked.
_OF_PROMETHEUS = {"instance", "job", "le"}
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")
_SELECTOR = re.compile(r"\{([^{}]*)\}")
_TEXT = re.compile(r'"[^"]*"')
_DURATION = re.compile(r"\[[^\]]*\]")
_NUMBER = re.compile(r"(?:>|==) ([\d.]+)$")
_GROUPS = re.compile(r"\b(?:by|without|on|ignoring)\s*\(([^()]*)\)")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, upgraded_file: Path) -> list[Metric]:
    """Return what a service tells that has answered by a model, and works on its record."""
    folder = tmp_path_factory.mktemp("watching")
    shutil.copy(upgraded_file, folder / "record.db")
    database, state = Database(f"sqlite:///{folder / 'record.db'}"), ServiceState()
    state.record = StoredScores(database, Policy())
    model = tiny_training().load(folder / "model")
    scoring = Scoring(read_rules(), model, Conditions(deadline=math.inf))
    own = OwnModel("austria", {"country": ("AT",)}, "models:/leads-at@champion", scoring)
    state.ready(scoring.divided([own]))
    with running(state) as client:
        lead = {"lead_id": "L", "created_at": "2026-03-01T00:00:00Z"}
        client.post("/v1/score", json={"lead": lead}).raise_for_status()
        client.put("/v1/leads/L", json={}).raise_for_status()
        worker = Worker(
            state.record,
            lambda: state.scoring,
            local=True,
            mail=None,
            reading=state.reading,
            clock=now,
        )
        worker.start()
        worker.stop()
        rescore_due(state.record, state.loaded(), now())
        metrics = client.get("/metrics").raise_for_status().text
    database.close()
    return list(text_string_to_metric_families(metrics))


def expressions() -> Iterator[str]:
    """Yield every query of the dashboard."""
    board = json.loads(text("docs/grafana.json"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"].removeprefix("label_values(").partition(",")[0]


def names_in(expression: str) -> set[str]:
    """Return the metrics of a query: what is no function, label, text or duration."""
    bare = expression
    for no_metric in (_TEXT, _SELECTOR, _DURATION, _GROUPS):
        bare = no_metric.sub("", bare)
    return {m[0] for m in _NAME.finditer(bare) if not bare[m.end() :].lstrip().startswith("(")}


def labels_in(expression: str) -> set[str]:
    """Return the labels that a query selects or groups by."""
    bare = _TEXT.sub("", expression)
    selected = {name for part in _SELECTOR.findall(bare) for name in _NAME.findall(part)}
    return selected | {name for part in _GROUPS.findall(bare) for name in _NAME.findall(part)}


def test_names_and_labels_of_a_query_are_found() -> None:
    query = 'sum by (le) (rate(a_total{x=~"b{c}"}[$__rate_interval])) / time() - d_seconds'
    assert names_in(query) == {"a_total", "d_seconds"}
    assert labels_in(query) == {"le", "x"}


def alarms() -> dict[str, tuple[str, str]]:
    """Return by name when an alarm is raised, as a query, and what it says."""
    [group] = yaml.safe_load(text("docs/alarms.yml"))["groups"]
    return {
        rule["alert"]: (rule["expr"].strip(), rule["annotations"]["summary"])
        for rule in group["rules"]
    }


def test_every_query_of_dashboard_and_alarms_asks_for_what_there_is(told: list[Metric]) -> None:
    labels: dict[str, set[str]] = {}
    for sample in (sample for metric in told for sample in metric.samples):
        labels.setdefault(sample.name, set()).update(sample.labels)
    asked = [*expressions(), *(query for query, _ in alarms().values())]
    assert len(asked) > 25
    for expression in asked:
        names = names_in(expression)
        assert names, expression
        assert names <= labels.keys(), expression
        known = _OF_PROMETHEUS.union(*(labels[name] for name in names))
        assert labels_in(expression) <= known, expression


def test_every_metric_is_documented_with_its_labels(told: list[Metric]) -> None:
    existing = {
        metric.name + ("_total" if metric.type == "counter" else ""): {
            label for sample in metric.samples for label in sample.labels if label != "le"
        }
        for metric in told
        if metric.name.startswith("leadscore_")
    }
    documented = {
        code(row["metric"]): {code(label) for label in row["labels"].split(", ") if label}
        for row in table("docs/operation.md", "Metrics")
    }
    assert documented == existing


def test_every_alarm_is_documented_in_the_same_words() -> None:
    rows = {code(row["alarm"]): row for row in table("docs/operation.md", "Alarms")}
    assert rows.keys() == alarms().keys()
    for name, (query, summary) in alarms().items():
        raised = rows[name]["raised when"]
        because = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", rows[name]["because"])
        assert because.replace("`", "") == summary, name
        for metric in names_in(query):
            assert f"`{metric.removesuffix('_bucket')}`" in raised, name
        [border] = _NUMBER.findall(query)
        assert f" {border} " in f"{raised} ", name
