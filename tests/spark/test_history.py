"""A history in Spark says what the local one says, and its features are the same bit for bit."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import SparkSession

from features.contract.lead import micros
from features.declaration.feature_set import FeatureSet, MissingCount, ProfileCategory
from features.drivers import features_of
from features.history.history import History, HistoryError
from features.history.sources import ProfileFields, Sources
from features.local import LocalFeatures
from features.spark import reading
from features.spark.features import SparkFeatures
from features.spark.history import SparkHistory
from tests.features.samples import AS_OF, FEATURES, START
from tests.features.test_local import differing

LEADS = 40
PROFILE = ProfileFields(numeric=("employees",), categorical=("industry",))
TYPES = ("page_view", "email_open", "demo_request", "it's \\ odd")
NOW = micros(AS_OF, "now")
MOMENTS = [micros(AS_OF - timedelta(days=days), "as_of") for days in (7, 1, 0)]


def _at(hours: float) -> datetime:
    return AS_OF - timedelta(hours=hours)


def write_leads(folder: Path) -> None:
    """Write leads of big, small and no accounts, some by the same person, and what was known."""
    lines = ["id,created,company,person,employees,industry"]
    for n in range(LEADS):
        company = ["", "big", "big", f"small {n // 6}"][n % 4]
        lines.append(
            f"L{n:02},{START.isoformat()},{company},{f'P{n // 3}' if n % 5 else ''},"
            f"{['', '0', '50', '0.1'][n % 4]},{['', 'Bau', '7'][n % 3]}"
        )
    (folder / "leads.csv").write_text("\n".join(lines), encoding="utf-8")
    known = ["id,at,industry"]
    known += [f"L{n:02},{_at(24 * n % 400).isoformat()},Handel {n % 2}" for n in range(LEADS)]
    (folder / "known.csv").write_text("\n".join(known), encoding="utf-8")


def write_events(folder: Path, random: np.random.Generator) -> None:
    """Write events in three files of Parquet: with ids told twice, unknown leads, future ones."""
    for part in range(3):
        count = 300
        hours = random.integers(-50, 24 * 40, count)
        known = hours - random.integers(0, 48, count)
        table = pa.table(
            {
                "event": [f"e{n}" if n % 3 else None for n in random.integers(0, 150, count)],
                "id": [f"L{n:02}" for n in random.integers(0, LEADS + 5, count) % (LEADS + 2)],
                "type": [f" {TYPES[n]}" for n in random.integers(0, 4, count)],
                "at": pa.array([_at(h) for h in hours.tolist()], pa.timestamp("us", tz="UTC")),
                "known": pa.array([_at(h) for h in known.tolist()], pa.timestamp("us", tz="UTC")),
                "minutes": [[None, 1.5, 0.1, 1e9][n] for n in random.integers(0, 4, count)],
                "page": [[None, "x", "y"][n] for n in random.integers(0, 3, count)],
            }
        )
        pq.write_table(table, folder / f"events{part}.parquet", row_group_size=50)
    (folder / "usage.csv").write_text(
        "company;day;logins;seats\n"
        + "".join(
            f"{['big', 'small 1', 'nobody'][n % 3]};{_at(30 * n):%d.%m.%Y};{n % 4};{n}\n"
            for n in range(30)
        ),
        encoding="utf-8",
    )
    with sqlite3.connect(folder / "calls.db") as database:
        database.execute("CREATE TABLE calls (person TEXT, at TEXT, minutes REAL)")
        rows = [(f"P{n % 9}", _at(17 * n).isoformat(), n / 3) for n in range(60)]
        database.executemany("INSERT INTO calls VALUES (?, ?, ?)", rows)
    database.close()
    stages = "".join(f"L{n:02},SQL,{_at(100 - n).isoformat()}\n" for n in range(0, LEADS, 3))
    (folder / "stages.csv").write_text(f"id,stage,at\n{stages}", encoding="utf-8")


SOURCES = Sources.model_validate(
    {
        "leads": {
            "path": "leads.csv",
            "columns": {
                "lead_id": "id", "created_at": "created", "account_id": "company",
                "person_id": "person",
            },
        },
        "events": [
            {
                "path": "events*.parquet",
                "columns": {
                    "event_id": "event", "lead_id": "id", "event_type": "type",
                    "occurred_at": "at", "recorded_at": "known", "value": "minutes",
                    "item": "page",
                },
            },
            {
                "path": "usage.csv", "delimiter": ";", "timezone": "Europe/Berlin",
                "time_format": "%d.%m.%Y", "counters": ["logins", "seats"], "seen": "usage",
                "known_after": "1d",
                "columns": {"account_id": "company", "occurred_at": "day"},
            },
            {
                "query": "SELECT * FROM calls -- 'ü';\n; -- all; really",
                "database": "sqlite:///calls.db",
                "constants": {"event_type": "call"},
                "columns": {"person_id": "person", "occurred_at": "at", "value": "minutes"},
            },
        ],
        "stages": [
            {"path": "stages.csv", "columns": {"lead_id": "id", "stage": "stage", "at": "at"}}
        ],
        "profiles": [
            {
                "path": "known.csv", "fields": ["industry"],
                "columns": {"lead_id": "id", "recorded_at": "at"},
            }
        ],
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    write_leads(folder)
    write_events(folder, np.random.default_rng(11))
    return folder


@pytest.fixture(scope="module")
def local(folder: Path) -> Iterator[History]:
    with History.open(SOURCES, PROFILE, folder, now=NOW) as history:
        yield history


@pytest.fixture(scope="module")
def in_spark(spark: SparkSession, folder: Path) -> Iterator[SparkHistory]:
    pieces, reading.PIECE_BYTES = reading.PIECE_BYTES, 1000
    with SparkHistory.open_at(None, SOURCES, PROFILE, folder, now=NOW) as history:
        yield history
    reading.PIECE_BYTES = pieces


def grid(history: History) -> tuple[np.ndarray, np.ndarray]:
    count = len(history.leads())
    return np.repeat(np.arange(count), len(MOMENTS)), np.tile(MOMENTS, count)


def test_both_report_the_same(local: History, in_spark: SparkHistory) -> None:
    assert in_spark.report == local.report
    report = local.report
    assert report.duplicate_events > 0
    assert report.events_in_future > 0
    assert report.events_of_unknown_leads > 0


def test_events_are_held_once(spark: SparkSession, in_spark: SparkHistory) -> None:
    assert in_spark.report.events > 0
    assert spark.sparkContext._jsc.getPersistentRDDs().size() == 1


def test_both_answer_the_same_questions(local: History, in_spark: SparkHistory) -> None:
    assert in_spark.event_types() == local.event_types()
    assert in_spark.event_types(MOMENTS[0]) == local.event_types(MOMENTS[0])
    assert in_spark.names() == local.names()
    assert "it's \\ odd" in in_spark.names()[0]
    assert in_spark.accounts_tell_more()
    assert in_spark.last_moment() == local.last_moment()
    assert in_spark.complete_until() == local.complete_until()
    assert in_spark.crowded_until() == local.crowded_until()
    assert in_spark.eventful(MOMENTS[0]).tolist() == local.eventful(MOMENTS[0]).tolist()


def test_both_find_the_same_moments(local: History, in_spark: SparkHistory) -> None:
    for event_type in (*TYPES, "never"):
        for found, expected in zip(
            in_spark.event_times(event_type), local.event_times(event_type), strict=True
        ):
            assert found.tolist() == expected.tolist()
    in_order = [
        sorted(zip(*(column.tolist() for column in history.event_moments()), strict=True))
        for history in (in_spark, local)
    ]
    assert in_order[0] == in_order[1]


def test_features_are_the_same_bit_for_bit(local: History, in_spark: SparkHistory) -> None:
    lead, as_of = grid(local)
    features = features_of(FEATURES, in_spark)
    assert isinstance(features, SparkFeatures)
    done: list[int] = []
    found = features.table(lead, as_of, done.append)
    assert differing(found, LocalFeatures(FEATURES, local).table(lead, as_of)) == []
    assert sum(done) == len(lead)


def test_rows_of_some_leads_and_none(local: History, in_spark: SparkHistory) -> None:
    lead, as_of = grid(local)
    some = np.isin(lead, [3, 17])
    found = features_of(FEATURES, in_spark).table(lead[some], as_of[some])
    expected = LocalFeatures(FEATURES, local).table(lead[some], as_of[some])
    assert differing(found, expected) == []
    assert len(features_of(FEATURES, in_spark).table(lead[:0], as_of[:0])) == 0


def test_features_of_the_profile_alone_need_no_task(local: History, in_spark: SparkHistory) -> None:
    profile = FeatureSet(features=(ProfileCategory(field="industry"), MissingCount()))
    lead, as_of = grid(local)
    found = features_of(profile, in_spark).table(lead, as_of)
    assert differing(found, LocalFeatures(profile, local).table(lead, as_of)) == []


def test_one_file_is_read_in_pieces(in_spark: SparkHistory, folder: Path) -> None:
    plan = reading.EventPieces.plan(
        SOURCES.events[0], "sources.events.0", folder, SOURCES.leads.columns
    )
    assert plan.pieces is not None
    assert len(plan.pieces) > 3


def test_every_account_is_in_one_bucket(in_spark: SparkHistory) -> None:
    account, bucket = in_spark.leads().account, in_spark.buckets.of_lead
    assert in_spark.buckets.count > 2
    assert len(np.unique(np.stack([account, bucket]), axis=1).T) == len(np.unique(account))
    asked = in_spark.connection.sql(in_spark.buckets.sql).fetchnumpy()
    by_sql = dict(zip(asked["account"].tolist(), asked["bucket"].tolist(), strict=True))
    assert [by_sql[code] for code in account.tolist()] == bucket.tolist()


def test_a_delta_table_is_read_by_tasks(spark: SparkSession, folder: Path) -> None:
    deltalake = pytest.importorskip("deltalake")
    for part in range(2):
        table = pq.read_table(folder / f"events{part}.parquet")
        deltalake.write_deltalake(str(folder / "events_delta"), table, mode="append")
    parquet = SOURCES.events[0]
    delta = parquet.model_copy(update={"path": "events_delta"})
    with SparkHistory.open_at(
        None, SOURCES.model_copy(update={"events": (delta,)}), PROFILE, folder, now=NOW
    ) as history:
        found = history.report
    some = parquet.model_copy(update={"path": "events_delta/*.parquet"})
    with pytest.raises(HistoryError, match="is part of the Delta table"):
        reading.EventPieces.plan(some, "sources.events.0", folder, SOURCES.leads.columns)
    files = parquet.model_copy(update={"path": "events[01].parquet"})
    with History.open(
        SOURCES.model_copy(update={"events": (files,)}), PROFILE, folder, now=NOW
    ) as local:
        assert found == local.report
