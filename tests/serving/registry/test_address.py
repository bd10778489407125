"""Addresses are shown without anything that may be secret."""

import pytest

from serving.registry.address import public, without_secrets


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://u:p@h/db", "postgresql://***@h/db"),
        ("postgresql+psycopg://u:p@/:x@h:5432/db", "postgresql+psycopg://***@h:5432/db"),
        ("postgresql://crm:o'brien@h/db", "postgresql://***@h/db"),
        ('postgresql://crm:pa"ss@h/db', "postgresql://***@h/db"),
        ("redis://:p@h", "redis://***@h"),
        ("https://tok3n@host/x", "https://***@host/x"),
        ("postgresql://h/db?user=u&passwd=p&x=1", "postgresql://h/db?***"),
        ("mssql+pyodbc:///?odbc_connect=Driver={A b};PWD=p", "mssql+pyodbc:///?***"),
        ("postgresql://u:p?w@h/db", "postgresql://***"),
        ("postgresql://h/db?password=a@b", "postgresql://***"),
        ("http://mlflow:5000/a", "http://mlflow:5000/a"),
        ("sqlite:////data/mlflow.db", "sqlite:////data/mlflow.db"),
        ("mlruns", "mlruns"),
    ],
)
def test_an_address_is_public(address: str, shown: str) -> None:
    assert public(address) == shown


def test_a_text_keeps_all_but_the_secrets_of_its_addresses() -> None:
    text = 'cannot reach http://h:1/x\nnor "postgresql://u:p@h/db" of m@firm.de'
    shown = 'cannot reach http://h:1/x\nnor "postgresql://***@h/db" of m@firm.de'
    assert without_secrets(text) == shown
    assert (
        without_secrets("at https://h/x?p=1, url: /x?p=1 or so?")
        == "at https://h/x?*** url: /x?*** or so?"
    )
