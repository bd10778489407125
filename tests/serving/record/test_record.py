"""What is told is kept once, and comes back as it was known at any moment; on both databases."""

import random

import pytest
from sqlalchemy import select

from features.contract.lead import ContractError
from serving.intake.events import ToldEvent, Whose, take_events
from serving.intake.leads import take_lead, take_leads
from serving.record.database.database import Database
from serving.record.identity.merges import MergeError, join_leads, undo_merge
from serving.record.leads.leads import StoredLead, find_lead, leads_by_number, settle_due
from serving.record.leads.members import members_of
from serving.record.schema import former_lead, profile_value
from tests.serving.record.telling import HOUR, NOW, did, event, events, ids, profile, put, told


def test_profile_values_are_those_that_were_known(database: Database) -> None:
    put(
        database,
        told("L", profile={"industry": "IT", "founded": 7}),
        told("L", NOW + HOUR, profile={"industry": "Bau"}),
        told("L", NOW + 2 * HOUR, profile={"industry": None}),
    )
    assert profile(database, "L", NOW - 1) == {}
    assert profile(database, "L", NOW) == {"industry": "IT", "founded": 7}
    assert profile(database, "L", NOW + HOUR) == {"industry": "Bau", "founded": 7}
    assert profile(database, "L", NOW + 2 * HOUR) == {"founded": 7}


def test_what_became_true_later_counts_also_where_it_was_told_before(database: Database) -> None:
    put(
        database,
        told("L", NOW, profile={"role": "head"}),
        told("L", NOW + HOUR, profile={"role": "clerk"}, occurred=NOW - HOUR),
    )
    assert profile(database, "L", NOW + 2 * HOUR) == {"role": "head"}


def test_a_correction_is_kept_beside_what_it_corrects(database: Database) -> None:
    put(database, told("L", profile={"role": "head"}))
    correction = told("L", profile={"role": "clerk"}, account_id="firm", account_told=True)
    with database.writing() as connection:
        take_lead(connection, correction, NOW + HOUR)
        take_lead(connection, correction, NOW + 2 * HOUR)
    assert profile(database, "L", NOW) == {"role": "clerk"}
    with database.reading() as connection:
        values = select(profile_value.c.received, profile_value.c.value).order_by("received")
        assert connection.execute(values).all() == [(NOW, "head"), (NOW + HOUR, "clerk")]
        former = select(former_lead.c.until, former_lead.c.account_id)
        assert connection.execute(former).all() == [(NOW + HOUR, None)]


def test_a_whole_lead_takes_back_what_it_leaves_out(database: Database) -> None:
    put(
        database,
        told("L", profile={"industry": "IT", "founded": 7}),
        told("L", NOW + 1, profile={"founded": 7}, whole=True),
    )
    assert profile(database, "L", NOW + 1) == {"founded": 7}


def test_values_keep_their_kind(database: Database) -> None:
    values = {"a": True, "b": 1, "c": 1.5, "d": "1", "e": "ä😀"}
    put(database, told("L", profile=values))
    found = profile(database, "L", NOW)
    assert found == values
    assert [type(found[name]) for name in values] == [bool, int, float, str, str]


def test_a_message_sent_twice_changes_nothing(database: Database) -> None:
    lead = told("L", profile={"industry": "IT"}, contact={"email": "a@example.com"})
    first = put(database, lead)
    with database.writing() as connection:
        settle_due(connection, {first.number: NOW})
        again = take_lead(connection, lead, NOW + HOUR)
    assert again == first
    click = event("click", NOW - HOUR, "1")
    nameless = event("click", NOW - HOUR)
    whose = Whose("lead_id", "L")
    assert did(database, whose, click, nameless) == (2, 0)
    assert did(database, whose, nameless, click, at=NOW + HOUR) == (0, 2)
    assert ids(events(database, "L")) == ["1", None]


def test_events_count_from_when_they_were_recorded(database: Database) -> None:
    put(database, told("L"))
    did(database, Whose("lead_id", "L"), event("click", NOW - HOUR, "1", recorded=NOW))
    assert events(database, "L", NOW - 1) == []
    assert ids(events(database, "L", NOW)) == ["1"]


