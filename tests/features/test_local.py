"""A row from files is the row of a request, bit for bit, however the files are cut."""

import csv
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from features.contract.lead import Event, Lead, micros
from features.declaration.feature_set import (
    FeatureSet,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
)
from features.declaration.table import FeatureTable, concatenate
from features.history.history import History
from features.history.sources import ProfileFields, Sources
from features.kernel import kernel
from features.local import LocalFeatures
from features.online import OnlineFeatures
from tests.features.samples import AS_OF, FEATURES, START, event_lists

PROFILE = ProfileFields(numeric=("employees",), categorical=("industry",))
ONLINE = OnlineFeatures(FEATURES)
MOMENTS = [AS_OF - timedelta(days=7), AS_OF - timedelta(hours=12), AS_OF]


@dataclass
class World:
    leads: list[Lead]
    events: dict[str, list[Event]]

    def others(self, lead: Lead) -> list[Event] | None:
        if lead.account_id is None:
            return None
        of_account = [x for x in self.leads if x.account_id == lead.account_id and x != lead]
        return [event for other in of_account for event in self.events[other.lead_id]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    leads = [
        Lead(
            lead_id=f"lead {number}",
            created_at=START,
            account_id=draw(st.sampled_from([None, "a", "b"])),
            profile={
                "employees": draw(st.sampled_from([None, 0, 50, 0.1, -2.5])),
                "industry": draw(st.sampled_from([None, "Bau", "Handel, Süd", "7"])),
            },
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    with_ids = draw(st.booleans())
    return World(leads, {x.lead_id: draw(event_lists(ids=with_ids, size=8)) for x in leads})


def write_csv(folder: Path, name: str, rows: list[dict[str, object]], columns: list[str]) -> str:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return f"{name}.csv"


def write_parquet(
    folder: Path, name: str, rows: list[dict[str, object]], columns: list[str]
) -> str:
    arrays = {c: pa.array([row[c] for row in rows], _type(c)) for c in columns}
    pq.write_table(pa.table(arrays), folder / f"{name}.parquet")
    return f"{name}.parquet"


def _type(column: str) -> pa.DataType:
    if column.endswith("_at"):
        return pa.timestamp("us", tz="UTC")
    return pa.float64() if column in {"employees", "value"} else pa.string()


def open_history(world: World, folder: Path, *, parquet: bool) -> History:
    write = write_parquet if parquet else write_csv
    lead_columns = ["lead_id", "created_at", "account_id"]
    leads: list[dict[str, object]] = [
        {"lead_id": x.lead_id, "created_at": x.created_at, "account_id": x.account_id, **x.profile}
        for x in world.leads
    ]
    event_columns = [
        "lead_id", "occurred_at", "recorded_at", "event_type", "value", "item", "event_id",
    ]  # fmt: skip
    events: list[dict[str, object]] = [
        {"lead_id": key, **{c: getattr(event, c) for c in event_columns[1:]}}
        for key, of_lead in world.events.items()
        for event in of_lead
    ]
    for event in events:
        event["recorded_at"] = event["recorded_at"] or event["occurred_at"]
        event |= {c: f" {event[c]}\u00a0" for c in ("event_type", "item", "event_id") if event[c]}
    sources = Sources.model_validate(
        {
            "leads": {
                "path": write(folder, "leads", leads, [*lead_columns, "employees", "industry"]),
                "columns": {c: c for c in lead_columns},
            },
            "events": [
                {
                    "path": write(folder, f"events{half}", events[half::2], event_columns),
                    "columns": {c: c for c in event_columns},
                }
                for half in (0, 1)
            ],
        }
    )
    return History.open(sources, PROFILE, folder)


def grid(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    lead = np.repeat(np.arange(len(history.leads())), len(MOMENTS))
    as_of = np.tile([micros(m, "as_of") for m in MOMENTS], len(history.leads()))
    return lead, as_of


def differing(one: FeatureTable, other: FeatureTable) -> list[tuple[int, str, object, object]]:
    return [
        (row, feature.name, one.value(row, column), other.value(row, column))
        for column, feature in enumerate(one.feature_set.features)
        for row in range(len(one))
        if one.numbers[row, column].tobytes() != other.numbers[row, column].tobytes()
        or one.value(row, column) != other.value(row, column)
    ]


@settings(max_examples=20, deadline=None)
@given(worlds(), st.booleans())
def test_a_row_from_files_is_the_row_of_a_request(world: World, parquet: bool) -> None:
    with (
        TemporaryDirectory() as folder,
        open_history(world, Path(folder), parquet=parquet) as history,
    ):
        lead, as_of = grid(history)
        local = LocalFeatures(FEATURES, history).table(lead, as_of)
        by_key = {x.lead_id: x for x in world.leads}
        ordered = [by_key[history.leads().lead_id[code]] for code in lead]
    online = concatenate(
        [
            ONLINE.row(x, world.events[x.lead_id], int(moment), world.others(x)).table
            for x, moment in zip(ordered, as_of, strict=True)
        ]
    )
    assert differing(local, online) == []


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_partitions_do_not_change_the_table(world: World) -> None:
    with TemporaryDirectory() as folder, open_history(world, Path(folder), parquet=True) as history:
        lead, as_of = grid(history)
        whole = LocalFeatures(FEATURES, history)
        cut = LocalFeatures(FEATURES, history, partition_events=2, partition_rows=3)
        done: list[int] = []
        assert differing(whole.table(lead, as_of), cut.table(lead, as_of, done.append)) == []
        assert sum(done) == len(lead)
        accounts = len(set(history.leads().account.tolist()))
        assert len(done) == accounts
        assert [rows.start for rows, _ in whole.partitions(lead, as_of)] == [0]


@settings(max_examples=10, deadline=None)
@given(worlds())
def test_an_account_is_divided_where_no_feature_looks_at_the_whole_of_it(world: World) -> None:
    of_leads = FeatureSet(
        features=tuple(f for f in FEATURES.features if getattr(f, "level", "lead") == "lead")
    )
    assert of_leads.levels == {"lead"}
    with TemporaryDirectory() as folder, open_history(world, Path(folder), parquet=True) as history:
        lead, as_of = grid(history)
        whole = LocalFeatures(of_leads, history)
        cut = LocalFeatures(of_leads, history, partition_events=2, partition_rows=1)
        done: list[int] = []
        assert differing(whole.table(lead, as_of), cut.table(lead, as_of, done.append)) == []
        assert len(done) == len(set(lead.tolist()))


@pytest.fixture
def history(tmp_path: Path) -> History:
    world = World([Lead("1", START), Lead("2", START)], {"1": [], "2": []})
    return open_history(world, tmp_path, parquet=False)


def test_rows_must_be_sorted_by_lead(history: History) -> None:
    with history, pytest.raises(ValueError, match="sorted by lead"):
        LocalFeatures(FEATURES, history).table(np.array([1, 0]), _as_of(AS_OF, AS_OF))


def test_a_row_before_its_lead_is_refused(history: History) -> None:
    early = START - timedelta(microseconds=1)
    with history, pytest.raises(ValueError, match="before its lead was created"):
        LocalFeatures(FEATURES, history).table(np.array([0, 1]), _as_of(AS_OF, early))


def test_a_field_that_was_not_declared_is_missing(history: History) -> None:
    features = FeatureSet(
        features=(ProfileNumber(field="revenue"), ProfileCategory(field="role"), MissingCount())
    )
    with history:
        table = LocalFeatures(features, history).table(np.array([0]), _as_of(AS_OF))
    assert [table.value(0, column) for column in range(3)] == [None, None, 2.0]


@pytest.mark.skipif(
    not hasattr(kernel.compute_parallel, "signatures"), reason="nothing is compiled"
)
def test_nothing_is_compiled_anew_for_moments_with_gaps_or_that_may_not_be_written(
    history: History,
) -> None:
    as_of = _as_of(AS_OF, AS_OF)
    compiled: Any = kernel.compute_parallel
    with history:
        features = LocalFeatures(FEATURES, history)
        features.table(np.array([0, 1]), as_of)
        before = list(compiled.signatures)
        features.table(np.array([0, 1]), np.repeat(as_of, 2)[::2])
        as_of.setflags(write=False)
        features.table(np.array([0, 1]), as_of)
    assert compiled.signatures == before


def test_no_rows_make_an_empty_table(history: History) -> None:
    with history:
        none = np.empty(0, dtype=np.int64)
        assert len(LocalFeatures(FEATURES, history).table(none, none)) == 0


def _as_of(*moments: datetime) -> NDArray[np.int64]:
    return np.array([micros(m, "as_of") for m in moments])
