"""Leads that may be one person are found as by comparing all with all; on both databases."""

import random
from itertools import combinations

import pytest

from serving.intake import duplicates
from serving.intake.duplicates import MOST_SHARING, compare_waiting
from serving.intake.likeness import evidence, known_of
from serving.record.database.database import Database
from serving.record.identity.candidates import contacts_of
from serving.record.identity.duplicates import Suggestion, list_duplicates, tell_apart, waiting
from serving.record.identity.merges import join_leads, undo_merge
from tests.serving.record.telling import NOW, put, told


def compare(database: Database, most: int = 100) -> None:
    left = 1
    while left:
        with database.writing() as connection:
            left = compare_waiting(connection, most)


def suggested(database: Database, of_lead: int | None = None) -> list[Suggestion]:
    with database.reading() as connection:
        found, end = list_duplicates(connection, of_lead, None, 10_000)
    assert end is None
    return found


def pairs(database: Database, of_lead: int | None = None) -> list[tuple[str, str]]:
    return [(one.kept, one.joined) for one in suggested(database, of_lead)]


def lead(database: Database, lead_id: str, at: int = NOW, /, **contact: str) -> int:
    return put(database, told(lead_id, at, contact=contact)).number


def drawn(order: random.Random) -> dict[str, str]:
    first = order.choice(["Karla", "Karl", "Uwe", "Anna Maria", "Jürgen"])
    last = order.choice(["Sommer", "Somer", "Müller", "Mueller", "Berg"])
    contact = {
        "email": f"{first[0].lower()}@{order.choice(['muster.de', 'firm.de', 'gmx.de'])}",
        "phone": f"030 9018{order.randint(10, 25)}",
        "name": order.choice([f"{first} {last}", f"{last}, Dr. {first}", last]),
        "company": order.choice(["Muster GmbH", "muster", "Firm AG", "Firm & Co. KG"]),
    }
    return {kind: value for kind, value in contact.items() if order.random() < 0.6}


@pytest.mark.parametrize("seed", range(3))
def test_pairs_are_those_of_comparing_all_with_all(
    database: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duplicates, "MOST_SHARING", 1_000)
    order = random.Random(seed)
    numbers = {}
    for place in range(60):
        lead_id = f"L{place:02}"
        numbers[lead_id] = lead(database, lead_id, **drawn(order))
        if order.random() < 0.2:
            # Told again, with other contacts.
            again = order.choice(list(numbers))
            lead(database, again, NOW + place, **drawn(order))
        if order.random() < 0.3:
            compare(database, most=order.randint(1, 9))
    compare(database)
    with database.reading() as connection:
        known = contacts_of(connection, list(numbers.values()))
    expected = set()
    for (one, first), (other, second) in combinations(numbers.items(), 2):
        found = evidence(known_of(known[first]), known_of(known[second]))
        if found is not None:
            expected.add(Suggestion(one, other, *found))
    found_ones = suggested(database)
    assert set(found_ones) == expected
    assert len(found_ones) == len(expected) > 10
    strengths = [one.strength for one in found_ones]
    assert strengths == sorted(strengths, reverse=True)


def test_pages_hold_every_pair_once(database: Database) -> None:
    for place in range(8):
        lead(database, f"L{place}", email="a@muster.de", phone=f"+49 30 90182{place % 2}")
    compare(database)
    with database.reading() as connection:
        seen, end = list_duplicates(connection, None, None, 3)
        while end is not None:
            page, end = list_duplicates(connection, None, end, 3)
            seen += page
    assert seen == suggested(database)
    assert len(seen) == 28


def test_the_older_lead_is_kept(database: Database) -> None:
    young = told("young", contact={"email": "a@b.de"}, created=NOW - 10)
    old = told("old", contact={"email": "a@b.de"}, created=NOW - 20)
    put(database, young, old)
    compare(database)
    assert pairs(database) == [("old", "young")]


def test_a_contact_of_many_is_compared_with_the_first_alone(database: Database) -> None:
    many = MOST_SHARING + 5
    for place in range(many):
        lead(database, f"L{place:02}", phone="+49 30 901820")
    compare(database)
    found = pairs(database)
    # Everybody meets the first ones, and nobody is left out.
    first = {f"L{place:02}" for place in range(MOST_SHARING + 1)}
    assert all(kept in first for kept, _ in found)
    assert {joined for _, joined in found} == {f"L{place:02}" for place in range(1, many)}
    assert len(found) < many * (many - 1) / 2


def test_only_leads_whose_contacts_are_new_wait(database: Database) -> None:
    lead(database, "L", email="a@b.de")
    put(database, told("M", profile={"industry": "IT"}))
    with database.reading() as connection:
        assert waiting(connection) == 1
    compare(database)
    lead(database, "L", NOW + 1, email="A@B.de")
    with database.reading() as connection:
        assert waiting(connection) == 0
    lead(database, "L", NOW + 2, phone="030 901820")
    with database.reading() as connection:
        assert waiting(connection) == 1


def test_a_merge_takes_suggestions_away_and_its_undoing_brings_them_back(
    database: Database,
) -> None:
    a = lead(database, "A", email="a@b.de")
    b = lead(database, "B", email="a@b.de")
    lead(database, "C", email="a@b.de")
    compare(database)
    before = suggested(database)
    assert pairs(database) == [("A", "B"), ("A", "C"), ("B", "C")]
    with database.writing() as connection:
        merge = join_leads(connection, a, b, "test", NOW)
        assert merge is not None
    # A now stands for B: what is said of B and C is said of A and C, once.
    assert pairs(database) == pairs(database, a) == [("A", "C")]
    with database.writing() as connection:
        undo_merge(connection, merge, NOW)
    assert suggested(database) == before
    assert pairs(database, b) == [("A", "B"), ("B", "C")]


def test_who_is_said_to_be_different_is_not_suggested_again(database: Database) -> None:
    a = lead(database, "A", email="a@b.de")
    b = lead(database, "B", email="a@b.de")
    c = lead(database, "C", email="a@b.de")
    d = lead(database, "D", name="Uwe Berg")
    with database.writing() as connection:
        assert tell_apart(connection, b, a)
        assert not tell_apart(connection, a, b)
        assert tell_apart(connection, a, d)
    compare(database)
    assert pairs(database) == [("A", "C"), ("B", "C")]
    # New evidence changes nothing of what was said.
    for lead_id in ("A", "B"):
        lead(database, lead_id, NOW + 1, phone="030 901820")
    compare(database)
    assert pairs(database) == [("A", "C"), ("B", "C")]
    # Who is different from one is different from whoever stands for it.
    with database.writing() as connection:
        join_leads(connection, b, c, "test", NOW)
    assert pairs(database) == []


def test_visitors_are_not_suggested(database: Database) -> None:
    lead(database, "L", user_id="u", email="a@b.de")
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE lead SET kind = 'visitor'")
    lead(database, "M", email="b@b.de")
    lead(database, "N", email="b@b.de")
    compare(database)
    assert pairs(database) == [("M", "N")]
