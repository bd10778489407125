"""How the list of work and the page on a lead ask the databases: by indexes, and not often."""

import math

import pytest

from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.intake.name_words import find_numbers, note_words
from serving.record.database.database import Database
from serving.record.leads.leads import find_lead
from serving.record.privacy.consents import NewConsent, add_consents
from serving.record.privacy.policy import Policy
from serving.record.scores.work_list import NOWHERE, Wanted
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.dossier import dossier
from serving.stored.scoring import StoredScores
from serving.stored.work_list import work_rows
from serving.work.rescoring import rescore_due
from tests.serving.http.test_plans import noted, scanned
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.serving.statements import counted

SCORING = Scoring(read_rules(), "no_model", Conditions(deadline=math.inf))
GIVEN = NewConsent("profiling", "consent", True, "test", None, None, NOW)


@pytest.fixture
def scores(database: Database) -> StoredScores:
    """Return scores of a record with some leads."""
    kept = StoredScores(database, Policy())
    for n in range(12):
        contact = {"name": f"Anna {n}", "email": f"a{n}@example.com"}
        lead = told(f"L{n}", account_id="firm", account_told=True, contact=contact)
        number = put(database, lead).number
        did(database, Whose("lead_id", f"L{n}"), Event("click", moment(NOW - 1)))
        with database.writing() as connection:
            add_consents(connection, [(number, GIVEN)], NOW)
            note_words(connection, [number])
    rescore_due(kept, SCORING, NOW + HOUR)
    return kept


def test_a_page_of_the_list_takes_few_statements_however_long_it_is(
    database: Database, scores: StoredScores
) -> None:
    taken = []
    for limit in (1, 10):
        with counted(database) as said, database.reading() as connection:
            rows, _ = work_rows(connection, scores, Wanted(), None, limit, NOW + HOUR)
        assert len(rows) == limit
        taken.append(len(said))
    assert taken[0] == taken[1] <= 18


def test_nothing_is_scanned(database: Database, scores: StoredScores) -> None:
    wanted = Wanted((NOWHERE, "lead", "MQL"), ("A", "D"), "austria")
    with noted(database) as statements, database.reading() as connection:
        found = find_numbers(connection, "ann 1")
        assert len(found) == 3
        for one in (Wanted(), wanted, Wanted(among=found)):
            for after in (None, (0.5, 3)):
                work_rows(connection, scores, one, after, 25, NOW + HOUR)
        lead = find_lead(connection, "L1")
        assert lead is not None
        known = dossier(connection, scores, SCORING, lead, (None, NOW + HOUR), "en")
        assert known.behind is not None and known.company is not None
    assert len(statements) > 20
    for statement, parameters in statements.items():
        assert scanned(database, statement, parameters) == set(), statement


def test_contacts_are_found_by_their_leads(database: Database, scores: StoredScores) -> None:
    if not database.embedded:
        return
    with noted(database) as statements, database.reading() as connection:
        work_rows(connection, scores, Wanted(), None, 25, NOW + HOUR)
    with database.reading() as connection:
        plans = [
            str(row[-1])
            for statement, parameters in statements.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    asked = [plan for plan in plans if "contact" in plan]
    # An index of all contacts of a kind is no help where there are many leads.
    assert asked and all("lead=?" in plan for plan in asked)
