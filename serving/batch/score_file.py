"""Files of scores, written whole or not at all: reasons as structures in Parquet, JSON in CSV."""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from features.contract.mistake import MistakeError
from serving.batch.csv_lines import header, lines_of
from serving.batch.schema import SCORES


class OutputError(MistakeError):
    """Scores cannot be written there; the message says what to do."""


class ScoreFile(NamedTuple):
    """An open file of scores.

    Attributes:
        form: Brings scores, as `SCORES`, into the form in which they are written; any thread may
            call it.
        write: Writes what was formed, behind what was written before.
    """

    form: Callable[[pa.RecordBatch], pa.RecordBatch | bytes]
    write: Callable[[pa.RecordBatch | bytes], object]


@contextmanager
def score_file(path: Path, categories: Collection[str] = ()) -> Iterator[ScoreFile]:
    """Open a file of scores; it appears under its name once all is written.

    Args:
        path: A ``.parquet`` or ``.csv`` file.
        categories: Names of the features whose values are texts; JSON has numbers of others.

    Raises:
        OutputError: The suffix is another one, or the folder is missing or cannot be written to.
    """
    csv_file = partial(_csv, categories=frozenset(categories))
    writers: dict[str, Callable[[Path], AbstractContextManager[ScoreFile]]] = {
        ".parquet": _parquet,
        ".csv": csv_file,
    }
    if path.suffix not in writers:
        raise OutputError(f"{path}: scores are written as .parquet or .csv; name such a file")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
    unfinished = path.with_name(f".{path.name}.unfinished")
    with writable(path):
        try:
            with writers[path.suffix](unfinished) as file:
                yield file
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


@contextmanager
def writable(path: Path) -> Iterator[None]:
    """Say of what the system refuses that scores cannot be written there.

    Raises:
        OutputError: The system refuses something.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None


@contextmanager
def _parquet(path: Path) -> Iterator[ScoreFile]:
    with pq.ParquetWriter(path, SCORES) as writer:
        yield ScoreFile(lambda scores: scores, writer.write_batch)


@contextmanager
def _csv(path: Path, categories: frozenset[str]) -> Iterator[ScoreFile]:
    with path.open("wb") as file:
        file.write(header())
        yield ScoreFile(lambda scores: lines_of(scores, categories), file.write)
