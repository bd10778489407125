"""A Delta table is read as its newest version is, by its files, or refused with what to do."""

import base64
import json
import string
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from features.history.history import HistoryError
from tests.features.files import all_events, events, read

deltalake = pytest.importorskip("deltalake")

AT = datetime(2026, 2, 1, tzinfo=UTC)


def _table(*amounts: float, kind: str = "page") -> pa.Table:
    rows = len(amounts)
    return pa.table(
        {
            "id": ["1"] * rows,
            "at": pa.array([AT] * rows, pa.timestamp("us", tz="UTC")),
            "type": [kind] * rows,
            "amount": list(amounts),
        }
    )


@pytest.fixture
def delta(tmp_path: Path) -> Path:
    folder = tmp_path / "what they did, für uns"
    deltalake.write_deltalake(str(folder), _table(1.0, 2.0))
    deltalake.write_deltalake(str(folder), _table(3.0), mode="append")
    return folder


def _amounts(folder: Path, path: str, **columns: str) -> list[object]:
    with read(folder, events=[events(path, **({"value": "amount"} | columns))]) as history:
        return [row[4] for row in all_events(history)]


def _mistake(delta: Path, **columns: str) -> str:
    with pytest.raises(HistoryError) as caught:
        _amounts(delta.parent, delta.name, **columns)
    return str(caught.value)


def _forge(delta: Path, name: str, content: dict[str, object]) -> None:
    """Change what the first entry of the log says."""
    log = delta / "_delta_log" / f"{0:020}.json"
    actions = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    for action in actions:
        if name in action:
            action[name] |= content
    log.write_text("\n".join(map(json.dumps, actions)), encoding="utf-8")


def test_all_files_of_a_table_are_read(delta: Path) -> None:
    assert _amounts(delta.parent, delta.name) == [1.0, 2.0, 3.0]
    assert _amounts(delta.parent, str(delta)) == [1.0, 2.0, 3.0]


def test_rows_of_earlier_versions_are_gone(delta: Path) -> None:
    deltalake.DeltaTable(str(delta)).delete("amount = 1.0")
    assert _amounts(delta.parent, delta.name) == [2.0, 3.0]
    deltalake.write_deltalake(str(delta), _table(4.0), mode="overwrite")
    assert len(list(delta.glob("*.parquet"))) > 1
    assert _amounts(delta.parent, delta.name) == [4.0]


@pytest.mark.parametrize("divided_by", [None, ["type"]])
def test_files_that_a_table_let_go_of_are_not_read(
    tmp_path: Path, divided_by: list[str] | None
) -> None:
    delta = tmp_path / "log"
    deltalake.write_deltalake(str(delta), _table(1.0, 2.0), partition_by=divided_by)
    deltalake.DeltaTable(str(delta)).delete("amount = 1.0")
    file = next(delta.glob("**/part-*.parquet"))
    for path in ("log/**/*.parquet", str(file)):
        with pytest.raises(HistoryError) as caught:
            _amounts(tmp_path, path)
        assert str(caught.value).startswith(f"sources.events.0: {file.parent}/part-")
        told = f" is part of the Delta table {delta}; set 'path' to that folder"
        assert str(caught.value).endswith(told)


def test_a_column_that_older_files_lack_is_told_with_what_to_do(tmp_path: Path) -> None:
    delta = tmp_path / "log"
    deltalake.write_deltalake(str(delta), _table(1.0).drop_columns("amount"))
    deltalake.write_deltalake(str(delta), _table(2.0), mode="append", schema_mode="merge")
    said = _mistake(delta)
    assert " lacks the column 'amount' of " in said
    assert said.endswith("; rewrite the Delta table once, so that all its files have all columns")
    table = deltalake.DeltaTable(str(delta)).to_pyarrow_table()
    deltalake.write_deltalake(str(delta), table, mode="overwrite")
    assert set(_amounts(tmp_path, "log")) == {None, 2.0}


def test_an_escape_in_the_name_of_a_folder_is_told(delta: Path) -> None:
    renamed = delta.rename(delta.parent / "what%20they did")
    assert f"the Delta table {renamed} has a '%' in its name; rename the folder" in _mistake(
        renamed
    )
    assert _amounts(delta.parent, renamed.rename(delta.parent / "100 %").name) == [1.0, 2.0, 3.0]