def test_events_find_their_lead_by_any_contact(database: Database) -> None:
    contact = {"email": "Karla@Example.com", "phone": "030 901820", "user_id": "u"}
    put(database, told("L", contact=contact))
    did(database, Whose("email", "karla@example.com"), event("a", NOW - 1, "1"))
    did(database, Whose("phone", "+4930901820"), event("a", NOW - 1, "2"))
    did(database, Whose("user_id", "u"), event("a", NOW - 1, "3"))
    assert ids(events(database, "L")) == ["1", "2", "3"]
    assert profile(database, "L", NOW) == {"free_mailer": False, "phone_country": "DE"}


def test_a_visitor_becomes_the_lead_that_it_turns_out_to_be(database: Database) -> None:
    whose = Whose("anonymous_id", "cookie")
    did(database, whose, event("page_view", NOW - 3 * HOUR, "1"))
    did(database, whose, event("page_view", NOW - 2 * HOUR, "2"))
    put(database, told("L", contact={"anonymous_id": "cookie"}))
    did(database, whose, event("page_view", NOW - HOUR, "3"))
    assert ids(events(database, "L")) == ["1", "2", "3"]


def test_events_may_come_before_their_lead(database: Database) -> None:
    did(database, Whose("lead_id", "L"), event("click", NOW - HOUR, "1"))
    with database.reading() as connection:
        early = find_lead(connection, "L")
    assert early is not None and early.kind == "visitor"
    lead = put(database, told("L"))
    assert lead.kind == "lead"
    assert ids(events(database, "L")) == ["1"]


def test_two_leads_are_joined_and_taken_apart_without_loss(database: Database) -> None:
    first = put(database, told("A", profile={"industry": "IT"}))
    second = put(database, told("B", NOW + 1, profile={"founded": 5}))
    third = put(database, told("C"))
    for lead_id in "ABC":
        did(database, Whose("lead_id", lead_id), event("click", NOW - HOUR, lead_id))
    with database.writing() as connection:
        inner = join_leads(connection, second.number, third.number, "test", NOW)
        outer = join_leads(connection, first.number, second.number, "test", NOW)
        assert inner is not None and outer is not None
        assert join_leads(connection, first.number, third.number, "test", NOW) is None
    assert ids(events(database, "C")) == ["A", "B", "C"]
    assert profile(database, "B", NOW + 1) == {"industry": "IT", "founded": 5}
    with database.writing() as connection:
        with pytest.raises(MergeError, match="undo that merge first"):
            undo_merge(connection, inner, NOW)
        assert undo_merge(connection, outer, NOW) == (first.number, second.number)
        assert undo_merge(connection, outer, NOW) is None
    assert ids(events(database, "A")) == ["A"]
    assert ids(events(database, "C")) == ["B", "C"]
    with database.writing() as connection:
        undo_merge(connection, inner, NOW)
    assert [ids(events(database, lead_id)) for lead_id in "ABC"] == [["A"], ["B"], ["C"]]


def test_whatever_happens_to_a_colleague_makes_a_lead_due(database: Database) -> None:
    a = put(database, told("A", account_id="firm", account_told=True))
    b = put(database, told("B", account_id="firm", account_told=True))
    c = put(database, told("C"))
    assert due(database, a, b, c) == {"A", "B", "C"}
    settle(database)
    did(database, Whose("lead_id", "B"), event("click", NOW, "1"), at=NOW + HOUR)
    assert due(database, a, b, c) == {"A", "B"}
    with database.reading() as connection:
        assert members_of(connection, ["firm"]).leads == {"firm": {a.number, b.number}}
        changed = {lead.lead_id: lead.changed for lead in leads_by_number(connection, [a.number])}
    assert changed == {"A": NOW}


def test_what_happens_while_a_score_is_under_way_is_not_lost(database: Database) -> None:
    lead = put(database, told("L"))
    was = {lead.number: due_at(database, lead)}
    did(database, Whose("lead_id", "L"), event("click", NOW, "1"), at=NOW)
    with database.writing() as connection:
        settle_due(connection, was)
    assert due(database, lead) == {"L"}


def due_at(database: Database, lead: StoredLead) -> int:
    with database.reading() as connection:
        statement = "SELECT due FROM lead WHERE number = " + str(lead.number)
        return int(connection.exec_driver_sql(statement).scalar_one())


