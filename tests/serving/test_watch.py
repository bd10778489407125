"""A model is watched: taken up while another answers, and never at the price of what answers."""

import gc
import math
import shutil
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import pytest

from serving.http.state import ServiceState
from serving.scoring.rules import Thresholds, read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.watch import Watch
from tests.registry import MODEL_NAME, Registry, register
from tests.serving.sent import case, request
from tests.serving.server import running

CHAMPION = f"models:/{MODEL_NAME}@champion"
RULES = read_rules()
PATIENCE = 60.0


class Heard:
    """What a watch told."""

    def __init__(self) -> None:
        self.all: list[tuple[str | None, str | None]] = []
        self._changed = threading.Condition()

    def __call__(self, scoring: Scoring, message: str | None) -> None:
        with self._changed:
            self.all.append((scoring.basis.version, message))
            self._changed.notify_all()

    def wait_for(self, version: str) -> None:
        with self._changed:
            found: Callable[[], bool] = lambda: self.all[-1:] == [(version, None)]  # noqa: E731
            assert self._changed.wait_for(found, PATIENCE)


@pytest.fixture
def settings(own_registry: str, tmp_path: Path) -> Settings:
    return Settings(tracking_uri=own_registry, cache=tmp_path / "cache", model_watch_seconds=1)


def watch_of(settings: Settings, uri: str | None = CHAMPION) -> tuple[Watch, Heard]:
    heard = Heard()
    watch = Watch(uri, settings, RULES, heard)
    watch.look()
    return watch, heard


def promote(settings: Settings, version: int) -> None:
    client = mlflow.MlflowClient(settings.tracking_uri, settings.tracking_uri)
    client.set_registered_model_alias(MODEL_NAME, "champion", str(version))


def version(number: int) -> str:
    return f"{MODEL_NAME}/{number}"


def damaged(good: Path, folder: Path) -> Path:
    shutil.copytree(good, folder)
    (folder / "linear.json").write_text("{}", encoding="utf-8")
    return folder


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@contextmanager
def downloads() -> Iterator[list[str]]:
    """Note what is fetched from the registry meanwhile."""
    fetched: list[str] = []
    fetch = mlflow.artifacts.download_artifacts

    def noting(uri: str, **given: str) -> str:
        fetched.append(uri)
        return str(fetch(uri, **given))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mlflow.artifacts.download_artifacts", noting)
        yield fetched


def away(settings: Settings) -> Path:
    return Path(settings.tracking_uri.removeprefix("sqlite:///"))


def test_another_champion_is_taken_up_once(settings: Settings) -> None:
    watch, heard = watch_of(settings)
    first = watch.scoring
    watch.look()
    assert heard.all == [(version(1), None)]
    promote(settings, 2)
    watch.look()
    watch.look()
    assert heard.all == [(version(1), None), (version(2), None)]
    assert first is not None
    # Whoever holds the old one is answered by it to the end.
    assert first.score(case(), math.inf).model_version == version(1)
    promote(settings, 1)
    watch.look()
    assert heard.all[-1] == (version(1), None)


def test_what_answered_before_is_let_go(settings: Settings) -> None:
    watch, _ = watch_of(settings)
    assert watch.scoring is not None
    watch.scoring.score(case(), math.inf)
    gone = weakref.ref(watch.scoring)
    promote(settings, 2)
    gc.disable()
    try:
        watch.look()
        # Frozen garbage would never be looked for, so it must go without.
        assert gone() is None
    finally:
        gc.enable()


def test_a_registry_that_is_away_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    watch, heard = watch_of(settings)
    answering = watch.scoring
    away(settings).rename(tmp_path / "away.db")
    watch.look()
    watch.look()
    assert watch.scoring is answering
    [(_, nothing), (still, message)] = heard.all
    assert (nothing, still) == (None, version(1))
    assert "could not be had" in str(message)
    (tmp_path / "away.db").rename(away(settings))
    watch.look()
    assert (watch.scoring, watch.message) == (answering, None)