def test_a_value_that_cannot_be_read_is_told_by_its_file(delta: Path) -> None:
    deltalake.write_deltalake(str(delta), _table(float("inf")), mode="append")
    said = _mistake(delta)
    assert f"{delta}/part-" in said
    assert "column 'amount', row 1: is no number between" in said


def test_a_table_may_be_divided_by_what_is_not_read(tmp_path: Path) -> None:
    delta = tmp_path / "log"
    for number, kind in enumerate(["007", "a b/ü"]):
        deltalake.write_deltalake(
            str(delta), _table(number, kind=kind), partition_by=["type"], mode="append"
        )
    declared = events("log", value="amount") | {"constants": {"event_type": "page"}}
    declared["columns"] = {"lead_id": "id", "occurred_at": "at", "value": "amount"}
    with read(tmp_path, events=[declared]) as history:
        assert [row[4] for row in all_events(history)] == [0.0, 1.0]
    said = _mistake(delta)
    assert said.startswith("sources.events.0: column 'type' divides the Delta table into folders")


def test_names_that_are_mapped_are_refused(delta: Path) -> None:
    fields = [
        {
            "name": name, "type": kind, "nullable": True,
            "metadata": {"delta.columnMapping.id": n, "delta.columnMapping.physicalName": f"c{n}"},
        }
        for n, (name, kind) in enumerate(
            {"id": "string", "at": "timestamp", "type": "string", "amount": "double"}.items()
        )
    ]  # fmt: skip
    _forge(delta, "protocol", {"minReaderVersion": 2, "minWriterVersion": 5})
    _forge(
        delta,
        "metaData",
        {
            "configuration": {"delta.columnMapping.mode": "name"},
            "schemaString": json.dumps({"type": "struct", "fields": fields}),
        },
    )
    assert "maps names of columns" in _mistake(delta)


def test_rows_that_were_deleted_beside_their_file_are_refused(delta: Path) -> None:
    features = {"readerFeatures": ["deletionVectors"], "writerFeatures": ["deletionVectors"]}
    _forge(delta, "protocol", {"minReaderVersion": 3, "minWriterVersion": 7, **features})
    assert _amounts(delta.parent, delta.name) == [1.0, 2.0, 3.0]
    # One bitmap with one container that holds the row 0, as the protocol writes it into the log.
    bitmap = struct.pack("<IQIIIHHIH", 1681511377, 1, 0, 12346, 1, 0, 0, 16, 0)
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    encoded = base64.b85encode(bitmap + bytes(-len(bitmap) % 4)).decode()
    table = str.maketrans(
        alphabet + "!#$%&()*+-;<=>?@^_`{|}~",
        string.digits + string.ascii_lowercase + string.ascii_uppercase + ".-:+=^!/*?&<>()[]{}@%$#",
    )
    vector = {
        "storageType": "i",
        "pathOrInlineDv": encoded.translate(table),
        "sizeInBytes": len(bitmap),
        "cardinality": 1,
    }
    _forge(delta, "add", {"deletionVector": vector})
    assert "has deletion vectors" in _mistake(delta)


def test_what_is_no_table_is_told(delta: Path) -> None:
    _forge(delta, "protocol", {"minReaderVersion": 99})
    assert f"the Delta table {delta} cannot be read: " in _mistake(delta)
    for entry in (delta / "_delta_log").iterdir():
        entry.unlink()
    assert f"the Delta table {delta} cannot be read: " in _mistake(delta)


def test_a_table_without_rows_is_told(delta: Path) -> None:
    deltalake.DeltaTable(str(delta)).delete()
    assert f"the Delta table {delta} is empty" in _mistake(delta)


def test_a_file_that_is_gone_is_told(delta: Path) -> None:
    gone = next(delta.glob("*.parquet"))
    gone.unlink()
    assert f"the Delta table {delta} lacks its file {gone}" in _mistake(delta)


def test_what_to_install_is_told(delta: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "deltalake", None)
    assert f"{delta} is a Delta table; install 'leadscore[delta]'" in _mistake(delta)
