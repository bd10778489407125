"""Text is read without the spaces around it, whichever kind of space they are."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.history.macros import define_macros
from features.history.relation import Relation
from features.history.sources import EventSource

SPACES = " \u00a0\u1680\u2003\u202f\u3000"
AROUND = st.text(st.sampled_from(f"{SPACES}\t\n!a~\x7fä\u0301😀"), max_size=4)


def trimmed(text: str | None) -> str | None:
    """Return the text without the characters of category Zs around it, None where it is empty."""
    spaces = "".join(character for character in text or "" if _is_space(character))
    return (text or "").strip(spaces or " ") or None


def _is_space(character: str) -> bool:
    return unicodedata.category(character) == "Zs"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all examples; each overwrites the file."""
    return tmp_path_factory.mktemp("texts")


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        define_macros(connection)
        yield connection


@settings(max_examples=100, deadline=None)
@given(values=st.lists(st.none() | AROUND | st.text(max_size=3)))
def test_spaces_around_a_text_do_not_count(
    folder: Path, connection: duckdb.DuckDBPyConnection, values: list[str | None]
) -> None:
    pq.write_table(pa.table({"id": pa.array(values, pa.string())}), folder / "texts.parquet")
    columns = {"lead_id": "id", "occurred_at": "at", "event_type": "type"}
    source = EventSource.model_validate({"path": "texts.parquet", "columns": columns})
    relation = Relation(connection, source, "sources.events.0", folder)
    found = relation.run(f"SELECT {relation.text('id')} FROM {relation.sql}").fetchall()
    assert [text for (text,) in found] == [trimmed(value) for value in values]
