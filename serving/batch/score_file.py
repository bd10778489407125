"""Files of scores, written whole or not at all: reasons as structures in Parquet, JSON in CSV."""

import csv
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic_core import to_json

from features.contract.mistake import MistakeError
from serving.batch.schema import SCORES

WriteScores = Callable[[pa.RecordBatch], None]
OpenFile = Callable[[Path], AbstractContextManager[WriteScores]]


class OutputError(MistakeError):
    """Scores cannot be written there; the message says what to do."""


@contextmanager
def score_file(path: Path, categories: Collection[str] = ()) -> Iterator[WriteScores]:
    """Open a file of scores; it appears under its name once all is written.

    Args:
        path: A ``.parquet`` or ``.csv`` file.
        categories: Names of the features whose values are texts; JSON has numbers of others.

    Raises:
        OutputError: The suffix is another one, or the folder is missing or cannot be written to.
    """
    csv_file = partial(_csv, categories=frozenset(categories))
    writers: dict[str, OpenFile] = {".parquet": _parquet, ".csv": csv_file}
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
def _parquet(path: Path) -> Iterator[WriteScores]:
    with pq.ParquetWriter(path, SCORES) as writer:
        yield writer.write_batch


@contextmanager
def _csv(path: Path, categories: frozenset[str]) -> Iterator[WriteScores]:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, SCORES.names)
        writer.writeheader()
        yield lambda scores: writer.writerows(_flat(row, categories) for row in scores.to_pylist())


def _flat(row: dict[str, Any], categories: frozenset[str]) -> dict[str, Any]:
    for reason in row["reasons"]:
        for share in reason["features"]:
            if share["value"] is not None and share["feature"] not in categories:
                share["value"] = float(share["value"])
    lists = {name: ";".join(row[name]) for name in ("missing", "unknown")}
    as_of = row["as_of"].isoformat().replace("+00:00", "Z")
    return {**row, **lists, "as_of": as_of, "reasons": to_json(row["reasons"]).decode()}
