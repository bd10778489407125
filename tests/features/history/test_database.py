"""Queries as sources, against real databases."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import psycopg
import pytest

from features.contract.lead import micros
from features.history.history import HistoryError
from features.history.sources import ProfileFields
from tests.features.files import read
from tests.postgres import new_database

COLUMNS = {"lead_id": "id", "created_at": "created", "account_id": "company"}
CREATED = micros(datetime(2026, 1, 1, 9, 30, tzinfo=UTC), "test")
PROFILE = ProfileFields(numeric=("employees",), categorical=("active",))


@pytest.fixture(scope="module")
def tables(postgres: str) -> str:
    """Return the address of a database with a table of leads."""
    address = new_database(postgres, "crm")
    with psycopg.connect(address.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("""
            CREATE TABLE leads (id bigint, created timestamptz, company text, employees numeric,
                                active boolean);
            INSERT INTO leads VALUES (7, '2026-01-01 10:30+01', 'a', 12.5, true),
                                     (8, '2026-01-01 10:30+01', NULL, NULL, NULL);
        """)
    return address


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "crm.sqlite") as connection:
        connection.executescript("""
            CREATE TABLE leads (id, created, company, employees, active);
            INSERT INTO leads VALUES (7, '2026-01-01T10:30:00+01:00', 'a', 12.5, 'true'),
                                     (8, '2026-01-01T10:30:00+01:00', NULL, NULL, NULL);
        """)
    connection.close()
    return "sqlite:///crm.sqlite"


@pytest.fixture
def duck(tmp_path: Path) -> str:
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as connection:
        connection.execute("""
            CREATE TABLE leads (id BIGINT, created TIMESTAMPTZ, company VARCHAR,
                                employees DECIMAL(9, 2), active BOOLEAN);
            INSERT INTO leads VALUES (7, '2026-01-01 10:30+01', 'a', 12.5, true),
                                     (8, '2026-01-01 10:30+01', NULL, NULL, NULL);
        """)
    return "duckdb:///crm.duckdb"


def check(folder: Path, database: str, query: str = "SELECT * FROM leads") -> None:
    leads = {"query": query, "database": database, "columns": COLUMNS}
    with read(folder, leads=leads, profile=PROFILE) as history:
        found = history.leads()
        assert found.lead_id.tolist() == ["7", "8"]
        assert found.created.tolist() == [CREATED, CREATED]
        lead = np.arange(2)
        np.testing.assert_array_equal(
            history.profile.numbers("employees", lead, lead), [12.5, np.nan]
        )
        assert history.profile.texts("active", lead, lead).tolist() == ["true", None]


def test_postgresql(tables: str, tmp_path: Path) -> None:
    check(tmp_path, tables)


def test_sqlite(sqlite: str, tmp_path: Path) -> None:
    check(tmp_path, sqlite)


def test_colons_and_percent_signs_of_a_query_mean_themselves(
    tables: str, sqlite: str, tmp_path: Path
) -> None:
    wanted = """SELECT * FROM leads WHERE '{"stage":1, :x}' LIKE '%:1, :x}'"""
    check(tmp_path, sqlite, wanted)
    check(tmp_path, tables, f"{wanted} AND id::text >= '7' ORDER BY id")


def test_duckdb(duck: str, tmp_path: Path) -> None:
    check(tmp_path, duck)


def test_a_bad_value_of_a_query_is_told_by_row(sqlite: str, tmp_path: Path) -> None:
    query = "SELECT id, created, company, iif(id = 8, 'secret', 1) AS employees, active FROM leads"
    leads = {"query": query, "database": sqlite, "columns": COLUMNS}
    with pytest.raises(HistoryError, match=r"column 'employees', row 2: is no number") as caught:
        read(tmp_path, leads=leads, profile=PROFILE)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("database", "query", "complaint"),
    [
        ("sqlite:///crm.sqlite", "SELECT * FROM lead", "no such table: lead"),
        ("sqlite:///crm.sqlite", "DELETE FROM leads", "the query returns no rows; write one"),
        ("sqlite:///nowhere.sqlite", "SELECT 1", "there is no database file"),
        ("duckdb:///nowhere.duckdb", "SELECT 1", "there is no database file"),
        ("crm", "SELECT 1", "the setting 'database' is not usable"),
        ("oracle://host/crm", "SELECT 1", "the setting 'database' is not usable"),
        ("${LEADSCORE_NOT_THERE}", "SELECT 1", "LEADSCORE_NOT_THERE is not set"),
    ],
)
def test_a_database_that_does_not_answer(
    sqlite: str, tmp_path: Path, database: str, query: str, complaint: str
) -> None:
    assert sqlite
    leads = {"query": query, "database": database, "columns": COLUMNS}
    with pytest.raises(HistoryError, match=complaint) as caught:
        read(tmp_path, leads=leads)
    assert str(caught.value).startswith("sources.leads: ")


def test_postgresql_values_are_not_quoted(tables: str, tmp_path: Path) -> None:
    leads = {"query": "SELECT company::int FROM leads", "database": tables, "columns": COLUMNS}
    with pytest.raises(HistoryError, match="the database stopped with InvalidTextRepresentation"):
        read(tmp_path, leads=leads)


def test_duckdb_values_are_not_quoted(duck: str, tmp_path: Path) -> None:
    leads = {"query": "SELECT company::INT FROM leads", "database": duck, "columns": COLUMNS}
    with pytest.raises(HistoryError, match="DuckDB stopped with Conversion while"):
        read(tmp_path, leads=leads)


def test_a_password_is_not_told(tmp_path: Path) -> None:
    database = "postgresql+psycopg://user:hunter2@127.0.0.1:1/crm?connect_timeout=2"
    leads = {"query": "SELECT 1", "database": database, "columns": COLUMNS}
    with pytest.raises(HistoryError, match="refuses the query") as caught:
        read(tmp_path, leads=leads)
    assert "hunter2" not in str(caught.value)
