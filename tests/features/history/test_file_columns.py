"""Files that one path means are read by the names of their columns, or the odd one is told."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.history.history import HistoryError
from tests.features.files import all_events, events, read, write

HEAD = "id,at,type,amount"
LINE = "1,2026-02-01T00:00:00Z,page,1"
AT = datetime(2026, 2, 1, tzinfo=UTC)
ROW = {"id": ["1"], "at": [AT], "type": ["page"], "amount": [1.0]}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    write(tmp_path / "log", "b.csv", [HEAD, LINE])
    return tmp_path / "log"


def _values(folder: Path, path: str) -> list[object]:
    with read(folder, events=[events(path, value="amount")]) as history:
        return [row[4] for row in all_events(history)]


def _mistake(folder: Path, path: str = "log/*.csv") -> str:
    with pytest.raises(HistoryError) as caught:
        _values(folder, path)
    assert str(caught.value).startswith("sources.events.0: ")
    return str(caught.value).removeprefix("sources.events.0: ")


@pytest.mark.parametrize("other", ["a.csv", "c.csv"])
@pytest.mark.parametrize(
    "lines",
    [
        ["amount,type,at,id", "2,page,2026-02-01T00:00:00Z,1"],
        ["id,at,extra,type,amount", "1,2026-02-01T00:00:00Z,x,page,2"],
        ["\ufeffid,at,type,amount", "1,2026-02-01T00:00:00Z,page,2"],
    ],
    ids=["order", "more", "byte order mark"],
)
def test_columns_are_found_by_name_in_each_file(log: Path, other: str, lines: list[str]) -> None:
    write(log, other, lines)
    assert _values(log.parent, "log/*.csv") == [1.0, 2.0]


@pytest.mark.parametrize("other", ["a.csv", "c.csv"])
@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("id,at,type", "the column 'amount' of"),
        ("id,at,kind", "the columns 'type', 'amount' of"),
        ("ID,at,type,amount", "the column 'id' of"),
    ],
)
def test_the_file_that_lacks_columns_is_told_with_them(
    log: Path, other: str, head: str, said: str
) -> None:
    write(log, other, [head])
    assert _mistake(log.parent) == (
        f"{log / other} lacks {said} {log / 'b.csv'}; write what is missing, or leave the file out "
        "of 'path'"
    )


def test_a_column_that_is_not_read_may_be_missing(log: Path) -> None:
    write(log, "a.csv", [f"note,{HEAD}", f"x,{LINE}"])
    assert _values(log.parent, "log/*.csv") == [1.0, 1.0]


def test_a_column_that_no_file_has_is_looked_for_in_the_first(log: Path) -> None:
    write(log, "a.csv", ["id,at,type,amounts", LINE])
    write(log, "b.csv", ["id,at,type,amounts", LINE])
    assert _mistake(log.parent) == (
        f"{log / 'a.csv'}, column 'amount' does not exist; did you mean 'amounts'?"
    )


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["a.csv", "c.csv.gz"])
def test_an_empty_file_among_others_is_told(log: Path, name: str, content: bytes) -> None:
    (log / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    said = _mistake(log.parent, "log/*.csv*")
    assert said.startswith(f"{log / name} lacks the columns 'id', 'at', 'type', 'amount' of ")
    assert said.endswith("it is empty, leave it out of 'path'")


def test_a_file_of_names_alone_holds_nothing(log: Path) -> None:
    write(log, "a.csv", [HEAD])
    assert _values(log.parent, "log/*.csv") == [1.0]


def test_another_delimiter_is_suspected(log: Path) -> None:
    write(log, "c.csv", [HEAD.replace(",", ";"), LINE.replace(",", ";")])
    assert _mistake(log.parent).endswith("one column only, perhaps with another delimiter")


def test_files_of_two_kinds_and_of_none_are_told(log: Path) -> None:
    pq.write_table(pa.table(ROW), log / "c.parquet")
    assert "let 'path' mean one kind, such as *.csv" in _mistake(log.parent, "log/*")
    (log / "c.parquet").rename(log / "notes.md")
    said = _mistake(log.parent, "log/*")
    assert said.startswith(f"{log / 'notes.md'} is neither CSV nor Parquet by its name")


@pytest.mark.parametrize("other", ["a.parquet", "c.parquet"])
def test_parquet_is_read_by_name_too(tmp_path: Path, other: str) -> None:
    pq.write_table(pa.table(ROW), tmp_path / "b.parquet")
    turned = dict(reversed((ROW | {"amount": ["2"], "note": ["x"]}).items()))
    pq.write_table(pa.table(turned), tmp_path / other)
    assert _values(tmp_path, "*.parquet") == [1.0, 2.0]
    pq.write_table(pa.table(ROW).drop_columns("amount"), tmp_path / other)
    assert _mistake(tmp_path, "*.parquet").startswith(
        f"{tmp_path / other} lacks the column 'amount' of {tmp_path / 'b.parquet'}"
    )
    (tmp_path / other).write_bytes(b"")
    assert _mistake(tmp_path, "*.parquet").startswith(f"{tmp_path / other}: DuckDB cannot read it")


def test_times_have_a_zone_in_all_files_or_in_none(tmp_path: Path) -> None:
    pq.write_table(pa.table(ROW), tmp_path / "a.parquet")
    pq.write_table(pa.table(ROW | {"at": [AT.replace(tzinfo=None)]}), tmp_path / "b.parquet")
    said = f"has a time zone in {tmp_path / 'a.parquet'} and none in {tmp_path / 'b.parquet'}"
    assert said in _mistake(tmp_path, "*.parquet")
    pq.write_table(pa.table(ROW | {"at": ["2026-02-01T00:00:00Z"]}), tmp_path / "b.parquet")
    assert _values(tmp_path, "*.parquet") == [1.0, 1.0]
