"""Where a model comes from: a folder, the registry, or the copy kept for when it is away."""

from pathlib import Path

import pytest

from serving.loader import ModelUnavailableError, fetch_model, without_secrets
from serving.model.artefact import load_model
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


def test_while_the_registry_is_away_the_copy_answers(registry: Registry, tmp_path: Path) -> None:
    fresh = fetch_model(CHAMPION, registry.tracking_uri, tmp_path)
    kept = fetch_model(CHAMPION, AWAY, tmp_path)
    assert (kept.folder, kept.version) == (fresh.folder, fresh.version)
    assert kept.stale is not None
    assert CHAMPION in kept.stale
    load_model(kept.folder)


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


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("postgresql://u:p@h/db", "postgresql://u:***@h/db"),
        ("postgresql+psycopg://u:p@/:x@h:5432/db and more", "postgresql+psycopg://u:***@h:5432/db"),
        ("redis://:p@h", "redis://:***@h"),
        ("postgresql://h/db?user=u&password=p&x=1", "postgresql://h/db?user=u&password=***&x=1"),
        ("http://mlflow:5000/a", "http://mlflow:5000/a"),
        ('a = "http://h:1/x"\nb = "m@firm.de"', 'a = "http://h:1/x"\nb = "m@firm.de"'),
    ],
)
def test_only_passwords_are_hidden(text: str, hidden: str) -> None:
    assert without_secrets(text).startswith(hidden)


def test_a_cache_that_cannot_be_written_is_told(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way", encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match="could not be had"):
        fetch_model(CHAMPION, registry.tracking_uri, tmp_path / "cache")
