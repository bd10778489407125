"""Versions of what was agreed on, in either database."""

import threading

import pytest
from sqlalchemy import select

from serving.record.database.database import Database
from serving.record.leads.sample import sample_leads
from serving.record.lifecycle.agreements import (
    AgreedMeanwhileError,
    Kind,
    Version,
    agree,
    find_version,
    newest_versions,
    versions_of,
)
from serving.record.schema import audit
from tests.serving.record.telling import HOUR, NOW, put, told


def version(number: int, text: str = "x = 1", kind: Kind = "rules", **other: object) -> Version:
    return Version(kind, number, text, "user 7", NOW, **other)  # type: ignore[arg-type]


def test_versions_are_kept_in_order_and_audited(database: Database) -> None:
    with database.reading() as connection:
        assert newest_versions(connection) == {"lifecycle": 0, "rules": 0}
        assert find_version(connection, "rules", 1) is None
    first, second = version(1, note="warum"), version(2, "x = 2", undone_from=0)
    with database.writing() as connection:
        agree(connection, first)
        agree(connection, second)
        agree(connection, version(1, "y = 1", "lifecycle"))
    with database.reading() as connection:
        assert newest_versions(connection) == {"lifecycle": 1, "rules": 2}
        assert versions_of(connection, "rules") == [second, first]
        assert find_version(connection, "rules", 1) == first
        rows = connection.execute(select(audit.c.actor, audit.c.action, audit.c.detail)).all()
        assert rows == [
            ("user 7", "rules_changed", "version 1"),
            ("user 7", "rules_changed", "version 2, as version 0 was"),
            ("user 7", "lifecycle_changed", "version 1"),
        ]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_only_the_next_version_is_taken(database: Database, number: int) -> None:
    with database.writing() as connection:
        agree(connection, version(1))
    with pytest.raises(AgreedMeanwhileError), database.writing() as connection:
        agree(connection, version(number, "z = 1"))
    with database.reading() as connection:
        assert versions_of(connection, "rules") == [version(1)]


def test_of_two_at_once_one_is_refused(database: Database) -> None:
    refused: list[str] = []

    def save(text: str) -> None:
        try:
            with database.writing() as connection:
                agree(connection, version(1, text))
        except AgreedMeanwhileError:
            refused.append(text)

    threads = [threading.Thread(target=save, args=(f"x = {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        [kept] = versions_of(connection, "rules")
        assert sorted([kept.text, *refused]) == [f"x = {n}" for n in range(4)]
        assert len(connection.execute(select(audit)).all()) == 1


def test_a_sample_is_the_same_each_time(database: Database) -> None:
    numbers = [put(database, told(f"L-{n}", NOW - HOUR)).number for n in range(20)]
    with database.reading() as connection:
        assert sample_leads(connection, 20) == (numbers, 20)
        some, of = sample_leads(connection, 5)
        assert (len(some), of) == (5, 20)
        assert set(some) <= set(numbers) and some == sorted(some)
        assert sample_leads(connection, 5) == (some, of)
        # They are no run of neighbours.
        assert some not in [numbers[at : at + 5] for at in range(16)]
