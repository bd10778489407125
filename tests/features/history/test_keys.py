"""Events by person, by account and as counters: a row of files is the row of a request."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.lead import Event, Lead
from features.declaration.table import concatenate
from features.history.history import History
from features.history.sources import ProfileFields, Sources
from features.local import LocalFeatures
from features.online import OnlineFeatures
from tests.features.samples import AS_OF, AS_OF_US, FEATURES, START
from tests.features.test_local import differing, write_csv

# A person with two leads in one account, a colleague, and a lead that is alone.
LEADS = {"1": ("p", "a"), "2": ("p", "a"), "3": ("q", "a"), "4": ("r", None)}
ONLINE = OnlineFeatures(FEATURES)
_HOURS = st.integers(1, 24 * 20)
_DELAY = timedelta(days=2)
# At the borders of the delay, and of a week that begins with it or without.
_DAYS = st.sampled_from([0, 1, 2, 3, 6, 7, 8, 9, 20])


@st.composite
def events_of(draw: st.DrawFn, keys: str) -> list[tuple[str, Event]]:
    """Events with ids by key; the same id may come again."""
    return [
        (
            draw(st.sampled_from(keys)),
            Event(
                event_type=draw(st.sampled_from(["demo", "page"])),
                occurred_at=AS_OF - timedelta(hours=draw(_HOURS)),
                event_id=str(draw(st.integers(0, 5))),
            ),
        )
        for _ in range(draw(st.integers(0, 6)))
    ]


@st.composite
def counters(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """Leads, days before `AS_OF`, and two counters."""
    row = st.tuples(st.sampled_from("1234"), _DAYS, st.integers(0, 2), st.integers(0, 2))
    return draw(st.lists(row, max_size=6))


def open_history(
    folder: Path,
    by_person: list[tuple[str, Event]],
    by_account: list[tuple[str, Event]],
    counted: list[tuple[str, int, int, int]],
) -> History:
    leads: list[dict[str, object]] = [
        {"id": key, "at": START, "person": person, "account": account}
        for key, (person, account) in LEADS.items()
    ]
    columns = {"occurred_at": "at", "event_type": "type", "event_id": "event"}
    sources = [
        {
            "path": write_csv(folder, name, _lines(events), ["key", "at", "type", "event"]),
            "columns": columns | {f"{name}_id": "key"},
        }
        for name, events in (("person", by_person), ("account", by_account))
    ]
    weeks: list[dict[str, object]] = [
        {"id": key, "at": AS_OF - timedelta(days=days), "demo": demo, "page": page}
        for key, days, demo, page in counted
    ]
    wide = {
        "path": write_csv(folder, "weeks", weeks, ["id", "at", "demo", "page"]),
        "columns": {"lead_id": "id", "occurred_at": "at"},
        "counters": ["demo", "page"],
        "known_after": "2d",
    }
    known = {"lead_id": "id", "created_at": "at", "person_id": "person", "account_id": "account"}
    return History.open(
        Sources.model_validate(
            {
                "leads": {
                    "path": write_csv(folder, "leads", leads, ["id", "at", "person", "account"]),
                    "columns": known,
                },
                "events": [*sources, wide],
            }
        ),
        ProfileFields(),
        folder,
    )


def _lines(events: list[tuple[str, Event]]) -> list[dict[str, object]]:
    return [
        {"key": key, "at": e.occurred_at, "type": e.event_type, "event": e.event_id}
        for key, e in events
    ]


def _of_counters(key: str, counted: list[tuple[str, int, int, int]]) -> list[Event]:
    moments = [
        (AS_OF - timedelta(days=days), kind, figure)
        for lead, days, demo, page in counted
        if lead == key
        for kind, figure in (("demo", demo), ("page", page))
    ]
    return [Event(kind, at, at + _DELAY, float(figure)) for at, kind, figure in moments if figure]


@settings(max_examples=15, deadline=None)
@given(events_of("pqr"), events_of("a"), counters())
def test_a_row_of_any_key_is_the_row_of_a_request(
    by_person: list[tuple[str, Event]],
    by_account: list[tuple[str, Event]],
    counted: list[tuple[str, int, int, int]],
) -> None:
    def own(key: str) -> list[Event]:
        of_person = [event for person, event in by_person if person == LEADS[key][0]]
        return of_person + _of_counters(key, counted)

    def others(key: str, account: str | None) -> list[Event] | None:
        if account is None:
            return None
        colleagues = [k for k, (_, theirs) in LEADS.items() if theirs == account and k != key]
        of_account = [event for owner, event in by_account if owner == account]
        return [event for colleague in colleagues for event in own(colleague)] + of_account

    with (
        TemporaryDirectory() as folder,
        open_history(Path(folder), by_person, by_account, counted) as history,
    ):
        lead = np.arange(len(LEADS))
        local = LocalFeatures(FEATURES, history).table(lead, np.full(len(LEADS), AS_OF_US))
        keys = history.leads().lead_id.tolist()
    rows = []
    for key in keys:
        account = LEADS[key][1]
        sent = Lead(key, START, account)
        rows.append(ONLINE.row(sent, own(key), AS_OF_US, others(key, account)).table)
    assert differing(local, concatenate(rows)) == []
