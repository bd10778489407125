"""Leads joined and taken apart in any order: nothing is lost, and all is where it was told."""

import random
import threading
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Connection, select

from serving.intake.events import Whose
from serving.record.database.database import Database, RecordAwayError
from serving.record.identity.duplicates import tell_apart
from serving.record.identity.merges import MergeError, find_merge, join_leads, merges_of, undo_merge
from serving.record.leads.leads import find_lead, parts_of, settle_due
from serving.record.leads.members import members_of
from serving.record.leads.roots import own_numbers
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent, without_basis
from serving.record.privacy.erasure import erase_lead
from serving.record.schema import (
    consent,
    feedback,
    lead,
    merge,
    profile_value,
    score_given,
    stage_change,
)
from serving.record.schema import event as event_table
from serving.record.scores.feedback import NewFeedback, add_feedback
from serving.record.scores.listing import Filter, list_leads
from serving.record.scores.scores import GivenScore, give_scores
from tests.serving.record.telling import HOUR, NOW, did, event, events, profile, put, told

IDS = ["A", "B", "C", "D", "E", "F"]
MARKS = (
    event_table.c.event_id, profile_value.c.field, stage_change.c.stage,
    consent.c.source, feedback.c.reason, score_given.c.basis,
)  # fmt: skip


@dataclass
class Oracle:
    """Who stands for whom, and what was told of each id: a dictionary, and a list of merges."""

    root: dict[str, str] = field(default_factory=lambda: {one: one for one in IDS})
    merges: dict[int, tuple[str, str, list[str]]] = field(default_factory=dict)
    told: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {one: [] for one in IDS})

    def group(self, lead_id: str) -> list[str]:
        return [one for one in IDS if self.root[one] == self.root[lead_id]]

    def join(self, number: int, kept: str, joined: str) -> None:
        into, away = self.root[kept], self.root[joined]
        parts = self.group(away)
        self.merges[number] = (into, away, parts)
        for part in parts:
            self.root[part] = into

    def can_undo(self, number: int) -> bool:
        into, away, _ = self.merges[number]
        return self.root[away] == into

    def undo(self, number: int) -> None:
        _, away, parts = self.merges.pop(number)
        for part in parts:
            self.root[part] = away

    def expected(self) -> dict[str, list[tuple[str, str]]]:
        return {
            root: sorted(fact for part in self.group(root) for fact in self.told[part])
            for root in self.root.values()
        }


