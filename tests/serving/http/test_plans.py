"""How both databases look for what is asked: by an index, however much is stored."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import event

from features.contract.clock import now
from features.contract.duration import DAY_US
from serving.http.requests.cursor import cursor_of
from serving.http.state import ServiceState
from serving.lifecycle.handover import HandoverTerms
from serving.record.database.database import Database
from serving.record.leads.owners import owners_told
from serving.record.scores.work_list import Wanted, work_list
from serving.work.handing_over import keep_threshold
from serving.work.promises import look_at_promises
from serving.work.rescoring import rescore_due
from tests.serving.server import running

_SCAN = re.compile(r"SCAN (?!anon_)(\w+)\b(?! USING)|Seq Scan on (\w+)")

_SMALL = frozenset(
    {
        "webhook",
        "secret",
        "api_key",
        "tombstone",
        "uncompared",
        "handover_threshold",
        "user_account",
        "json_each",
    }
)
"""Tables and functions that hold little, whatever the record does."""

BANT = {"need": {"code": "x"}, "source": "call", "confidence": 1.0}

PRICED = HandoverTerms(
    calls_per_week=1, value_of_conversion=100, cost_of_call=1, currency="EUR", apply="automatic"
)

Parameters = tuple[object, ...] | dict[str, object]


@contextmanager
def noted(database: Database) -> Iterator[dict[str, Parameters]]:
    """Give what is asked of the database meanwhile: parameters, of one execution, by statement."""
    statements: dict[str, Parameters] = {}

    def note(
        _: object, __: object, text: str, parameters: Parameters | list[Parameters], *___: object
    ) -> None:
        if text.startswith(("SELECT", "UPDATE", "DELETE")):
            statements[text] = parameters[0] if isinstance(parameters, list) else parameters

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def scanned(database: Database, statement: str, parameters: Parameters) -> set[str]:
    """Return the tables of which a statement can only be answered by reading all of them."""
    plan = planned(database, statement, parameters)
    return {first or second for first, second in _SCAN.findall(plan)} - _SMALL


def planned(database: Database, statement: str, parameters: Parameters) -> str:
    """Return how a database goes about a statement."""
    with database.reading() as connection:
        if not database.embedded:
            # Small tables are scanned and put in order for choice; this leaves both where nothing
            # else can be done.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
        explain = "EXPLAIN QUERY PLAN" if database.embedded else "EXPLAIN"
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(row[-1]) for row in rows)


def _requests(client: httpx.Client) -> None:
    for lead_id in ("A", "B"):
        lead = {
            "account_id": "firm", "profile": {"role": "CEO", "employees": 12},
            "contact": {"email": "jo@example.com", "name": "Jo Berg", "company": "Acme"},
            "consents": [{"purpose": "profiling", "source": "form"}],
        }  # fmt: skip
        client.put(f"/v1/leads/{lead_id}", json=lead).raise_for_status()
    told = [{"lead_id": "A", "event_type": "x"}, {"email": "jo@example.com", "event_type": "y"}]
    client.post("/v1/events", json={"events": told}).raise_for_status()
    calls = [{"type": "identify", "userId": "u", "traits": {"email": "jo@example.com"}}]
    client.post("/v1/batch", json={"batch": calls}).raise_for_status()
    asked = {"lead_id": "A", "event_type": "demo_request"}
    client.post("/v1/events", json={"events": [asked]}).raise_for_status()
    stages = {"stages": [{"lead_id": "A", "stage": "MQL"}]}
    client.post("/v1/stages", json=stages).raise_for_status()
    client.post("/v1/leads/A/bant", json=BANT).raise_for_status()
    move = {"to": "SAL", "expected": "MQL", "role": "sales"}
    client.post("/v1/leads/A/transitions", json=move).raise_for_status()
    made = client.post("/v1/merges", json={"kept": "A", "joined": "B"}).raise_for_status().json()
    for path in (
        "leads/A/score", "leads/A/history", "leads/A/export", "leads/A/audit", "accounts/firm",
        "leads/A/lifecycle", "leads/A/bant", "leads/A/next", "handover",
        "alerts", f"alerts?since=2026-01-01T00:00:00Z&cursor={cursor_of((now(), 1))}",
        "leads?account=firm", "leads?sort=changed", "leads?sort=changed&owner=u-1",
        "merges?lead_id=A", "duplicates?lead_id=A",
    ):  # fmt: skip
        client.get(f"/v1/{path}").raise_for_status()
    client.put("/v1/leads/A/owner", json={"owner": "u-1"}).raise_for_status()
    client.delete(f"/v1/merges/{made['merge_id']}").raise_for_status()
    client.delete("/v1/leads/B").raise_for_status()


def test_no_request_reads_a_whole_table(state: ServiceState, database: Database) -> None:
    kept = state.kept()
    kept.lifecycle = kept.lifecycle.model_copy(update={"handover": PRICED})
    with running(state) as client, noted(database) as statements:
        _requests(client)
        rescore_due(kept, state.loaded(), now() + DAY_US)
        look_at_promises(kept, now() + 60 * DAY_US)
        assert keep_threshold(kept, state.loaded(), now())
        with database.reading() as connection:
            for owner in ("u-1", None):
                work_list(connection, Wanted(owned=True, owner=owner), None, 25)
            assert owners_told(connection) == ["u-1"]
    found = {
        (table, statement)
        for statement, parameters in statements.items()
        for table in scanned(database, statement, parameters)
    }
    assert len(statements) > 40
    assert found == set()


@pytest.mark.parametrize("stages", [("lead", "MAL", "MQL"), ("SQL",), None])
def test_the_list_of_work_is_not_put_in_order(
    database: Database, stages: tuple[str, ...] | None
) -> None:
    with noted(database) as statements, database.reading() as connection:
        work_list(connection, Wanted(stages=stages, grades=("D",)), None, 25)
    [(statement, parameters)] = statements.items()
    assert not re.search("TEMP B-TREE|Sort", planned(database, statement, parameters))
