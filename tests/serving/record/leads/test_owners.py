"""Owners of leads held against a plain walk over all that was told; on both databases."""

import random

from serving.record.database.database import Database
from serving.record.identity.merges import join_leads, undo_merge
from serving.record.leads.owners import leads_owned_by, owners_of, owners_told, set_owners
from serving.record.scores.listing import Filter, list_leads
from serving.record.scores.scores import give_scores
from serving.record.scores.work_list import Wanted, work_list
from tests.serving.record.scores.test_work_list import scored
from tests.serving.record.telling import NOW, put, told


def test_who_was_told_last_owns_all_that_is_one_person(database: Database) -> None:
    chance = random.Random(3)
    numbers = [put(database, told(f"L{n}")).number for n in range(12)]
    roots = dict(zip(numbers, numbers, strict=True))
    said: dict[int, tuple[int, str | None]] = {}
    for step in range(60):
        one, other = chance.sample(numbers, 2)
        with database.writing() as connection:
            if step % 9 == 8:
                join_leads(connection, one, other, "test", NOW)
                kept, gone = roots[one], roots[other]
                roots = {n: kept if root == gone else root for n, root in roots.items()}
            else:
                owner = chance.choice(["user 1", "user 10", "0055g", None])
                set_owners(connection, {one: owner}, "test", NOW + step)
                said[one] = (NOW + step, owner)
        expected = {
            root: max(said[n] for n in said if roots[n] == root)[1]
            for root in {roots[n] for n in said}
        }
        with database.reading() as connection:
            found = owners_of(connection, set(roots.values()))
            assert {root: one.owner for root, one in found.items()} == expected
            for owner in ("user 1", "user 10", "0055g", "nobody"):
                own = sorted(root for root, by in expected.items() if by == owner)
                assert leads_owned_by(connection, owner, 100) == own
                listed, _ = list_leads(connection, Filter(owner=owner), "changed", None, 100)
                assert sorted(one.lead.number for one in listed) == own
                assert {one.owner for one in listed} <= {owner}
    with database.writing() as connection:
        give_scores(connection, [scored(root, 0.5) for root in set(roots.values())])
        for owner in ("user 1", "user 10", "0055g", None):
            items, _ = work_list(connection, Wanted(owned=True, owner=owner), None, 100)
            theirs = {root for root in roots.values() if expected.get(root) == owner}
            assert {one.lead.number for one in items} == theirs
        assert sorted(owners_told(connection)) == sorted({one for _, one in said.values() if one})


def test_leads_taken_apart_have_their_owners_again(database: Database) -> None:
    one, other = (put(database, told(name)).number for name in ("a", "b"))
    with database.writing() as connection:
        set_owners(connection, {one: "user 1"}, "test", NOW)
        set_owners(connection, {other: "user 2"}, "test", NOW + 1)
        merge = join_leads(connection, one, other, "test", NOW + 2)
        assert merge is not None
        assert owners_of(connection, [one])[one].owner == "user 2"
        undo_merge(connection, merge, NOW + 3)
        found = owners_of(connection, [one, other])
    assert [found[number].owner for number in (one, other)] == ["user 1", "user 2"]
