"""Models of use cases beside the general one: loaded, swapped, away, and told of."""

import math
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import mlflow
import pytest

from serving.http.state import ServiceState
from serving.lifecycle.agreement import Lifecycle
from serving.scoring.answer import Answer
from serving.scoring.rules import Thresholds, read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.watches import Watches
from tests.registry import MODEL_NAME, Registry, register
from tests.serving.lifecycle.agreements import agreement
from tests.serving.sent import case
from tests.serving.server import running
from tests.tiny import TinyTraining, tiny_training

RULES = read_rules()
PATIENCE = 60.0
GENERAL, OWN = f"models:/{MODEL_NAME}@champion", "models:/leads-it@champion"
IT: dict[str, object] = {"name": "it", "when": {"industry": "IT"}, "model": OWN}
BAU: dict[str, object] = {"name": "bau", "when": {"industry": "Bau"}}
USUAL = agreement()


def agreed(*cases: dict[str, object]) -> Lifecycle:
    return agreement(use_cases=list(cases))


class Heard:
    """What was told."""

    def __init__(self) -> None:
        self.all: list[tuple[Scoring, str | None]] = []
        self._changed = threading.Condition()

    def __call__(self, scoring: Scoring, message: str | None) -> None:
        with self._changed:
            self.all.append((scoring, message))
            self._changed.notify_all()

    def wait_for(self, version: str) -> None:
        """Wait until leads of the use case are answered by a version."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: bool(self.all) and answer(self.all[-1][0]).model_version == version,
                PATIENCE,
            )


def answer(scoring: Scoring, industry: str = "IT") -> Answer:
    one = case()
    lead = replace(one.lead, profile={**one.lead.profile, "industry": industry})
    return scoring.score(replace(one, lead=lead), math.inf)


def changed(folder: Path, **changes: object) -> Path:
    """Write the small model without trees, with parts of its manifest replaced."""
    tiny = tiny_training(trees=False)
    return TinyTraining(tiny.manifest.model_copy(update=changes), tiny.learned).save(folder)


@pytest.fixture(scope="module")
def several(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the database of a registry that has further models; no test may change it."""
    folder = tmp_path_factory.mktemp("several")
    database = folder / "mlflow.db"
    shutil.copy(registry.tracking_uri.removeprefix("sqlite:///"), database)
    own = changed(folder / "own")
    bau = changed(folder / "bau", leads={"industry": ("Bau",)}, target="customer")
    for name, model in (("leads-it", own), ("leads-it", own), ("leads-bau", bau)):
        register(f"sqlite:///{database}", model, name=name)
    return database


@pytest.fixture
def settings(several: Path, tmp_path: Path) -> Settings:
    """Return settings that name the general model."""
    shutil.copy(several, tmp_path / "mlflow.db")
    return Settings(
        model=GENERAL,
        tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}",
        cache=tmp_path / "cache",
        model_watch_seconds=1,
        deadline_ms=60_000,
    )


def watched(settings: Settings, lifecycle: Lifecycle) -> tuple[Watches, Heard]:
    heard = Heard()
    watches = Watches(settings, (lifecycle, RULES), heard)
    watches.look()
    return watches, heard


def promote(settings: Settings, name: str, version: int) -> None:
    client = mlflow.MlflowClient(settings.tracking_uri, settings.tracking_uri)
    client.set_registered_model_alias(name, "champion", str(version))


def scoring_of(watches: Watches) -> Scoring:
    assert watches.scoring is not None
    return watches.scoring


def test_one_is_swapped_while_the_other_answers(settings: Settings) -> None:
    watches, heard = watched(settings, agreed(IT))
    # Nothing answers before all that was named is there.
    assert len(heard.all) == 1
    before = scoring_of(watches)
    assert answer(before).model_version == "leads-it/1"
    assert answer(before, "Handel").model_version == f"{MODEL_NAME}/1"
    promote(settings, "leads-it", 2)
    watches.look()
    after = scoring_of(watches)
    assert (answer(after).model_version, answer(after).use_case) == ("leads-it/2", "it")
    assert answer(after, "Handel").model_version == f"{MODEL_NAME}/1"
    # The general model was not loaded again; whoever holds the old one is answered by it.
    assert after.basis is before.basis
    assert answer(before).model_version == "leads-it/1"
    promote(settings, MODEL_NAME, 2)
    watches.look()
    assert answer(scoring_of(watches)).model_version == "leads-it/2"
    assert answer(scoring_of(watches), "Handel").model_version == f"{MODEL_NAME}/2"
    told = len(heard.all)
    watches.look()
    assert len(heard.all) == told


def test_the_agreement_changes_while_it_runs(settings: Settings) -> None:
    heard = Heard()
    watches = Watches(settings, (USUAL, RULES), heard)
    watches.start()
    heard.wait_for(f"{MODEL_NAME}/1")
    watches.follow(agreed(IT), RULES)
    heard.wait_for("leads-it/1")
    promote(settings, "leads-it", 2)
    heard.wait_for("leads-it/2")
    mild = RULES.model_copy(update={"thresholds": Thresholds(mal=1, mql=2, sql=3)})
    watches.follow(agreed(IT), mild)
    own = scoring_of(watches).own[0].scorer
    assert own is not None
    assert scoring_of(watches).rules == own.rules == mild
    watches.follow(USUAL, RULES)
    assert scoring_of(watches).own == ()
    watches.stop()


