"""What SQL says again is what the contract says, on the same cases."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from features.contract.lead import ContractError, micros
from features.contract.profile import profile_number
from features.contract.text import SPACES, trimmed
from features.contract.visibility import precedence, visible_from
from features.history.macros import define_macros

AROUND = st.text(st.sampled_from(f"{SPACES}\t\n!a~\x7fä\u0301😀0."), max_size=6)
FIGURES = st.text(st.sampled_from(f"0123456789eE+-._ n{SPACES[1]}"), max_size=7)
MOMENTS = st.integers(0, 3)

many = settings(max_examples=100, deadline=None)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        define_macros(connection)
        yield connection


def said(connection: duckdb.DuckDBPyConnection, expression: str, *values: object) -> object:
    [(found,)] = connection.execute(f"SELECT {expression}", values).fetchall()
    return found


@many
@given(text=st.none() | AROUND)
@example(text="\u00a0")
@example(text="a\u3000")
@example(text="\ta")
@example(text="")
def test_text(connection: duckdb.DuckDBPyConnection, text: str | None) -> None:
    assert said(connection, "clean_text($1::VARCHAR)", text) == trimmed(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("7.0", "7"), ("-7.0", "-7"), (" 7.0 ", "7"), ("7.00", "7.00"), ("7.5", "7.5"),
        ("A7.0", "A7.0"), ("123456789012345.0", "123456789012345"),
        ("1234567890123456.0", "1234567890123456.0"), (".0", ".0"), (" ", None), (None, None),
    ],
)  # fmt: skip
def test_whole_key(
    connection: duckdb.DuckDBPyConnection, text: str | None, key: str | None
) -> None:
    assert said(connection, "whole_key($1::VARCHAR)", text) == key


@pytest.mark.parametrize(
    ("number", "key"),
    [(7.0, "7"), (-7.0, "-7"), (7.5, "7.5"), (0.0, "0"), (1e14, "100000000000000"), (1e15, "1e15")],
)
def test_number_key(connection: duckdb.DuckDBPyConnection, number: float, key: str) -> None:
    found = said(connection, "number_key($1::DOUBLE)", number)
    assert found == key or float(str(found)) == number == 1e15


@many
@given(text=FIGURES)
@example(text="1_000")
@example(text="1e15")
@example(text="1.0000000000000002e15")
@example(text="-1e15")
@example(text="nan")
@example(text="inf")
@example(text="1e400")
@example(text=".5")
@example(text="5.")
def test_number(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    raw = trimmed(text)
    if raw is None:
        return
    try:
        wanted = profile_number(raw, "field")
    except ContractError:
        wanted = math.nan
    found = said(connection, "CASE WHEN is_figure(number($1)) THEN number($1) END", raw)
    assert found == (None if math.isnan(wanted) else wanted)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01T09:30:00Z", "2026-03-01 09:30:00+01:00", "2026-03-01 09:30:00.123456-0530",
        "2026-03-01T09:30:00+02",
    ],
)  # fmt: skip
def test_moments_with_a_zone(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert said(connection, "has_zone($1)", text) is True
    assert said(connection, "has_no_zone($1)", text) is False
    wanted = micros(datetime.fromisoformat(text), "text")
    assert said(connection, "zoned_moment($1)", text) == wanted
    assert said(connection, "zoned_moment($1)", text.replace("+", " +")) == wanted


@pytest.mark.parametrize("text", ["2026-03-01", "2026-03-01 09:30", "2026-10-25 02:30:00.5"])
def test_moments_without_a_zone(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert said(connection, "has_no_zone($1)", text) is True
    assert said(connection, "has_zone($1)", text) is False
    berlin = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    found = said(connection, "local_moment($1::TIMESTAMP, 'Europe/Berlin')", text)
    assert found == micros(berlin.astimezone(UTC), "text")


@pytest.mark.parametrize("text", ["09:30", "2026-03-01T9", "01.03.2026", "x2026-03-01", ""])
def test_texts_that_are_no_moments(connection: duckdb.DuckDBPyConnection, text: str) -> None:
    assert said(connection, "has_zone($1) OR has_no_zone($1)", text) is False


@many
@given(occurred=MOMENTS, recorded=MOMENTS, as_of=MOMENTS)
@example(occurred=1, recorded=1, as_of=1)
@example(occurred=0, recorded=1, as_of=1)
@example(occurred=0, recorded=2, as_of=1)
def test_visibility(
    connection: duckdb.DuckDBPyConnection, occurred: int, recorded: int, as_of: int
) -> None:
    counts = occurred < as_of and recorded <= as_of
    assert (visible_from(occurred, recorded) <= as_of) is counts
    assert said(connection, "visible_from($1, $2) <= $3", occurred, recorded, as_of) is counts


@many
@given(
    copies=st.lists(
        st.tuples(MOMENTS, MOMENTS, st.none() | st.sampled_from([-1.0, 0.0, 2.0])), min_size=1
    )
)
@example(copies=[(0, 2, None), (1, 1, 2.0)])
@example(copies=[(1, 1, None), (1, 1, 2.0)])
@example(copies=[(1, 2, None), (0, 2, None)])
def test_the_copy_that_counts(
    connection: duckdb.DuckDBPyConnection, copies: list[tuple[int, int, float | None]]
) -> None:
    rows = ", ".join(f"({o}, {r}, {'NULL' if v is None else v}::DOUBLE)" for o, r, v in copies)
    [first] = connection.execute(f"""
        SELECT * FROM (VALUES {rows}) copies(occurred, recorded, value)
        ORDER BY visible_from(occurred, recorded), occurred, recorded, value LIMIT 1
    """).fetchall()
    assert first == min(copies, key=lambda copy: precedence(*copy))