def due(database: Database, *leads: StoredLead) -> set[str]:
    with database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT lead_id FROM lead WHERE due IS NOT NULL")
        return set(rows.scalars()) & {lead.lead_id for lead in leads}


def settle(database: Database) -> None:
    with database.writing() as connection:
        rows = connection.exec_driver_sql("SELECT number, due FROM lead WHERE due IS NOT NULL")
        settle_due(connection, {row[0]: row[1] for row in rows.all()})


@pytest.mark.parametrize(
    ("contact", "field"),
    [({"email": "nobody"}, "contact.email"), ({"phone": "12"}, "contact.phone")],
)
def test_nobody_can_be_reached_at_such_a_contact(
    database: Database, contact: dict[str, str], field: str
) -> None:
    with pytest.raises(ContractError) as caught:
        put(database, told("L", contact=contact))
    assert caught.value.field == field
    with database.reading() as connection:
        assert find_lead(connection, "L") is None


def test_ids_may_be_anything(database: Database) -> None:
    names = ["../x", "'; DROP TABLE lead; --", "😀", "a" * 10_000, "%", "L/1?x=y", " "]
    for name in names:
        put(database, told(name))
        did(database, Whose("lead_id", name), event("click", NOW - 1, name))
    assert [ids(events(database, name)) for name in names] == [[name] for name in names]


def test_many_events_of_many_leads_in_one_transaction(database: Database) -> None:
    order = random.Random(4)
    sent = [
        ToldEvent(Whose("lead_id", f"L{n % 700}"), "click", str(n), NOW - n, NOW, None, None)
        for n in range(3_000)
    ]
    order.shuffle(sent)
    with database.writing() as connection:
        assert take_events(connection, sent + sent[:500], NOW, "test") == (3_000, 500)
    assert len(events(database, "L3")) == len(range(3, 3_000, 700))


def test_what_is_told_of_an_earlier_moment_is_kept_once(database: Database) -> None:
    put(database, told("L", NOW, profile={"industry": "IT"}))
    before = told("L", NOW + 1, profile={"industry": "steel"}, occurred=NOW - HOUR)
    assert put(database, before).changed == NOW + 1
    again = told("L", NOW + 2, profile={"industry": "steel"}, occurred=NOW - HOUR)
    assert put(database, again).changed == NOW + 1
    assert profile(database, "L", NOW + 3) == {"industry": "IT"}


def test_leads_that_are_told_together_are_kept_as_one_by_one(database: Database) -> None:
    did(database, Whose("email", "a@b.de"), event("click", NOW - HOUR))
    did(database, Whose("phone", "+4930901820"), event("call", NOW - HOUR))
    shared = {"phone": "+49 30 901820"}
    first = told("first", contact={"email": "a@b.de", **shared}, profile={"x": 1})
    second = told("second", contact=shared, profile={"x": None}, account_id="A", account_told=True)
    with database.writing() as connection:
        leads = take_leads(connection, [second, first], NOW)
    assert [(lead.lead_id, lead.account_id) for lead in leads] == [("second", "A"), ("first", None)]
    # Who comes first in the list stands for the visitor that both could be.
    assert [e.event_type for e in events(database, "second")] == ["call"]
    assert [e.event_type for e in events(database, "first")] == ["click"]
    assert profile(database, "first", NOW) == {"x": 1, "free_mailer": False, "phone_country": "DE"}
    with database.writing() as connection:
        again = take_leads(connection, [first, second], NOW + 1)
    assert {lead.changed for lead in again} == {NOW}


def test_events_that_are_known_touch_nobody(database: Database) -> None:
    put(database, told("L"), told("M"))
    did(database, Whose("lead_id", "L"), event("click", NOW - HOUR, "1"))
    sent = [
        ToldEvent(Whose("lead_id", lead), "click", "1", NOW - HOUR, NOW, None, None)
        for lead in ("L", "M")
    ]
    with database.writing() as connection:
        assert take_events(connection, sent, NOW + 5, "test") == (1, 1)
        found = [find_lead(connection, lead) for lead in ("L", "M")]
    assert [lead and lead.changed for lead in found] == [NOW, NOW + 5]
