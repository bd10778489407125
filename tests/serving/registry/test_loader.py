"""Where a model comes from: a folder, the registry, or the copy kept for when it is away."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import mlflow
import pytest

from serving.model.artefact import load_model
from serving.registry.loader import fetch_model
from serving.registry.model_folder import ModelUnavailableError
from tests.registry import MODEL_NAME, Registry, register

AWAY = "http://crm:geheim@127.0.0.1:9"
CHAMPION = f"models:/{MODEL_NAME}@champion"


@pytest.mark.parametrize(("uri", "version"), [(CHAMPION, "1"), (f"models:/{MODEL_NAME}/2", "2")])
def test_the_registry_is_asked_by_alias_and_by_version(
    registry: Registry, tmp_path: Path, uri: str, version: str
) -> None:
    fetched = fetch_model(uri, registry.tracking_uri, tmp_path)
    assert fetched.version == f"{MODEL_NAME}/{version}"
    assert fetched.stale is None
    assert fetched.folder.is_relative_to(tmp_path)
    assert load_model(fetched.folder, fetched.version).version == fetched.version


def test_a_folder_is_taken_as_it_is(registry: Registry, tmp_path: Path) -> None:
    fetched = fetch_model(str(registry.model_folder), AWAY, tmp_path / "cache")
    assert (fetched.folder, fetched.stale) == (registry.model_folder, None)
    assert not (tmp_path / "cache").exists()


def test_a_folder_without_a_model_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ModelUnavailableError, match=f"'{folder}' holds no manifest.json"):
            fetch_model(str(folder), AWAY, tmp_path / "cache")


def test_while_the_registry_is_away_the_copy_answers(own_registry: str, tmp_path: Path) -> None:
    fresh = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    database = Path(own_registry.removeprefix("sqlite:///"))
    database.rename(tmp_path / "away.db")
    kept = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert (kept.folder, kept.version) == (fresh.folder, fresh.version)
    assert kept.stale is not None
    assert f"{CHAMPION} could not be had from {own_registry}: there is no such file" in kept.stale
    load_model(kept.folder)
    assert not database.exists()


def test_the_copy_of_another_registry_does_not_answer(registry: Registry, tmp_path: Path) -> None:
    fetch_model(CHAMPION, registry.tracking_uri, tmp_path)
    with pytest.raises(ModelUnavailableError, match="could not be had"):
        fetch_model(CHAMPION, AWAY, tmp_path)


def test_a_withdrawn_model_answers_no_longer(own_registry: str, tmp_path: Path) -> None:
    fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    client = mlflow.MlflowClient(own_registry, own_registry)
    client.delete_registered_model_alias(MODEL_NAME, "champion")
    with pytest.raises(ModelUnavailableError, match="alias champion not found"):
        fetch_model(CHAMPION, own_registry, tmp_path / "cache")


def test_a_new_champion_is_fetched_and_the_old_one_left_in_place(
    own_registry: str, tmp_path: Path
) -> None:
    first = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    client = mlflow.MlflowClient(own_registry, own_registry)
    client.set_registered_model_alias(MODEL_NAME, "champion", "2")
    second = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert (first.version, second.version) == (f"{MODEL_NAME}/1", f"{MODEL_NAME}/2")
    # Another process may be reading it.
    load_model(first.folder)


def test_processes_may_share_a_cache(registry: Registry, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        starts = [pool.submit(_fetch_and_load, registry, tmp_path) for _ in range(12)]
    assert {start.result() for start in starts} == {f"{MODEL_NAME}/1"}


def _fetch_and_load(registry: Registry, cache: Path) -> str:
    fetched = fetch_model(CHAMPION, registry.tracking_uri, cache)
    assert fetched.stale is None
    return load_model(fetched.folder, fetched.version).version


def test_a_registry_that_does_not_answer_is_given_up(
    own_registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    monkeypatch.setattr("serving.registry.mlflow_registry._PATIENCE_SECONDS", 0.1)
    with closing(sqlite3.connect(own_registry.removeprefix("sqlite:///"))) as database:
        # Whoever asks the database waits for seconds while another has it for itself.
        database.execute("BEGIN EXCLUSIVE")
        kept = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert kept.folder == fresh.folder
    assert kept.stale is not None
    assert "no answer within 0.1 seconds" in kept.stale


def test_without_a_copy_nothing_answers(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=f"{CHAMPION} could not be had"):
        fetch_model(CHAMPION, AWAY, tmp_path)


@pytest.mark.parametrize("uri", ["models:/nobody@champion", f"models:/{MODEL_NAME}/9"])
def test_what_the_registry_does_not_know_is_told(
    registry: Registry, tmp_path: Path, uri: str
) -> None:
    with pytest.raises(ModelUnavailableError, match=f"{uri} could not be had"):
        fetch_model(uri, registry.tracking_uri, tmp_path)


def test_a_copy_is_not_given_up_for_a_model_of_another_kind(
    own_registry: str, tmp_path: Path
) -> None:
    fresh = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "weights.txt").write_text("1 2 3", encoding="utf-8")
    register(own_registry, tmp_path / "other", promote=True)
    kept = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert (kept.folder, kept.version) == (fresh.folder, fresh.version)
    assert kept.stale is not None
    assert f"version {MODEL_NAME}/3 is no model of leadscore" in kept.stale


@pytest.mark.parametrize("tracking_uri", [AWAY, f"{AWAY}/mlflow?password=geheim", "geheim://x"])
def test_passwords_of_addresses_are_in_no_message(tmp_path: Path, tracking_uri: str) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        fetch_model(CHAMPION, tracking_uri, tmp_path)
    assert "crm:geheim" not in str(caught.value)
    assert "password=geheim" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_told(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="could not be had"):
        fetch_model(CHAMPION, registry.tracking_uri, tmp_path / "cache")


def test_a_registry_made_anew_under_its_address_is_asked_for_its_own_model(
    own_registry: str, registry: Registry, tmp_path: Path
) -> None:
    old = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    mlflow.MlflowClient(own_registry, own_registry).delete_registered_model(MODEL_NAME)
    register(own_registry, registry.model_folder)
    new = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert old.version == new.version == f"{MODEL_NAME}/1"
    assert old.folder != new.folder


def test_while_the_registry_is_away_the_newest_champion_answers(
    own_registry: str, tmp_path: Path
) -> None:
    fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    client = mlflow.MlflowClient(own_registry, own_registry)
    client.set_registered_model_alias(MODEL_NAME, "champion", "2")
    newest = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    Path(own_registry.removeprefix("sqlite:///")).rename(tmp_path / "away.db")
    kept = fetch_model(CHAMPION, own_registry, tmp_path / "cache")
    assert (kept.folder, kept.version) == (newest.folder, f"{MODEL_NAME}/2")