def test_a_model_that_is_away_is_told_and_taken_up_later(settings: Settings) -> None:
    later = {**IT, "model": "models:/leads-later/1"}
    watches, _ = watched(settings, agreed(later))
    [own] = scoring_of(watches).own
    assert own.scorer is None
    assert "leads-later/1 could not be had" in str(own.message)
    said = answer(scoring_of(watches))
    assert (said.model_version, said.use_case) == (f"{MODEL_NAME}/1", None)
    assert said.use_case_away == "it"
    register(settings.tracking_uri, changed(settings.cache / "new"), name="leads-later")
    watches.look()
    assert answer(scoring_of(watches)).model_version == "leads-later/1"


def test_one_that_use_cases_share_or_is_the_general_one_is_loaded_once(settings: Settings) -> None:
    watches, _ = watched(settings, agreed({**IT, "model": GENERAL}, {**BAU, "model": OWN}))
    watches.follow(agreed({**IT, "model": GENERAL}, {**BAU, "model": OWN}, {
        "name": "handel", "when": {"industry": "Handel"}, "model": OWN,
    }), RULES)  # fmt: skip
    scoring = scoring_of(watches)
    general, bau, handel = (one.scorer for one in scoring.own)
    assert general is not None and general.basis is scoring.basis
    assert bau is handel is not None
    usual = watched(settings, USUAL)[0]
    expected = answer(scoring_of(usual)).model_copy(update={"use_case": "it"})
    assert answer(scoring) == expected


def test_a_model_that_was_trained_for_others_is_told(settings: Settings) -> None:
    lifecycle = agreed(
        {**IT, "model": "models:/leads-bau/1"}, {**BAU, "model": "models:/leads-bau/1"}
    )
    watches, _ = watched(settings, lifecycle)
    it, fits = scoring_of(watches).own
    assert str(it.message) == (
        "leads-bau/1 learned from leads with industry Bau alone, and answers for those with "
        f"industry IT; {fits.message}"
    )
    assert str(fits.message) == (
        "leads-bau/1 tells of 'customer' within 30d, the general model of 'SQL' within 30d: their "
        "probabilities cannot be compared"
    )
    assert answer(scoring_of(watches)).model_version == "leads-bau/1"
    general = settings.model_copy(update={"model": "models:/leads-bau/1"})
    _, heard = watched(general, USUAL)
    assert "learned from leads with industry Bau alone, and answers for all" in str(
        heard.all[-1][1]
    )
    # Somebody did as they were told.
    watches, heard = watched(general, agreed({**BAU, "model": "models:/leads-bau/1"}))
    assert heard.all[-1][1] is None
    assert scoring_of(watches).own[0].message is None
    assert scoring_of(watches).general.address == "models:/leads-bau/1"


@pytest.fixture
def state() -> ServiceState:
    return ServiceState()


@pytest.fixture
def watches(settings: Settings, state: ServiceState) -> Iterator[Watches]:
    watches = Watches(
        settings, (agreed(IT, {**BAU, "model": "models:/none/1"}), RULES), state.ready
    )
    watches.look()
    yield watches


def sent(industry: str, **more: object) -> dict[str, object]:
    lead = {
        "lead_id": industry,
        "created_at": "2026-02-01T09:00:00Z",
        "profile": {"industry": industry},
    }
    return {"lead": lead, "as_of": "2026-03-01T12:00:00Z", **more}


def test_the_service_tells_of_all_models(
    settings: Settings, state: ServiceState, watches: Watches
) -> None:
    with running(state) as client:
        asked = {"IT": sent("IT"), "Bau": sent("Bau"), "Handel": sent("Handel")}
        told = {
            name: client.post("/v1/score", json=one, params={"require": "model"}).json()
            for name, one in asked.items()
        }
        fields = ("model_version", "use_case", "use_case_away")
        assert {name: tuple(one[f] for f in fields) for name, one in told.items()} == {
            "IT": ("leads-it/1", "it", None),
            "Bau": (f"{MODEL_NAME}/1", None, "bau"),
            "Handel": (f"{MODEL_NAME}/1", None, None),
        }
        batch = client.post("/v1/score/batch", json={"leads": list(asked.values())})
        assert [one["answer"] for one in batch.json()["results"]] == list(told.values())
        ready = client.get("/readyz").json()
        assert (ready["status"], ready["recent"]["by_rules"]) == ("ready", 0)
        it, bau = ready["use_cases"]
        assert it == {"use_case": "it", "model_version": "leads-it/1", "message": None}
        assert bau["model_version"] is None and "models:/none/1 could not be had" in bau["message"]
        card = client.get("/v1/model").json()
        assert card["model_version"] == f"{MODEL_NAME}/1"
        assert [one["model_version"] for one in card["use_cases"]] == ["leads-it/1", None]
        assert card["use_cases"][0]["when"] == {"industry": ["IT"]}
        metrics = client.get("/metrics").text
        assert 'leadscore_use_case_model_loaded{use_case="it"} 1.0' in metrics
        assert 'leadscore_use_case_model_loaded{use_case="bau"} 0.0' in metrics
        assert 'leadscore_use_case_model_info{use_case="it",version="leads-it/1"} 1.0' in metrics
    since = state.since
    promote(settings, "leads-it", 2)
    watches.look()
    # The general model answers as long as before.
    assert state.since == since
