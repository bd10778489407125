"""The record of the demo: made-up people, and weeks of work that the agreement allows."""

import math
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from experiments.demo.past_weeks import PastWeeks
from experiments.demo.people import person
from experiments.simulator import simulate
from features.contract.lead import micros
from serving.intake.contact import canonical_contacts
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.record.schema import consent, current_score, lead, score_given, stage_change
from serving.record.upgrade import check, upgrade
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from training.progress import Progress

UNTIL = datetime(2026, 10, 21, 9, 30, tzinfo=UTC)


def test_people_can_be_told_apart_and_are_always_the_same() -> None:
    people = [person(n, f"A{n // 3}", "software" if n % 2 else None) for n in range(4_000)]
    assert people == [person(n, f"A{n // 3}", "software" if n % 2 else None) for n in range(4_000)]
    assert len({one.email for one in people}) == len({one.phone for one in people}) == len(people)
    for one in people[::50]:
        told = {"name": one.name, "email": one.email, "phone": one.phone}
        assert canonical_contacts(told, "contact") == told
        assert one.email.endswith(".example.com")


def test_colleagues_have_one_company_and_leads_without_account_their_own() -> None:
    assert person(1, "A1", "retail").company == person(2, "A1", "retail").company
    domains = {person(n, None, "retail").email.partition("@")[2] for n in range(50)}
    assert len(domains) == 50


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Database:
    folder = tmp_path_factory.mktemp("weeks")
    market = simulate(folder, leads=900, seed=3, until=UNTIL, others=20_000)
    database = Database(f"sqlite:///{folder / 'record.db'}")
    upgrade(database)
    scoring = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
    scores = StoredScores(database, Policy())
    PastWeeks(scores, scoring, market, micros(UNTIL, "until"), 1).live(Progress())
    return database


def test_the_weeks_that_were_lived_leave_a_sound_record_up_to_the_present(lived: Database) -> None:
    assert check(lived) == []
    until = micros(UNTIL, "until")
    with lived.reading() as connection:
        ids = connection.execute(select(lead.c.lead_id)).scalars().all()
        given = connection.execute(select(score_given.c.as_of)).scalars().all()
        moves = connection.execute(select(stage_change)).all()
    assert min(ids) > "L0020000" and len(ids) > 100
    assert max(given) == until and len(set(given)) > 50
    assert {move.stage for move in moves} >= {"MAL", "MQL", "SAL", "recycled", "disqualified"}
    assert all(move.at <= until for move in moves)
    assert all(move.allowed for move in moves if move.role != "crm")


def test_nobody_is_scored_who_has_not_agreed(lived: Database) -> None:
    with lived.reading() as connection:
        agreed = set(connection.execute(select(consent.c.lead)).scalars())
        scored = set(connection.execute(select(current_score.c.lead)).scalars())
        all_of_them = set(connection.execute(select(lead.c.number)).scalars())
    assert scored == agreed < all_of_them
