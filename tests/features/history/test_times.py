"""Timestamps as exports write them."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.contract.lead import micros
from features.history.history import HistoryError
from tests.features.files import read, write

BERLIN = ZoneInfo("Europe/Berlin")
TEN = datetime(2026, 7, 15, 10, tzinfo=UTC)


def created(folder: Path, moment: str, **settings: str) -> int:
    write(folder, "leads.csv", ["id,created", f"1,{moment}"])
    columns = {"lead_id": "id", "created_at": "created"}
    with read(folder, leads={"path": "leads.csv", "columns": columns, **settings}) as history:
        return int(history.leads().created[0])


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-15T10:30:00Z", datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-01-15 10:30:00+02:00", datetime(2026, 1, 15, 8, 30, tzinfo=UTC)),
        ("2026-01-15 10:30:00 +0200", datetime(2026, 1, 15, 8, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00.123456-05", datetime(2026, 1, 15, 15, 30, 0, 123456, tzinfo=UTC)),
        ("2026-01-15 10:30:00 -03:00", datetime(2026, 1, 15, 13, 30, tzinfo=UTC)),
        ("2026-01-15 10:30 UTC", datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
    ],
)
def test_an_offset_is_converted(tmp_path: Path, text: str, meant: datetime) -> None:
    assert created(tmp_path, text) == micros(meant, "test")
    # An offset wins against the zone of the source.
    assert created(tmp_path, text, timezone="Asia/Tokyo") == micros(meant, "test")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-15 10:30:00", datetime(2026, 1, 15, 10, 30, tzinfo=BERLIN)),
        ("2026-07-15T10:30", datetime(2026, 7, 15, 10, 30, tzinfo=BERLIN)),
        ("2026-03-29 03:00:00", datetime(2026, 3, 29, 3, 0, tzinfo=BERLIN)),
        ("2026-10-25 03:00:00", datetime(2026, 10, 25, 3, 0, tzinfo=BERLIN)),
        ("2026-03-29", datetime(2026, 3, 29, tzinfo=BERLIN)),
    ],
)
def test_local_times_are_meant_in_the_zone_of_the_source(
    tmp_path: Path, text: str, meant: datetime
) -> None:
    assert created(tmp_path, text, timezone="Europe/Berlin") == micros(meant, "test")


def test_a_time_format_reads_what_is_not_iso(tmp_path: Path) -> None:
    meant = micros(datetime(2026, 7, 15, 10, 30, tzinfo=BERLIN), "test")
    settings = {"time_format": "%d.%m.%Y %H:%M", "timezone": "Europe/Berlin"}
    assert created(tmp_path, "15.07.2026 10:30", **settings) == meant
    with pytest.raises(HistoryError, match="line 2: has no time zone"):
        created(tmp_path, "15.07.2026 10:30", time_format="%d.%m.%Y %H:%M")
    with pytest.raises(HistoryError, match="line 2: is no timestamp"):
        created(tmp_path, "2026-07-15 10:30", **settings)
    assert created(tmp_path, "15.07.2026 10:30 +0200", time_format="%d.%m.%Y %H:%M %z") == meant


@pytest.mark.parametrize(
    ("value", "kind", "meant"),
    [
        (TEN, pa.timestamp("ms", tz="UTC"), TEN),
        (TEN.replace(tzinfo=None), pa.timestamp("ns"), TEN.replace(tzinfo=BERLIN)),
        (date(2026, 7, 15), pa.date32(), datetime(2026, 7, 15, tzinfo=BERLIN)),
    ],
)
def test_typed_columns_of_parquet(
    tmp_path: Path, value: object, kind: pa.DataType, meant: datetime
) -> None:
    table = pa.table({"id": ["1"], "created": pa.array([value], kind)})
    pq.write_table(table, tmp_path / "leads.parquet")
    leads = {
        "path": "leads.parquet",
        "timezone": "Europe/Berlin",
        "columns": {"lead_id": "id", "created_at": "created"},
    }
    with read(tmp_path, leads=leads) as history:
        assert history.leads().created.tolist() == [micros(meant, "test")]


def test_typed_columns_without_zone_are_refused(tmp_path: Path) -> None:
    columns = {"lead_id": "id", "created_at": "created"}
    table = pa.table({"id": ["1"], "created": pa.array([date(2026, 7, 15)])})
    pq.write_table(table, tmp_path / "dates.parquet")
    with pytest.raises(HistoryError, match="column 'created' has no time zone"):
        read(tmp_path, leads={"path": "dates.parquet", "columns": columns})
    table = pa.table({"id": ["1"], "created": pa.array([1_700_000_000])})
    pq.write_table(table, tmp_path / "numbers.parquet")
    with pytest.raises(HistoryError, match="column 'created' is no timestamp"):
        read(tmp_path, leads={"path": "numbers.parquet", "columns": columns})
