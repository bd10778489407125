"""The one choice: the first use case that fits and has a model that is loaded, else the general."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.contract.case import Case
from features.contract.lead import ContractError, ProfileValue
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.scoring.use_cases import NO_USE_CASE, AnsweredFor, OwnModel, choose, grouped
from tests.serving.sent import case
from tests.tiny import tiny_training

RULES = read_rules()
PATIENT = Conditions(deadline=math.inf)
Profile = dict[str, ProfileValue]


def own(name: str, country: str, scorer: str | None) -> OwnModel[str]:
    return OwnModel(name, {"country": (country,)}, f"models:/{name}/1", scorer)


AUSTRIA, AWAY = own("austria", "AT", "at"), own("away", "AT", None)
SWISS = own("swiss", "CH", "ch")


@pytest.mark.parametrize(
    ("cases", "country", "expected"),
    [
        ([], "AT", (None, NO_USE_CASE)),
        ([AUSTRIA, SWISS], "AT", ("at", AnsweredFor("austria"))),
        ([AUSTRIA, SWISS], " ch ", ("ch", AnsweredFor("swiss"))),
        ([AUSTRIA, SWISS], "DE", (None, NO_USE_CASE)),
        ([AUSTRIA, SWISS], None, (None, NO_USE_CASE)),
        ([AWAY], "AT", (None, AnsweredFor(None, "away"))),
        ([AWAY, AUSTRIA], "AT", ("at", AnsweredFor("austria", "away"))),
        ([AUSTRIA, AWAY], "AT", ("at", AnsweredFor("austria"))),
        ([AWAY, own("second", "AT", None)], "AT", (None, AnsweredFor(None, "away"))),
        ([AWAY, SWISS], "CH", ("ch", AnsweredFor("swiss"))),
    ],
)
def test_the_first_that_fits_and_is_loaded_is_asked(
    cases: Sequence[OwnModel[str]], country: str | None, expected: tuple[str | None, AnsweredFor]
) -> None:
    found = choose(cases, {"country": country})
    assert found == expected


@given(
    st.lists(st.sampled_from([AUSTRIA, AWAY, SWISS]), max_size=4),
    st.lists(st.sampled_from(["AT", "CH", "DE", None])),
)
def test_groups_are_the_choices_of_each(
    cases: list[OwnModel[str]], countries: list[str | None]
) -> None:
    profiles: list[Profile] = [{"country": country} for country in countries]
    found = {}
    for scorer, asked, positions in grouped(cases, profiles):
        assert all(one < other for one, other in pairwise(positions))
        found.update(dict.fromkeys(positions, (scorer, asked)))
    assert [found[n] for n in range(len(profiles))] == [choose(cases, one) for one in profiles]


@pytest.fixture(scope="module")
def general(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model = tiny_training().load(tmp_path_factory.mktemp("general"), "general/1")
    return Scoring(RULES, model, PATIENT)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    model = tiny_training(trees=False).load(tmp_path_factory.mktemp("other"), "other/1")
    return Scoring(RULES, model, PATIENT)


def divided(general: Scoring, scorer: Scoring | None) -> Scoring:
    return general.divided([OwnModel("it", {"industry": ("IT",)}, "models:/it/1", scorer)])


def of(**profile: ProfileValue) -> Case:
    one = case()
    return replace(one, lead=replace(one.lead, profile=profile))


MANY = [of(industry="IT", employees=10), of(industry="Bau"), of(industry=" it "), of(), of(
    industry="IT", employees="many"
)]  # fmt: skip


def test_each_lead_is_answered_as_by_its_own_model_alone(general: Scoring, other: Scoring) -> None:
    said = divided(general, other).score_all(MANY, math.inf)
    by_general, by_other = (one.score_all(MANY, math.inf) for one in (general, other))
    for position, (one, of_it) in enumerate(zip(said, (1, 0, 1, 0, 1), strict=True)):
        expected = (by_other if of_it else by_general)[position]
        if isinstance(expected, Answer):
            expected = expected.model_copy(update={"use_case": "it" if of_it else None})
            assert one == expected
        else:
            assert isinstance(one, ContractError) and str(one) == str(expected)
    assert isinstance(said[0], Answer) and said[0].model_version == "other/1"


def test_a_use_case_that_names_the_general_model_changes_nothing_but_its_name(
    general: Scoring,
) -> None:
    said = divided(general, general).score_all(MANY, math.inf)
    for one, usual in zip(said, general.score_all(MANY, math.inf), strict=True):
        if isinstance(one, Answer) and isinstance(usual, Answer):
            assert one.model_copy(update={"use_case": None}) == usual
        else:
            assert str(one) == str(usual)


def test_where_the_model_is_away_the_general_one_answers_and_that_is_told(
    general: Scoring,
) -> None:
    said = divided(general, None).score(MANY[0], math.inf)
    usual = general.score(MANY[0], math.inf)
    assert said == usual.model_copy(update={"use_case_away": "it"})
    assert divided(general, None).score(MANY[1], math.inf).use_case_away is None


def test_without_a_general_model_only_its_leads_are_scored_by_one(other: Scoring) -> None:
    scoring = divided(Scoring(RULES, "no_model", PATIENT), other)
    it, bau = (scoring.score(one, math.inf) for one in MANY[:2])
    assert (it.basis, it.use_case, it.fallback_reason) == ("model", "it", None)
    assert (bau.basis, bau.use_case, bau.fallback_reason) == ("rules", None, "no_model")


def test_one_that_comes_too_late_is_answered_by_the_rules(general: Scoring, tmp_path: Path) -> None:
    model = tiny_training(trees=False).load(tmp_path)
    said = divided(general, Scoring(RULES, model)).score(MANY[0], -math.inf)
    assert (said.basis, said.fallback_reason, said.use_case) == ("rules", "deadline", "it")


def test_probabilities_are_those_of_the_answers(general: Scoring, other: Scoring) -> None:
    scoring, some = divided(general, other), MANY[:4]
    answers = [scoring.score(one, math.inf).probability for one in some]
    assert scoring.probabilities(some) == pytest.approx(answers)
    assert scoring.of(some[0].lead.profile) is other
    assert scoring.of(some[1].lead.profile) is general
    # Divided anew, nothing is left of the first division.
    assert scoring.divided([]).score(some[0], math.inf) == general.score(some[0], math.inf)
