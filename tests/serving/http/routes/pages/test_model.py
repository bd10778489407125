"""The page on the model: with one, without, beside a challenger."""

import math
from pathlib import Path

import pytest

from features.contract.clock import now
from features.contract.duration import DAY_US
from serving.access.role import Role
from serving.http.state import ServiceState
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.scores.challenges import Challenge, add_challenges
from serving.record.scores.scores import GivenScore, give_scores
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.use_cases import OwnModel
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.record.telling import put, told
from tests.tiny import tiny_training

PATH = "/app/model"


def scored(state: ServiceState) -> None:
    """Let five leads have been scored 60 days ago, and two of them have become SQL."""
    at = now() - 60 * DAY_US
    for n in range(5):
        number = put(state.kept().database, told(f"L-{n}", at, created=at)).number
        score = GivenScore(
            number, at, at, 0.25, 95, "A", "model", None, "tiny/1", None, 0.0, 0.0, {}
        )  # fmt: skip
        with state.kept().database.writing() as connection:
            give_scores(connection, [score])
            add_challenges(connection, [Challenge(number, at, at, 0.35, "tiny/2")])
            if n < 2:
                add_stages(connection, [StageEntry(number, "SQL", at + DAY_US, "crm")], at)


def test_without_a_model_and_without_leads_it_says_so(added: Added, opened: Opened) -> None:
    added("dora", "data")
    dora = opened("dora")
    assert "Count it" in text_of(dora.get(PATH))
    shown = text_of(dora.get(f"{PATH}?truth=yes"))
    assert "The rules The rules answer: no model is loaded at the moment." in shown
    assert "No scores yet" in shown and "Not yet measured" in shown
    assert "None is set" in shown and "No stored lead is scored yet" in shown
    assert "How far the rules about a subject" in shown
    assert "How true it was in training" not in shown


def test_a_model_is_told_with_what_came_of_its_promises(
    added: Added, opened: Opened, state: ServiceState, tmp_path: Path
) -> None:
    added("mia", "sales")
    scored(state)
    model = tiny_training().load(tiny_training().save(tmp_path / "model"))
    state.ready(
        Scoring(read_rules(), model, Conditions(deadline=math.inf)), "<i>MLflow is away</i>"
    )
    answer = opened("mia").get(f"{PATH}?truth=yes")
    shown = text_of(answer)
    assert "tiny/1" in shown and "<i>MLflow is away</i>" in shown
    assert "<i>" not in answer.text
    # Promised a quarter, and two of five came: by Wilson, 11.8 % to 76.9 %.
    assert "A model 25.0 % 40.0 % 2 of 5 11.8 % – 76.9 % 0" in shown
    assert "tiny/1 on average 25.0 %" in shown and "tiny/2 on average 35.0 %" in shown
    assert "10.0 percentage points" in shown
    assert "100.0 % tiny/1" in shown


def test_a_challenger_is_beside_the_model_of_each_use_case(
    added: Added, opened: Opened, state: ServiceState, tmp_path: Path
) -> None:
    added("mia", "sales")
    scored(state)
    assert state.scoring is not None
    at = now() - DAY_US
    number = put(state.kept().database, told("newest", at, created=at)).number
    score = GivenScore(
        number, at, at, 0.5, 95, "A", "model", None, "other/1", None, 0.0, 0.0, {}
    )  # fmt: skip
    with state.kept().database.writing() as connection:
        give_scores(connection, [score])
        add_challenges(connection, [Challenge(number, at, at, 0.6, "tiny/2")])
    shown = text_of(opened("mia").get(PATH))
    assert "other/1 on average 50.0 %" in shown and "tiny/1 on average" not in shown
    own = Scoring(read_rules(), tiny_training().load(tmp_path / "model", "tiny/1"))
    case = OwnModel("austria", {"country": ("AT",)}, "models:/tiny/1", own)
    state.ready(state.scoring.divided([case]))
    shown = text_of(opened("mia").get(PATH))
    assert "other/1 on average 50.0 %" in shown and "tiny/1 on average 25.0 %" in shown


@pytest.mark.parametrize(("role", "status"), [("marketing", 200), ("admin", 200)])
def test_all_roles_see_it(added: Added, opened: Opened, role: Role, status: int) -> None:
    added("ben", role)
    assert opened("ben").get(PATH).status_code == status


def test_while_it_loads_the_page_says_so(added: Added, opened: Opened, state: ServiceState) -> None:
    added()
    browser = opened("anna")
    state.scoring = None
    assert browser.get(PATH).status_code == 503


def test_models_of_use_cases_are_told_with_whom_they_learned_from(
    added: Added, opened: Opened, state: ServiceState, tmp_path: Path
) -> None:
    added("mia", "sales")
    model = tiny_training(trees=False).load(tmp_path / "own", "own/3")
    model.manifest = model.manifest.model_copy(update={"leads": {"country": ("AT",)}})
    own = Scoring(read_rules(), model, Conditions(deadline=math.inf))
    assert state.scoring is not None
    since = state.since
    austria = OwnModel("austria", {"country": ("AT",)}, "models:/own@champion", own)
    swiss: OwnModel[Scoring] = OwnModel(
        "swiss", {"country": ("CH",)}, "models:/1", None, "<b>no</b>"
    )
    state.ready(state.scoring.divided([austria, swiss]))
    assert state.since == since
    answer = opened("mia").get(PATH)
    shown = text_of(answer)
    assert "austria country AT own/3 1,500 leads (country AT)" in shown
    assert "swiss country CH not loaded models:/1 <b>no</b> –" in shown
    assert "<b>no" not in answer.text
    assert "The rules answer: no model is loaded" in shown
