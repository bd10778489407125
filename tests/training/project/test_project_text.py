"""What a run keeps of a project file: all of it, but no secrets."""

import tomllib

import pytest

from training.project.text import public_project

PROJECT = """\
# Which leads buy?
name = "acme"  # ours

[sources.leads]
query = "SELECT * FROM leads WHERE address LIKE '%@%'"
database = {database}

[[sources.events]]
path = "events.csv"
[[sources.events]]
query = "SELECT 1"
database = "sqlite:///crm.db"

[mlflow]
tracking_uri = "https://tok3n@mlflow.example"
"""


@pytest.mark.parametrize(
    "database",
    [
        '"postgresql://crm:s3cret@h/db"',
        '"postgresql://crm:s3cret\\"x@h/db"',
        "'''postgresql://h/db?password=s3cret'''",
        '"mssql+pyodbc:///?odbc_connect=Driver={ODBC 18};PWD=s3cret"',
    ],
)
def test_secrets_are_left_out_and_all_else_is_kept(database: str) -> None:
    text = PROJECT.replace("{database}", database)
    kept = public_project(text)
    assert "s3cret" not in kept
    assert "tok3n" not in kept
    before, after = tomllib.loads(text), tomllib.loads(kept)
    assert after["mlflow"]["tracking_uri"] == "https://***@mlflow.example"
    for document in (before, after):
        del document["sources"]["leads"]["database"]
        del document["mlflow"]
    assert after == before
    assert kept.startswith('# Which leads buy?\nname = "acme"  # ours\n')


def test_an_inline_table_is_looked_into() -> None:
    assert "p@" not in public_project('leads = { database = "x://u:p@h", query = "SELECT 1" }')
