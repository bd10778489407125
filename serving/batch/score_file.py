"""Files of scores, written whole or not at all: reasons as structures in Parquet, JSON in CSV."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate, chain
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from features.contract.mistake import MistakeError
from serving.scoring.answer import Answer
from serving.scoring.reasons import FeatureShare, Reason

Item = TypeVar("Item")

WriteAnswers = Callable[[list[Answer]], None]

_REASONS: TypeAdapter[list[Reason]] = TypeAdapter(list[Reason])

_FEATURE = pa.struct({"feature": pa.string(), "value": pa.string(), "contribution": pa.float64()})
_REASON = pa.struct(
    {
        "subject": pa.string(),
        "contribution": pa.float64(),
        "direction": pa.string(),
        "text": pa.string(),
        "features": pa.list_(_FEATURE),
    }
)
_SCHEMA = pa.schema(
    {
        "lead_id": pa.string(),
        "as_of": pa.timestamp("us", tz="UTC"),
        "probability": pa.float64(),
        "score": pa.int64(),
        "grade": pa.string(),
        "basis": pa.string(),
        "fallback_reason": pa.string(),
        "log_odds": pa.float64(),
        "base_log_odds": pa.float64(),
        "fit": pa.float64(),
        "behaviour": pa.float64(),
        "reasons": pa.list_(_REASON),
        "other_contribution": pa.float64(),
        "missing": pa.list_(pa.string()),
        "unknown": pa.list_(pa.string()),
        "model_version": pa.string(),
    }
)


class OutputError(MistakeError):
    """Scores cannot be written there; the message says what to do."""


@contextmanager
def score_file(path: Path) -> Iterator[WriteAnswers]:
    """Open a file of scores; it appears under its name once all is written.

    Args:
        path: A ``.parquet`` or ``.csv`` file.

    Raises:
        OutputError: The suffix is another one, or the folder is missing or cannot be written to.
    """
    writers = {".parquet": _parquet, ".csv": _csv}
    if path.suffix not in writers:
        raise OutputError(f"{path}: scores are written as .parquet or .csv; name such a file")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with writers[path.suffix](unfinished) as write:
            yield write
        unfinished.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _parquet(path: Path) -> Iterator[WriteAnswers]:
    with pq.ParquetWriter(path, _SCHEMA) as writer:
        yield lambda answers: writer.write_table(_table(answers))


def _table(answers: list[Answer]) -> pa.Table:
    columns = {
        name: pa.array([getattr(answer, name) for answer in answers], _SCHEMA.field(name).type)
        for name in _SCHEMA.names
        if name != "reasons"
    }
    columns["reasons"] = _nested([answer.reasons for answer in answers], _reasons)
    return pa.table([columns[name] for name in _SCHEMA.names], _SCHEMA)


def _reasons(reasons: list[Reason]) -> pa.Array:
    columns = {
        field.name: pa.array([getattr(reason, field.name) for reason in reasons], field.type)
        for field in _REASON
        if field.name != "features"
    }
    columns["features"] = _nested([reason.features for reason in reasons], _features)
    return pa.StructArray.from_arrays([columns[field.name] for field in _REASON], fields=[*_REASON])


def _features(features: list[FeatureShare]) -> pa.Array:
    values = [feature["value"] for feature in features]
    columns = [
        pa.array([feature["feature"] for feature in features], pa.string()),
        pa.array([None if value is None else str(value) for value in values], pa.string()),
        pa.array([feature["contribution"] for feature in features], pa.float64()),
    ]
    return pa.StructArray.from_arrays(columns, fields=[*_FEATURE])


def _nested(lists: Sequence[list[Item]], array: Callable[[list[Item]], pa.Array]) -> pa.Array:
    """Return lists as an array of lists, from the array of all their items."""
    offsets = pa.array([0, *accumulate(map(len, lists))], pa.int32())
    return pa.ListArray.from_arrays(offsets, array([*chain.from_iterable(lists)]))


@contextmanager
def _csv(path: Path) -> Iterator[WriteAnswers]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _SCHEMA.names, extrasaction="ignore")
        writer.writeheader()
        yield lambda answers: writer.writerows(_flat_rows(answers))


def _flat_rows(answers: Iterable[Answer]) -> Iterator[dict[str, object]]:
    for answer in answers:
        row = answer.model_dump(mode="json", exclude={"reasons"})
        row["reasons"] = _REASONS.dump_json(answer.reasons).decode()
        row["missing"] = ";".join(answer.missing)
        row["unknown"] = ";".join(answer.unknown)
        yield row
