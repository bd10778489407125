"""What a lifecycle file may say, and what a mistake in it is answered with."""

import tomllib
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from features.contract.lead import ProfileValue
from serving.lifecycle.agreement import Lifecycle, read_lifecycle
from serving.lifecycle.criteria import Score
from tests.serving.lifecycle.agreements import agreement, facts, small

MQL_BY_RULE = {
    "from": "lead", "to": "MQL", "by": ["rule"], "needs": {"probability_at_least": 0.2},
}  # fmt: skip
PRICED = {
    "calls_per_week": 50, "value_of_conversion": 2_000, "cost_of_call": 60, "currency": "EUR",
}  # fmt: skip
RECYCLED = {"MQL": {}, "SQL": {"end": True}, "recycled": {}}


def refused(document: dict[str, object]) -> str:
    with pytest.raises(ValueError) as caught:
        Lifecycle.model_validate(document)
    return str(caught.value)


def test_the_agreement_that_ships_is_sound() -> None:
    assert read_lifecycle() == agreement()
    assert read_lifecycle().called(" Won ") == "customer"
    assert read_lifecycle().called("newsletter") is None


def test_a_fingerprint_is_of_what_a_file_says() -> None:
    assert agreement(version="2").fingerprint == agreement().fingerprint
    assert agreement(views=[]).fingerprint != agreement().fingerprint
    assert agreement(version="2").name != agreement().name


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (small(stages={"MQL": {}, "SAL": {}, "SQL": {"end": True}}), "stage 'SAL' is out of reach"),
        (small(stages={"MQL": {}, "SQL": {}}), "no stage is an end"),
        (
            small(
                {"from": "lead", "to": "SAL", "by": ["sales"]},
                stages={"MQL": {}, "SAL": {}, "SQL": {"end": True}},
            ),
            "stage 'SAL' is a dead end",
        ),
        (
            small({"from": "SQL", "to": "MQL", "by": ["sales"]}),
            "stage 'SQL' is an end, and a transition leads on",
        ),
        (
            small({"from": "MQL", "to": "SAL", "by": ["sales"]}),
            "there is no [stages.SAL]; add it",
        ),
        (
            small({"from": "visitor", "to": "MQL", "by": ["rule"], "needs": {"consent": True}}),
            "a visitor becomes a lead by telling who it is",
        ),
        (small({"from": "MQL", "to": "MQL", "by": ["sales"]}), "leads to where it begins"),
        (small({"from": "lead", "to": "MQL", "by": ["rule"]}), "a rule without needs"),
        (small({**MQL_BY_RULE, "reasons": ["x"]}), "a rule gives no reason"),
        (small({**MQL_BY_RULE, "from": "MQL", "to": "SQL"}), "models learn from 'SQL'"),
        (small({**MQL_BY_RULE, "from": "MQL", "to": "lead"}), "a rule moves leads forward only"),
        (
            small(
                {"from": "MQL", "to": "recycled", "by": ["sales"]},
                {**MQL_BY_RULE, "from": "recycled"},
                stages=RECYCLED,
            ),
            "say in_stage_at_least",
        ),
        (
            small(
                MQL_BY_RULE,
                {
                    "from": "MQL", "to": "recycled", "by": ["rule"],
                    "needs": {"probability_below": 0.3},
                },
                {"from": "recycled", "to": "MQL", "by": ["sales"]},
                stages=RECYCLED,
            ),
            "leads would come and go",
        ),
        (
            small(
                MQL_BY_RULE,
                {
                    "from": "MQL", "to": "SAL", "by": ["rule"],
                    "needs": {"probability_at_least": 0.1},
                },
                {"from": "SAL", "to": "SQL", "by": ["sales"]},
                stages={"MQL": {}, "SAL": {}, "SQL": {"end": True}},
            ),
            "asks for less than that of lead -> MQL; thresholds must not fall",
        ),
        (
            small({**MQL_BY_RULE, "needs": {"probability_at_least": 1, "probability_below": 0.4}}),
            "or it never holds",
        ),
        (
            small(views=[{"name": "warm", "stages": "MQL"}, {"name": "cold", "stages": ["MQL"]}]),
            "view 'cold' of MQL: views before it take all",
        ),
        (
            small(
                {**MQL_BY_RULE, "needs": {"grade": "A"}},
                {"from": "MQL", "to": "SAL", "by": ["rule"], "needs": {"grade": "B"}},
                {"from": "SAL", "to": "SQL", "by": ["sales"]},
                stages={"MQL": {}, "SAL": {}, "SQL": {"end": True}},
            ),
            "grade of MQL -> SAL asks for less than that of lead -> MQL",
        ),
        (
            small(
                {"from": "MQL", "to": "disqualified", "by": ["sales"]},
                {
                    "from": "disqualified", "to": "MQL", "by": ["rule"],
                    "needs": {"consent": True, "in_stage_at_least": "30d"},
                },
                stages={"MQL": {}, "SQL": {"end": True}, "disqualified": {}},
            ),
            "from 'disqualified' a rule leads to 'recycled' only",
        ),
        (
            small(
                {**MQL_BY_RULE, "needs": {"probability_at_least": 0.4, "probability_below": 0.4}}
            ),
            "or it never holds",
        ),
        (small({**MQL_BY_RULE, "needs": {"bant_at_least": 0}}), "bant_at_least"),
        (small({**MQL_BY_RULE, "needs": {"known": []}}), "known"),
        (small({**MQL_BY_RULE, "needs": {"known": ["x" * 201]}}), "known"),
        (small({**MQL_BY_RULE, "needs": {"probability_at_least": -0.1}}), "probability_at_least"),
        (small({**MQL_BY_RULE, "needs": {"probability_at_least": 1.1}}), "probability_at_least"),
        (small(views=[{"name": "warm", "stages": ["SAL"]}]), "there is no [stages.SAL]"),
        (small(stages={"MQL": {"also": ["sql"]}, "SQL": {"end": True}}), "'sql' is said twice"),
        (
            small(use_cases=[{"name": "a", "when": {"c": 1}, "needs": {"MQL": {"grade": "B"}}}]),
            "no transition to 'MQL' asks for grade",
        ),
        (
            small(
                MQL_BY_RULE,
                {
                    "from": "MQL", "to": "recycled", "by": ["rule"],
                    "needs": {"probability_below": 0.1},
                },
                {"from": "recycled", "to": "MQL", "by": ["sales"]},
                stages=RECYCLED,
                use_cases=[
                    {
                        "name": "a", "when": {"c": 1},
                        "needs": {"MQL": {"probability_at_least": 0.05}},
                    }
                ],
            ),
            "use case 'a': transition MQL -> recycled: probability_below",
        ),
        (small(handover=PRICED), "handover: no rule leads to 'MQL'"),
        (small(MQL_BY_RULE, handover={**PRICED, "stage": "MAL"}), "no rule leads to 'MAL'"),
        (
            small(MQL_BY_RULE, handover={**PRICED, "cost_of_call": 2_000}),
            "cost_of_call must be less than value_of_conversion",
        ),
        (small(next_action={"recent": "soon"}), "'soon' is not a duration"),
        (small(next_action={"demo": [""]}), "next_action.demo.0"),
        (small(stages={"MQL": {}, "SQL": {"end": "yes"}}), "stages.SQL.end"),
        (small({"from": [], "to": "MQL", "by": ["sales"]}), "transitions.2.from"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(document: dict[str, object], said: str) -> None:
    assert said in refused(document)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("needs.fit_atleast = 1", "unknown key 'transitions.0.needs.fit_atleast'; did you mean"),
        ("form = 'x'", "unknown key 'transitions.0.form'; did you mean 'from'?"),
        ("needs.in_stage_at_least = '30 days'", "transitions.0.needs.in_stage_at_least: '30 days'"),
        ("needs.grade = 'E'", "transitions.0.needs.grade: "),
        ("needs.probability_at_least = 20", "transitions.0.needs.probability_at_least: "),
        ("needs.fit_at_least = nan", "transitions.0.needs.fit_at_least: "),
        ("reasons = ['Ruft nie zurück!']", "transitions.0.reasons.0: "),
        ("needs.bant_at_least = 5", "transitions.0.needs.bant_at_least: "),
    ],
)
def test_a_mistake_names_file_and_key(line: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "lifecycle.toml"
    text = f"version = '1'\n[stages.SQL]\nend = true\n[[transitions]]\nfrom = 'lead'\nto = 'SQL'\nby = ['sales']\n{line}\n"  # noqa: E501 - one document
    file.write_text(text, encoding="utf-8")
    assert tomllib.loads(text)
    with pytest.raises(DocumentError) as caught:
        read_lifecycle(file)
    assert f"{file}: {said}" in str(caught.value)


def test_thresholds_along_a_way_may_be_the_same() -> None:
    asked = {"probability_at_least": 0.3, "grade": "B", "bant_at_least": 1, "known": ["x" * 200]}
    document = small(
        {**MQL_BY_RULE, "needs": asked},
        {"from": "MQL", "to": "SAL", "by": ["rule"], "needs": asked},
        {"from": "SAL", "to": "SQL", "by": ["sales"]},
        {"from": "MQL", "to": "recycled", "by": ["rule"], "needs": {"probability_below": 0.3}},
        {"from": "recycled", "to": "MQL", "by": ["sales"]},
        stages={"MQL": {}, "SAL": {}, "SQL": {"end": True}, "recycled": {}},
    )
    assert len(Lifecycle.model_validate(document).transitions) == 7


def test_the_first_use_case_that_fits_has_thresholds_of_its_own() -> None:
    read = agreement(
        use_cases=[
            {
                "name": "austria", "when": {"country_code": ["AT", "ch"], "paying": True},
                "needs": {"MQL": {"grade": "C"}},
            },
            {"name": "all", "when": {"country_code": "AT"}, "needs": {"MQL": {"grade": "A"}}},
        ]
    )  # fmt: skip
    expected: list[tuple[dict[str, ProfileValue], str | None, str]] = [
        ({"country_code": " at ", "paying": True}, "austria", "C"),
        ({"country_code": "CH", "paying": True}, "austria", "C"),
        ({"country_code": "AT", "paying": 1}, "all", "A"),
        ({"country_code": "DE", "paying": True}, None, "B"),
        ({}, None, "B"),
    ]
    for profile, name, grade in expected:
        assert read.use_case(profile) == name
        ways = read.ways(facts("MAL", profile=profile))
        [by_rule] = [way for way in ways if way.by == ("rule",)]
        assert by_rule.needs.grade == grade
        # Who decides by hand was never asked for a grade.
        assert all(way.needs.grade is None for way in ways if "marketing" in way.by)


def own(n: int = 1, **changes: object) -> dict[str, object]:
    """Return a use case with a model of its own; changes replace its parts."""
    case = {"name": f"case {n}", "when": {"country_code": "AT"}, "model": f"models:/leads-{n}/1"}
    return {**case, **changes}


def test_a_use_case_may_have_nothing_but_a_model() -> None:
    for address in ("models:/leads-at@champion", "models:/leads_at/12"):
        [case] = agreement(use_cases=[own(model=address)]).use_cases
        assert (case.model, case.needs) == (address, {})
    most = [own(n) for n in range(8)]
    # Of one model, any number of use cases may be.
    shared = own(9, model="models:/leads-0/1")
    assert len(agreement(use_cases=[*most, shared]).use_cases) == 9


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ([own(model=None)], "needs or sla must say what is agreed on otherwise"),
        ([own(n) for n in range(9)], "9 different models are named, and at most 8 are kept"),
        ([own(model="leads-at")], "'leads-at' names no registered model; write models:/name@alias"),
        ([own(model="models:/leads-at")], "names no registered model"),
        ([own(model="models:/leads-at/0")], "names no registered model"),
        ([own(model="models:/a/../b/1")], "names no registered model"),
        ([own(model="/models/at")], "names no registered model"),
        ([own(model="models:/x@y\n")], "names no registered model"),
        ([own(model="models:/" + "x" * 300 + "/1")], "at most 300 characters"),
        ([own(model=3)], "use_cases.0.model"),
    ],
)
def test_models_that_cannot_be_meant_are_refused(cases: list[object], said: str) -> None:
    assert said in refused(small(use_cases=cases))


def test_who_names_no_model_keeps_the_fingerprint() -> None:
    way = {"from": "lead", "to": "MQL", "by": ["rule"], "needs": {"grade": "B"}}
    case = {"name": "at", "when": {"country": ["AT", 5]}, "needs": {"MQL": {"grade": "C"}}}
    usual = Lifecycle.model_validate(small(way, use_cases=[case]))
    # As it was when a use case could have no model.
    assert usual.fingerprint == "53f351b51266"
    other = Lifecycle.model_validate(small(way, use_cases=[{**case, "model": "models:/a/1"}]))
    assert other.fingerprint != usual.fingerprint


def test_a_view_is_the_first_that_fits() -> None:
    read = agreement()
    poor = Score(probability=0.1, grade="C", fit=0.0, behaviour=0.0)
    assert read.view(facts("SAL")) == "sales"
    assert read.view(facts("MQL", score=None)) == "warm"
    assert read.view(facts("MAL")) == "warm"
    assert read.view(facts("MAL", score=poor)) == "cold"
    assert read.view(facts("visitor", score=None)) == "cold"
    assert read.view(facts("customer")) is None
    assert read.view(facts(None)) is None