def held(database: Database) -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Return who stands for whom; and of whoever does, all that is held, as table and mark."""
    roots, of_roots = {}, {}
    with database.reading() as connection:
        for one in IDS:
            found = find_lead(connection, one)
            assert found is not None
            roots[one] = found.lead_id
            if found.lead_id not in of_roots:
                of_roots[found.lead_id] = held_of(connection, found.number)
    return roots, of_roots


def held_of(connection: Connection, number: int) -> list[tuple[str, str]]:
    parts = parts_of(connection, [number])
    return sorted(
        (column.table.name, mark)
        for column in MARKS
        for mark in connection.execute(
            select(column).where(column.table.c.lead.in_(parts))
        ).scalars()
    )


def tell(database: Database, oracle: Oracle, lead_id: str, mark: str, at: int) -> None:
    """Tell something of everything a lead has, by its id, whoever stands for it."""
    did(database, Whose("lead_id", lead_id), event("click", at - 1, mark), at=at)
    put(database, told(lead_id, at, profile={f"field {mark}": 1}))
    with database.writing() as connection:
        number = own_numbers(connection, [lead_id])[lead_id]
        add_stages(connection, [StageEntry(number, mark, at, "test")], at)
        add_feedback(connection, NewFeedback(number, "rejected", mark, None, None, at), at)
        new = NewConsent("profiling", "consent", True, mark, None, None, at)
        add_consent(connection, number, new, at)
        root = find_lead(connection, lead_id)
        assert root is not None
        # A score is given of whoever stands for the lead.
        give_scores(connection, [score(root.number, mark, at)])
    oracle.told[lead_id] += [
        ("event", f"={mark}"), ("profile_value", f"field {mark}"), ("stage_change", mark),
        ("consent", mark), ("feedback", mark),
    ]  # fmt: skip
    oracle.told[oracle.root[lead_id]].append(("score_given", mark))


def score(number: int, mark: str, at: int) -> GivenScore:
    return GivenScore(number, at, at, 0.5, 50, "C", mark, None, None, None, 0.0, 0.0, {})


@pytest.mark.parametrize("seed", range(4))
def test_any_sequence_of_merges_and_undoings_loses_nothing(database: Database, seed: int) -> None:
    order = random.Random(seed)
    oracle = Oracle()
    put(database, *(told(one) for one in IDS))
    numbers = {one: number(database, one) for one in IDS}
    refused = undone = 0
    for step in range(40):
        at = NOW + step * HOUR
        what = order.choice(["tell", "join", "join", "undo", "undo"])
        if what == "tell":
            tell(database, oracle, order.choice(IDS), str(step), at)
        elif what == "join":
            kept, joined = order.sample(IDS, 2)
            with database.writing() as connection:
                made = join_leads(connection, numbers[kept], numbers[joined], "test", at)
            assert (made is None) == (oracle.root[kept] == oracle.root[joined])
            if made is not None:
                oracle.join(made, kept, joined)
                assert is_due(database) >= {oracle.root[kept]}
        elif oracle.merges:
            chosen = order.choice(sorted(oracle.merges))
            if oracle.can_undo(chosen):
                settle(database)
                with database.writing() as connection:
                    assert undo_merge(connection, chosen, at) is not None
                into, away, _ = oracle.merges[chosen]
                oracle.undo(chosen)
                assert is_due(database) == {into, away}
                undone += 1
            else:
                with pytest.raises(MergeError), database.writing() as connection:
                    undo_merge(connection, chosen, at)
                refused += 1
        assert held(database) == (oracle.root, oracle.expected())
    assert undone > 2 and refused
    # In reverse order, all can be undone.
    for left in sorted(oracle.merges, reverse=True):
        with database.writing() as connection:
            assert undo_merge(connection, left, NOW) is not None
        oracle.undo(left)
    apart = {one: sorted(oracle.told[one]) for one in IDS}
    assert held(database) == ({one: one for one in IDS}, apart)


def number(database: Database, lead_id: str) -> int:
    with database.reading() as connection:
        return own_numbers(connection, [lead_id])[lead_id]


def is_due(database: Database) -> set[str]:
    statement = select(lead.c.lead_id).where(lead.c.due.is_not(None), lead.c.number == lead.c.root)
    with database.reading() as connection:
        return set(connection.execute(statement).scalars())


def settle(database: Database) -> None:
    with database.writing() as connection:
        rows = connection.execute(select(lead.c.number, lead.c.due).where(lead.c.due.is_not(None)))
        settle_due(connection, {row[0]: row[1] for row in rows})


def joined(database: Database, kept: str, other: str) -> int:
    kept_number, other_number = number(database, kept), number(database, other)
    with database.writing() as connection:
        made = join_leads(connection, kept_number, other_number, "test", NOW)
    assert made is not None
    return made


def test_what_is_sent_again_after_a_merge_is_known(database: Database) -> None:
    put(database, told("A"), told("B", contact={"email": "b@b.de"}))
    nameless = event("click", NOW - HOUR)
    did(database, Whose("lead_id", "B"), nameless)
    joined(database, "A", "B")
    assert did(database, Whose("lead_id", "B"), nameless, at=NOW + 1) == (0, 1)
    assert did(database, Whose("email", "b@b.de"), nameless, at=NOW + 1) == (0, 1)
    assert len(events(database, "A")) == 1


def test_what_a_visitor_sends_again_after_it_was_identified_is_known(database: Database) -> None:
    cookie, seen = Whose("anonymous_id", "cookie"), event("page_view", NOW - HOUR)
    did(database, cookie, seen)
    put(database, told("L", contact={"anonymous_id": "cookie"}))
    assert did(database, cookie, seen, at=NOW + 1) == (0, 1)
    assert len(events(database, "L")) == 1


def test_a_withdrawal_told_of_a_joined_lead_is_its_own(database: Database) -> None:
    a, b = (put(database, told(one)).number for one in "AB")
    given = NewConsent("profiling", "consent", True, "test", None, None, NOW)
    with database.writing() as connection:
        for one in (a, b):
            add_consent(connection, one, given, NOW)
    made = joined(database, "A", "B")
    with database.writing() as connection:
        gone = given._replace(given=False, at=NOW + 1)
        add_consent(connection, own_numbers(connection, ["B"])["B"], gone, NOW + 1)
        assert without_basis(connection, parts_of(connection, [a]), ["consent"]) == {a}
        undo_merge(connection, made, NOW + 2)
        parts = parts_of(connection, [a, b])
        assert without_basis(connection, parts, ["consent"]) == {b}


def test_a_lead_without_a_company_has_that_of_whom_it_stands_for(database: Database) -> None:
    put(database, told("A"))
    put(database, told("B", account_id="firm", account_told=True))
    put(database, told("C", account_id="firm", account_told=True))
    put(database, told("D", account_id="other", account_told=True))
    made = joined(database, "A", "B")
    a, c, d = (number(database, one) for one in "ACD")
    with database.reading() as connection:
        found = find_lead(connection, "B")
        assert found is not None and found.account_id == "firm"
        assert members_of(connection, ["firm", "other"]).leads == {"firm": {a, c}, "other": {d}}
        listed, _ = list_leads(connection, Filter(account_id="firm"), "changed", None, 9)
    assert {one.lead.lead_id for one in listed} == {"A", "C"}
    settle(database)
    did(database, Whose("lead_id", "B"), event("click", NOW, "1"), at=NOW + HOUR)
    assert is_due(database) == {"A", "C"}
    settle(database)
    did(database, Whose("lead_id", "C"), event("click", NOW, "1"), at=NOW + HOUR)
    assert is_due(database) == {"A", "C"}
    # Its own company goes before that of others.
    joined(database, "D", "C")
    with database.reading() as connection:
        assert members_of(connection, ["firm", "other"]).leads == {"firm": {a}, "other": {d}}
    with database.writing() as connection:
        undo_merge(connection, made, NOW)
    with database.reading() as connection:
        found = find_lead(connection, "A")
    assert found is not None and found.account_id is None


def test_the_newest_stage_is_that_of_both(database: Database) -> None:
    put(database, told("A"), told("B"))
    with database.writing() as connection:
        of = own_numbers(connection, ["A", "B"])
        stages = [
            StageEntry(of["A"], "MAL", NOW, "crm"),
            StageEntry(of["B"], "SQL", NOW + 1, "crm"),
        ]
        add_stages(connection, stages, NOW + 1)
    joined(database, "A", "B")
    with database.reading() as connection:
        [listed], _ = list_leads(connection, Filter(stage="SQL"), "changed", None, 9)
    assert (listed.lead.lead_id, listed.stage) == ("A", "SQL")


def test_a_visitor_that_was_taken_apart_and_is_another_is_not_joined_again(
    database: Database,
) -> None:
    did(database, Whose("anonymous_id", "cookie"), event("page_view", NOW - HOUR, "1"))
    contact = {"anonymous_id": "cookie"}
    put(database, told("L", contact=contact))
    of_lead = number(database, "L")
    with database.writing() as connection:
        [made] = merges_of(connection, [of_lead])
        assert (made.kept, made.by, made.undone) == ("L", "identified", None)
        apart = undo_merge(connection, made.number, NOW + 1)
        assert apart is not None
        tell_apart(connection, *apart)
    put(database, told("L", NOW + 2, contact=contact))
    assert events(database, "L") == []
    with database.reading() as connection:
        again = find_merge(connection, made.number)
    assert again is not None and again.undone == NOW + 1


def test_merges_are_forgotten_with_their_leads(database: Database) -> None:
    put(database, told("A"), told("B"))
    made = joined(database, "A", "B")
    with database.writing() as connection:
        undo_merge(connection, made, NOW)
        found = find_lead(connection, "B")
        assert found is not None
        erase_lead(connection, found, "test", NOW)
        assert connection.execute(select(merge)).all() == []


def test_profiles_of_two_that_are_one_person_are_the_newest_told(database: Database) -> None:
    put(database, told("A", NOW, profile={"role": "clerk", "industry": "IT"}))
    put(database, told("B", NOW + 1, profile={"role": "head"}))
    made = joined(database, "A", "B")
    put(database, told("B", NOW + 2, profile={"industry": None}))
    assert profile(database, "A", NOW + 2) == {"role": "head"}
    with database.writing() as connection:
        undo_merge(connection, made, NOW + 3)
    assert profile(database, "A", NOW + 3) == {"role": "clerk", "industry": "IT"}
    assert profile(database, "B", NOW + 3) == {"role": "head"}


def test_many_writers_join_and_take_apart_the_same_leads(database: Database) -> None:
    put(database, *(told(one) for one in IDS))
    of = {one: number(database, one) for one in IDS}

    def work(seed: int) -> None:
        order = random.Random(seed)
        for _ in range(15):
            try:
                with database.writing() as connection:
                    if order.random() < 0.6:
                        kept, other = order.sample(IDS, 2)
                        join_leads(connection, of[kept], of[other], str(seed), NOW)
                    else:
                        known = connection.execute(select(merge.c.number)).scalars().all()
                        if known:
                            undo_merge(connection, order.choice(known), NOW)
            except (MergeError, RecordAwayError):
                # Refused, or a deadlock that the database broke: nothing was done.
                continue

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.writing() as connection:
        roots = dict(connection.execute(select(lead.c.number, lead.c.root)).all())
        assert all(roots[root] == root for root in roots.values())
        standing = select(merge.c.number).where(merge.c.undone.is_(None))
        left = connection.execute(standing.order_by(merge.c.number.desc())).scalars().all()
        # As many merges stand as leads are part of others, and all can be undone.
        assert len(left) == len(IDS) - len(set(roots.values()))
        for made in left:
            assert undo_merge(connection, made, NOW) is not None
        roots = dict(connection.execute(select(lead.c.number, lead.c.root)).all())
        assert all(own == root for own, root in roots.items())