def test_a_withdrawn_model_answers_on_and_that_is_said(settings: Settings) -> None:
    watch, heard = watch_of(settings)
    client = mlflow.MlflowClient(settings.tracking_uri, settings.tracking_uri)
    client.delete_registered_model_alias(MODEL_NAME, "champion")
    watch.look()
    said, message = heard.all[-1]
    assert said == version(1)
    assert str(message).endswith(f"; {version(1)} answers on")


def test_a_version_that_does_not_load_leaves_the_one_before(
    settings: Settings, tmp_path: Path, registry: Registry
) -> None:
    watch, heard = watch_of(settings)
    register(settings.tracking_uri, damaged(registry.model_folder, tmp_path / "bad"), promote=True)
    watch.look()
    watch.look()
    assert len(heard.all) == 2
    said, message = heard.all[-1]
    assert said == version(1)
    assert "linear.json is not the one of the manifest" in str(message)
    assert f"{version(1)} answers on" in str(message)
    promote(settings, 2)
    watch.look()
    assert heard.all[-1] == (version(2), None)


def test_a_version_of_another_kind_is_looked_into_and_never_fetched(
    settings: Settings, tmp_path: Path, registry: Registry
) -> None:
    watch, heard = watch_of(settings)
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "weights.txt").write_text("1 2 3", encoding="utf-8")
    register(settings.tracking_uri, foreign, promote=True)
    before = files(settings.cache)
    with downloads() as fetched:
        watch.look()
        watch.look()
    assert (fetched, files(settings.cache)) == ([], before)
    said, message = heard.all[-1]
    assert said == version(1)
    assert f"version {version(3)} is no model of leadscore" in str(message)
    # It becomes one.
    [artefact] = registry.model_folder.parent.rglob("data/foreign")
    shutil.copytree(registry.model_folder, artefact, dirs_exist_ok=True)
    with downloads() as fetched:
        watch.look()
    assert len(fetched) == 1
    assert heard.all[-1] == (version(3), None)


def test_a_copy_that_is_damaged_is_fetched_again(settings: Settings) -> None:
    watch_of(settings)
    for part in ("manifest.json", "linear.json", "booster.txt"):
        [file] = settings.cache.rglob(part)
        file.write_text("{", encoding="utf-8")
        watch, heard = watch_of(settings)
        assert heard.all == [(version(1), None)], part
        watch.look()
        assert len(heard.all) == 1
    for manifest in settings.cache.rglob("manifest.json"):
        manifest.unlink()
    assert watch_of(settings)[1].all == [(version(1), None)]


def test_a_damaged_copy_while_the_registry_is_away_is_refused_until_it_is_back(
    settings: Settings, tmp_path: Path
) -> None:
    watch_of(settings)
    [file] = settings.cache.rglob("linear.json")
    file.write_text("{", encoding="utf-8")
    away(settings).rename(tmp_path / "away.db")
    watch, _ = watch_of(settings)
    assert watch.scoring is not None
    assert watch.scoring.unavailable == "no_model"
    assert "linear.json is not the one of the manifest" in str(watch.message)
    assert "could not be had" in str(watch.message)
    (tmp_path / "away.db").rename(away(settings))
    watch.look()
    assert watch.scoring.basis.version == version(1)


def test_a_service_that_started_while_the_registry_was_away_gets_its_model(
    settings: Settings, tmp_path: Path
) -> None:
    away(settings).rename(tmp_path / "away.db")
    watch, heard = watch_of(settings)
    assert watch.scoring is not None
    assert watch.scoring.unavailable == "no_model"
    (tmp_path / "away.db").rename(away(settings))
    watch.look()
    assert heard.all[-1] == (version(1), None)


