"""What is asked of all leads at once, held against what is asked of each."""

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.contract.lead import ProfileValue
from serving.intake.events import Whose
from serving.lifecycle.bant import Report
from serving.record.database.database import Database
from serving.record.identity.merges import join_leads
from serving.record.leads.leads import parts_of
from serving.record.leads.newest_values import newest_values
from serving.record.leads.profiles import profiles
from serving.record.lifecycle.bant import add_report
from serving.record.lifecycle.journeys import created_leads, said_of_stages
from serving.record.lifecycle.sales_contacts import sales_contacts
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.schema import profile_value, score_given
from serving.record.scores.first_scores import first_scores
from tests.serving.record.telling import HOUR, NOW, did, event, put, told

moments = st.integers(NOW, NOW + 3)
values = st.tuples(
    st.integers(0, 2), st.sampled_from(["channel", "role"]), moments, moments, moments,
    st.sampled_from([None, "ads", "fair", True, 7]),
)  # fmt: skip
Written = tuple[int, str, int, int, int, ProfileValue]


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(values, max_size=12, unique_by=lambda one: one[:5]), moments)
def test_newest_values_are_those_of_profiles(
    database: Database, written: list[Written], as_of: int
) -> None:
    numbers = [put(database, told(name)).number for name in ("a", "b", "c")]
    with database.writing() as connection:
        connection.execute(profile_value.delete())
        if not parts_of(connection, numbers[:1]).keys() >= {numbers[1]}:
            join_leads(connection, numbers[0], numbers[1], "t", NOW)
        rows = [
            {"lead": numbers[place], "field": field, "occurred": occurred, "recorded": recorded,
             "received": received, "value": value, "source": "t"}
            for place, field, occurred, recorded, received, value in written
        ]  # fmt: skip
        if rows:
            connection.execute(profile_value.insert(), rows)
    with database.reading() as connection:
        one_by_one = profiles(connection, parts_of(connection, [numbers[0], numbers[2]]), as_of)
        assert newest_values(connection, {"channel", "role"}, as_of) == one_by_one
        only = {number: known["role"] for number, known in one_by_one.items() if "role" in known}
        found = newest_values(connection, {"role"}, as_of)
        assert {number: known["role"] for number, known in found.items()} == only


def test_only_leads_that_stand_for_themselves_have_a_life(database: Database) -> None:
    first = put(database, told("a", created=NOW - HOUR)).number
    second = put(database, told("b")).number
    late = put(database, told("late", created=NOW)).number
    did(database, Whose("anonymous_id", "cookie"), event("page_view", NOW, "1"))
    with database.writing() as connection:
        join_leads(connection, first, second, "t", NOW)
        assert created_leads(connection, NOW).keys() == {first, late}
        assert created_leads(connection, NOW - 1) == {first: NOW - HOUR}
        entries = [
            StageEntry(second, "SAL", NOW, "t"), StageEntry(first, "MQL", NOW - 2, "t"),
            StageEntry(first, "SQL", NOW + 1, "t"),
        ]  # fmt: skip
        add_stages(connection, entries, NOW + 1)
        assert [*said_of_stages(connection, NOW)] == []
        told_of = [(one.root, one.stage) for one in said_of_stages(connection, NOW + 1)]
        assert told_of == [(first, "MQL"), (first, "SAL"), (first, "SQL")]


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
def test_of_scores_of_one_person_the_first_in_the_period_counts(
    database: Database, order: tuple[int, ...]
) -> None:
    first, second = (put(database, told(name)).number for name in ("a", "b"))
    of = {1: second, 2: first, 3: second}
    rows = [
        {"lead": of[after], "as_of": NOW + after, "given": NOW, "probability": after / 10,
         "score": 1, "grade": "D", "basis": "model", "log_odds": 0.0, "base_log_odds": 0.0,
         "contributions": {}}
        for after in order
    ]  # fmt: skip
    with database.writing() as connection:
        connection.execute(score_given.insert(), rows)
        join_leads(connection, first, second, "t", NOW)
        for begin, end, expected in ((1, 4, [1]), (2, 4, [2]), (2, 3, [2]), (3, 3, []), (4, 9, [])):
            found = [one.as_of - NOW for one in first_scores(connection, NOW + begin, NOW + end)]
            assert found == expected


def test_sales_was_in_touch_by_calls_and_what_they_found_out(database: Database) -> None:
    number = put(database, told("a")).number
    other = put(database, told("b")).number
    for lead_id in ("a", "b"):
        did(database, Whose("lead_id", lead_id), event("call", NOW - 3, "1"),
            event("page_view", NOW - 4, "2"))  # fmt: skip
    with database.writing() as connection:
        for at, source in ((NOW - 5, "call"), (NOW - 6, "form")):
            report = Report({"need": None}, source, 0.9, at, "u-1")  # type: ignore[arg-type]
            add_report(connection, number, report, NOW)
        assert sales_contacts(connection, {number}, ("call",), NOW) == {number: [NOW - 5, NOW - 3]}
        assert sales_contacts(connection, {number, other}, (), NOW) == {number: [NOW - 5]}
        assert sales_contacts(connection, {number}, ("call",), NOW - 4) == {}
