"""What to ask next is what would move most, by scoring the lead anew with each value in turn."""

import math
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Connection

from features.contract.lead import Event, ProfileValue, moment
from serving.intake.company import company_facts
from serving.intake.events import Whose
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import find_lead, parts_of
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.next_question import MOST_FIELDS, MOST_VALUES, Question, next_questions
from serving.stored.scoring import StoredScores
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.tiny import tiny_training

POLICY = Policy()
RULES = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
Profile = dict[str, ProfileValue]


@pytest.fixture(params=["rules", "model"])
def scoring(request: pytest.FixtureRequest, tmp_path: Path) -> Scoring:
    """Return either kind of scoring."""
    if request.param == "rules":
        return RULES
    model = tiny_training().load(tmp_path / "model")
    return Scoring(read_rules(), model, Conditions(deadline=math.inf))


def add(database: Database, lead_id: str, profile: Profile, *, consent: bool = True) -> None:
    number = put(database, told(lead_id, profile=profile)).number
    with database.writing() as connection:
        given = NewConsent("profiling", "consent", consent, "t", None, None, NOW)
        add_consent(connection, number, given, NOW)


def ask(connection: Connection, scoring: Scoring, as_of: int = NOW + HOUR) -> list[Question]:
    asked = find_lead(connection, "L")
    assert asked is not None
    parts = parts_of(connection, [asked.number])
    [case] = stored_cases(connection, [asked], parts, as_of, "en")
    return next_questions(connection, POLICY, scoring, (asked, case), company_facts, "en")


def asked(database: Database, scoring: Scoring, as_of: int = NOW + HOUR) -> list[Question]:
    with database.reading() as connection:
        return ask(connection, scoring, as_of)


def said(database: Database, scoring: Scoring, lead_id: str, as_of: int) -> float:
    scores = StoredScores(database, POLICY)
    [answer], _ = scores.score(scoring, [lead_id], as_of, None)
    assert isinstance(answer, Answer)
    return answer.probability


def test_the_figures_are_those_of_the_lead_told_anew(database: Database, scoring: Scoring) -> None:
    for place in range(12):
        industry = ("IT", "Maschinenbau", " it ", "Handel")[place % 4]
        add(database, f"o{place}", {"industry": industry, "employees": 10 + 50 * (place % 3)})
    add(database, "L", {})
    did(database, Whose("lead_id", "L"), Event("demo_request", moment(NOW - 1)))
    as_of = NOW + HOUR
    found = {question.field: question for question in asked(database, scoring, as_of)}
    assert {"industry", "employees"} <= found.keys()
    before = said(database, scoring, "L", as_of)
    for field, values in (
        ("industry", {"IT": 6, "Maschinenbau": 3, "Handel": 3}),
        ("employees", {10: 4, 60: 4, 110: 4}),
    ):
        question = found[field]
        assert question.leads == 12
        assert question.probability == before
        shares: dict[ProfileValue, float] = {one.value: one.share for one in question.answers}
        assert shares == {value: count / 12 for value, count in values.items()}
        moves, chances = 0.0, []
        for value, count in values.items():
            # Somebody who is the same, and said that.
            add(database, f"{field}-{value}", {field: value})
            whose = Whose("lead_id", f"{field}-{value}")
            did(database, whose, Event("demo_request", moment(NOW - 1)))
            chances.append(said(database, scoring, f"{field}-{value}", as_of))
            moves += count / 12 * abs(chances[-1] - before)
        assert sorted(one.probability for one in question.answers) == pytest.approx(sorted(chances))
        assert question.expected_move == pytest.approx(moves)
        assert (question.low, question.high) == (min(chances), max(chances))


def test_what_moves_most_comes_first_and_twice_the_same(
    database: Database, scoring: Scoring
) -> None:
    for place in range(9):
        profile: Profile = {"industry": "IT" if place % 2 else "Handel", "employees": 7 * place}
        add(database, f"o{place}", {**profile, "role": "CEO", "channel": "Messe"})
    add(database, "L", {"channel": "Messe"})
    first = asked(database, scoring)
    moves = [question.expected_move for question in first]
    assert moves == sorted(moves, reverse=True) and moves[0] > 0
    # What is known is not asked, nor what no feature reads.
    assert "channel" not in {question.field for question in first}
    assert first == asked(database, scoring)


def test_only_what_enough_others_said_is_tried(database: Database) -> None:
    for place in range(3):
        add(database, f"o{place}", {"role": "student", "industry": f"only-{place}"})
    for place in range(3):
        add(database, f"secret{place}", {"role": "CEO"}, consent=False)
        add(database, f"buyer{place}", {"role": "Einkauf"})
    put(database, told("o0", NOW + 2 * HOUR, profile={"role": "owner"}))
    add(database, "L", {})
    [role] = asked(database, RULES)
    assert role.field == "role" and role.label == "role"
    # Who may not be profiled is not counted; what came later is not known yet.
    assert Counter({one.value: round(6 * one.share) for one in role.answers}) == Counter(
        student=3, Einkauf=3
    )
    assert role.low < role.probability < role.high
    assert asked(database, RULES, NOW - 1) == []


def test_numbers_are_tried_by_the_middles_of_equal_parts(database: Database) -> None:
    for place in range(100):
        add(database, f"o{place}", {"employees": place, "role": "n/a" if place < 2 else None})
    add(database, "text", {"employees": "viele"})
    add(database, "L", {})
    [question] = asked(database, RULES)
    assert [one.value for one in question.answers] == [4 + 10 * part for part in range(10)]
    assert {one.share for one in question.answers} == {0.1}
    assert (question.leads, len(question.answers)) == (100, MOST_VALUES)


def test_so_much_is_tried_and_no_more(database: Database) -> None:
    rules = read_rules().model_dump(mode="json")
    some = {"missing": True, "points": -5, "de": "ohne", "en": "without"}
    rules["fit"] = {f"f{n}": {**some, "profile": f"f{n:02}", "points": -5 - n} for n in range(15)}
    scoring = Scoring(type(read_rules()).model_validate(rules), "no_model")
    for place in range(60):
        add(database, f"o{place}", {f"f{n:02}": f"v{place // 4}" for n in range(15)})
    add(database, "L", {})
    found = asked(database, scoring)
    # The most important ones, by how much they can move at all.
    assert [one.field for one in found] == [f"f{n:02}" for n in range(14, 14 - MOST_FIELDS, -1)]
    assert {len(one.answers) for one in found} == {MOST_VALUES}


def test_of_an_empty_record_nothing_is_asked(database: Database, scoring: Scoring) -> None:
    add(database, "L", {})
    assert asked(database, scoring) == []
