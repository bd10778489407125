"""Files of scores: read back as they were, whole or not at all."""

import csv
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.declaration.table import Value
from serving.batch.schema import SCORES
from serving.batch.score_file import OutputError, score_file
from serving.scoring.answer import Answer
from serving.scoring.reasons import FeatureShare, Reason

AS_OF = datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC)


def _answer(number: int) -> Answer:
    return Answer(
        lead_id=f'L{number};\n"ä',
        as_of=AS_OF,
        probability=0.25,
        score=80,
        grade="B",
        basis="model",
        fallback_reason=None,
        log_odds=-1.1,
        base_log_odds=-2.0,
        fit=0.4,
        behaviour=0.5,
        reasons=[_reason(12.5, "Müller, Söhne"), _reason(None)],
        other_contribution=0.1,
        missing=["employees", "industry"],
        events_ignored=0,
        events_incomplete=0,
        unknown=["profile.industry", "profile.role"],
        model_version="firm/1",
        rules=None,
    )


def _reason(*values: Value) -> Reason:
    shares: list[FeatureShare] = [
        {
            "feature": "text" if value == "Müller, Söhne" else f"feature {n}",
            "value": value,
            "contribution": 0.3 * (n + 1),
        }
        for n, value in enumerate(values)
    ]
    return Reason.about("event:x", 0.9, "Größe: 2-mal", shares)


def _write(path: Path, *chunks: int) -> None:
    with score_file(path, ["text"]) as file:
        number = 0
        for size in chunks:
            file.write(file.form(_batch([_answer(number + n) for n in range(size)])))
            number += size


def _batch(answers: list[Answer]) -> pa.RecordBatch:
    rows = [answer.model_dump(include={*SCORES.names}) for answer in answers]
    for row in rows:
        for share in (share for reason in row["reasons"] for share in reason["features"]):
            share["value"] = None if share["value"] is None else str(share["value"])
    return pa.RecordBatch.from_pylist(rows, SCORES)


def test_parquet_is_read_back(tmp_path: Path) -> None:
    _write(tmp_path / "scores.parquet", 2, 1)
    rows = pq.read_table(tmp_path / "scores.parquet").to_pylist()
    assert [row["lead_id"] for row in rows] == [_answer(n).lead_id for n in range(3)]
    first, answer = rows[0], _answer(0)
    for field in rows[0].keys() - {"lead_id", "reasons"}:
        assert first[field] == getattr(answer, field), field
    for reason, written in zip(answer.reasons, first["reasons"], strict=True):
        shares = [
            {**share, "value": None if share["value"] is None else str(share["value"])}
            for share in reason.features
        ]
        assert written == asdict(reason) | {"features": shares}


def test_csv_is_read_back(tmp_path: Path) -> None:
    _write(tmp_path / "scores.csv", 2, 1)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["lead_id"] for row in rows] == [_answer(n).lead_id for n in range(3)]
    first, answer = rows[0], _answer(0)
    assert float(first["probability"]) == answer.probability
    assert datetime.fromisoformat(first["as_of"]) == AS_OF
    assert json.loads(first["reasons"]) == [asdict(reason) for reason in answer.reasons]
    assert first["missing"] == "employees;industry"
    assert first["unknown"] == "profile.industry;profile.role"
    assert first["fallback_reason"] == ""


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_both_have_the_same_columns_and_may_be_empty(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"scores.{suffix}"
    _write(path)
    columns = (
        pq.read_table(path).column_names
        if suffix == "parquet"
        else path.read_text(encoding="utf-8").strip().split(",")
    )
    assert columns[:4] == ["lead_id", "as_of", "probability", "score"]
    assert columns[-2:] == ["use_case", "use_case_away"]
    assert len(columns) == 19


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_a_fault_on_the_way_leaves_what_was_there_before(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"scores of yesterday")
    with pytest.raises(ZeroDivisionError), score_file(path, ["text"]) as file:
        file.write(file.form(_batch([_answer(0)])))
        raise ZeroDivisionError
    assert path.read_bytes() == b"scores of yesterday"
    assert [found.name for found in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_a_fault_on_the_way_leaves_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ZeroDivisionError), score_file(tmp_path / name, ["text"]) as file:
        file.write(file.form(_batch([_answer(0)])))
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_a_file_of_an_earlier_run_is_replaced(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    _write(path, 3)
    long = path.stat().st_size
    _write(path)
    assert path.stat().st_size < long


@pytest.mark.parametrize("name", ["scores.xlsx", "scores", "scores.csv.gz"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"as \.parquet or \.csv"):
        _write(tmp_path / name, 1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv"])
def test_a_missing_folder_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / "nowhere" / name
    with pytest.raises(OutputError) as caught:
        _write(path, 1)
    assert str(caught.value) == f"{path}: there is no folder {path.parent}; make it first"


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        _write(path, 1)
