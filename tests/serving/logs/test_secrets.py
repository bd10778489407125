"""What is secret stays out of every line."""

import logging
from contextlib import suppress

import pytest
import urllib3
from pydantic import SecretStr

from serving.logs.secrets import secrets_of
from serving.settings import Settings
from tests.serving.logged import logged


@pytest.mark.parametrize(
    ("proxy", "address"),
    [
        ("", "http://crm:t0k3n@127.0.0.1:1/api?token=s3cr3t"),
        ("http://127.0.0.1:1", "http://crm:t0k3n@mlflow.example/api?token=s3cr3t"),
        ("http://127.0.0.1:1", "http://t0k3n@mlflow.example/s3cr3t/api"),
    ],
)
def test_a_warning_of_urllib3_tells_no_secret(
    proxy: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "s3cr3t")
    client = urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()
    with logged(Settings()) as log, suppress(urllib3.exceptions.MaxRetryError):
        client.request("GET", address, retries=urllib3.Retry(1, backoff_factor=0))
    client.clear()
    assert "WARNING urllib3.connectionpool: Retrying (" in log.getvalue()
    assert "/api" in log.getvalue()
    assert "t0k3n" not in log.getvalue()
    assert "s3cr3t" not in log.getvalue()


def test_secrets_of_settings_are_hidden_as_written_and_as_meant() -> None:
    settings = Settings(
        tracking_uri="https://mlflow-t0ken@mlflow.example",
        database_url="postgresql+psycopg://leadscore:pass%2Fword@db/leads",
        write_key="the-write-key",
        hubspot_secret=SecretStr("hub-s3cret"),
        smtp_url=SecretStr("smtp://crm:ge%3Aheim@mail.example"),
    )
    hidden = secrets_of(settings).hidden_in
    for secret in (
        "mlflow-t0ken",
        "pass%2Fword",
        "pass/word",
        "the-write-key",
        "ge:heim",
        "hub-s3cret",
    ):
        assert hidden(f"failed with '{secret}' for leadscore") == "failed with '***' for leadscore"


def test_a_secret_that_begins_another_leaves_nothing_of_it() -> None:
    settings = Settings(write_key="abcd", tracking_uri="https://abcd-efgh@mlflow.example")
    assert secrets_of(settings).hidden_in("abcd-efgh, abcd") == "***, ***"


def test_what_is_no_secret_stays() -> None:
    text = "what? ready on model demo/3 at 12:00, see C:/x and 50 %"
    assert secrets_of(Settings(write_key="at")).hidden_in(text) == text


def test_libraries_that_log_by_themselves_log_as_the_service_does() -> None:
    library = logging.getLogger("a.library")
    library.addHandler(logging.StreamHandler())
    library.propagate = False
    with logged(Settings(write_key="the-write-key")) as log:
        library.warning("it is %s", "the-write-key")
        logging.getLogger("another.library").warning("at https://u:p@mlflow.example/?x=1")
        logging.getLogger("httpx").info("POST https://hooks.example/T0/secret")
    assert log.getvalue().count("\n") == 2
    assert "it is ***\n" in log.getvalue()
    assert "at https://***@mlflow.example/?***\n" in log.getvalue()