@pytest.mark.parametrize("seconds", [0, 1])
def test_it_looks_by_itself_unless_told_never_to(settings: Settings, seconds: int) -> None:
    heard = Heard()
    chosen = settings.model_copy(update={"model_watch_seconds": seconds})
    watch = Watch(CHAMPION, chosen, RULES, heard)
    watch.start()
    heard.wait_for(version(1))
    promote(settings, 2)
    if seconds:
        heard.wait_for(version(2))
        watch.stop()
    watch._thread.join(PATIENCE)
    assert not watch._thread.is_alive()


def test_requests_go_on_while_the_champion_changes(settings: Settings) -> None:
    state = ServiceState()
    patient = settings.model_copy(update={"deadline_ms": 60_000})
    watch = Watch(CHAMPION, patient, RULES, state.ready)
    watch.look()
    stopped = threading.Event()
    with running(state) as client:

        def swap() -> None:
            for number in (2, 1, 2):
                promote(settings, number)
                watch.look()
            stopped.set()

        swapping = threading.Thread(target=swap)
        swapping.start()
        seen = []
        sent = {"leads": [request()] * 60}
        while not stopped.is_set():
            batch = client.post("/v1/score/batch", json=sent, params={"require": "model"})
            results = batch.raise_for_status().json()["results"]
            [one] = {result["answer"]["model_version"] for result in results}
            seen.append(one)
        swapping.join()
        last = client.post("/v1/score", json=request(), params={"require": "model"})
    assert set(seen) <= {version(1), version(2)}
    assert last.raise_for_status().json()["model_version"] == version(2)


def answering(watch: Watch) -> Scoring:
    """Return what answers."""
    assert watch.scoring is not None
    return watch.scoring


def test_other_rules_answer_beside_the_same_model(settings: Settings) -> None:
    watch, heard = watch_of(settings)
    before = answering(watch)
    other = RULES.model_copy(update={"thresholds": Thresholds(mal=1, mql=2, sql=3)})
    watch.follow(RULES)
    assert answering(watch) is before
    watch.follow(other)
    after = answering(watch)
    assert (after.rules, after.basis.version) == (other, before.basis.version)
    assert after.score(case(), -math.inf).score > before.score(case(), -math.inf).score
    assert len(heard.all) == 2
    # What is loaded later has them, too.
    promote(settings, 2)
    watch.look()
    assert answering(watch).rules == other


@pytest.mark.parametrize("loaded", [True, False])
def test_other_rules_do_not_wait_for_a_registry_that_hangs(
    settings: Settings, loaded: bool
) -> None:
    watch = Watch(CHAMPION, settings, RULES, Heard())
    if loaded:
        watch.look()
    promote(settings, 2)
    begun, go_on = threading.Event(), threading.Event()
    fetch = mlflow.artifacts.download_artifacts

    def hanging(uri: str, **given: str) -> str:
        begun.set()
        go_on.wait(PATIENCE / 4)
        return str(fetch(uri, **given))

    other = RULES.model_copy(update={"thresholds": Thresholds(mal=1, mql=2, sql=3)})
    looking = threading.Thread(target=watch.look)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mlflow.artifacts.download_artifacts", hanging)
        looking.start()
        assert begun.wait(PATIENCE)
        watch.follow(other)
        if loaded:
            before = answering(watch)
            assert (before.rules, before.basis.version) == (other, version(1))
        assert watch.scoring is None or loaded
        go_on.set()
        looking.join(PATIENCE)
    after = answering(watch)
    assert (after.rules, after.basis.version) == (other, version(2))


def test_rules_that_come_before_the_model_are_followed(settings: Settings) -> None:
    watch = Watch(None, settings, RULES, Heard())
    other = RULES.model_copy(update={"thresholds": Thresholds(mal=1, mql=2, sql=3)})
    watch.follow(other)
    assert watch.scoring is None
    watch.look()
    assert answering(watch).rules == other
    assert answering(watch).under(RULES).unavailable == "no_model"
