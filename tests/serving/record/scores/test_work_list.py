"""The list of work held against a plain sort of all leads; on both databases."""

import random
from collections.abc import Iterator
from itertools import product

import pytest

from serving.intake.duplicates import compare_waiting
from serving.intake.name_words import find_numbers
from serving.record.database.database import Database
from serving.record.identity.merges import join_leads
from serving.record.identity.name_words import MOST_FOUND, add_words, leads_named
from serving.record.leads.leads import find_lead
from serving.record.scores.history import newest_scores, scores_at
from serving.record.scores.scores import GivenScore, give_scores
from serving.record.scores.work_list import (
    NOWHERE,
    Place,
    Wanted,
    WorkItem,
    move_in_list,
    place_leads,
    work_list,
)
from tests.serving.record.telling import HOUR, NOW, put, told

STAGES = ["lead", "MQL", "SAL", "customer", None]


def scored(number: int, probability: float, grade: str = "A", at: int = NOW) -> GivenScore:
    return GivenScore(
        number, at, at, probability, 50, grade, "model", None, "m/1", None, 0.0, 0.0, {"a": 1.0}
    )


@pytest.fixture
def filled(database: Database) -> list[tuple[int, float, str, str, str | None]]:
    """Return number, probability, grade, stage and use case of leads that have a score."""
    chance = random.Random(5)
    rows = []
    for n in range(40):
        number = put(database, told(f"L{n}")).number
        # Several have the same probability.
        probability, grade = chance.randrange(12) / 12, chance.choice("ABCD")
        stage, case = chance.choice(STAGES), chance.choice([None, "austria"])
        if n % 9 != 0:
            rows.append((number, probability, grade, stage or NOWHERE, case))
            with database.writing() as connection:
                give_scores(connection, [scored(number, probability, grade)])
                place_leads(connection, {number: (stage, case)})  # type: ignore[dict-item]
    return rows


def pages(database: Database, wanted: Wanted, limit: int) -> Iterator[list[WorkItem]]:
    after: Place | None = None
    while True:
        with database.reading() as connection:
            found, after = work_list(connection, wanted, after, limit)
        yield found
        if after is None:
            return


def test_pages_are_slices_of_a_plain_sort(
    database: Database, filled: list[tuple[int, float, str, str, str | None]]
) -> None:
    rows = sorted(filled, key=lambda row: (row[1], row[0]), reverse=True)
    for stages, grades, use_case in product(
        [None, ("MQL",), ("lead", "SAL", NOWHERE), ("visitor",)],
        [None, ("A", "D")],
        [None, "austria"],
    ):
        expected = [
            number
            for number, _, grade, stage, case in rows
            if (stages is None or stage in stages)
            and (grades is None or grade in grades)
            and (use_case is None or case == use_case)
        ]
        wanted = Wanted(stages, grades, use_case)
        for limit in (1, 3, 100):
            found = list(pages(database, wanted, limit))
            assert [one.lead.number for page in found for one in page] == expected, wanted
            assert all(len(page) == limit for page in found[:-1]), wanted


def test_leads_that_are_asked_for_by_number_need_no_score(
    database: Database, filled: list[tuple[int, float, str, str, str | None]]
) -> None:
    numbers = frozenset(range(1, 21))
    with_score = {row[0]: row[1] for row in filled}
    expected = sorted(numbers, key=lambda n: (with_score.get(n, -1.0), n), reverse=True)
    for limit in (1, 4, 50):
        found = list(pages(database, Wanted(among=numbers), limit))
        assert [one.lead.number for page in found for one in page] == expected
    [last] = found
    assert last[0].contributions == {"a": 1.0}
    assert (last[-1].score, last[-1].contributions) == (None, {})


def test_a_lead_that_is_part_of_another_is_not_shown(database: Database) -> None:
    one, two = put(database, told("A")), put(database, told("B"))
    with database.writing() as connection:
        give_scores(connection, [scored(one.number, 0.5), scored(two.number, 0.6)])
        join_leads(connection, one.number, two.number, "test", NOW)
    [page] = pages(database, Wanted(), 10)
    assert [item.lead.lead_id for item in page] == ["A"]


def test_a_stage_is_changed_without_its_use_case(database: Database) -> None:
    number = put(database, told("A")).number
    with database.writing() as connection:
        give_scores(connection, [scored(number, 0.5)])
        place_leads(connection, {number: ("MQL", "austria")})
        move_in_list(connection, {number: "SAL"})
        # A newer score leaves both.
        give_scores(connection, [scored(number, 0.6, at=NOW + 1)])
    [page] = pages(database, Wanted(("SAL",), None, "austria"), 10)
    assert [item.score and item.score.probability for item in page] == [0.6]
    with database.writing() as connection:
        move_in_list(connection, {number: None})
    assert len(next(pages(database, Wanted((NOWHERE,)), 10))) == 1


def sought(database: Database, text: str) -> list[str]:
    with database.reading() as connection:
        numbers = find_numbers(connection, text)
        found, _ = work_list(connection, Wanted(among=numbers), None, 50)
    return sorted(item.lead.lead_id for item in found)


def test_leads_are_found_by_their_names(database: Database) -> None:
    for lead_id, name, company in (
        ("L1", "Käthe Müller", "Nordwerk GmbH"), ("L2", "Karl Mueller", "Isar AG"),
        ("L3", "Ayşe Çelik", "Nordwerk GmbH"), ("L4", "% O'Hara", "Émile & Fils"),
    ):  # fmt: skip
        put(
            database,
            told(
                lead_id,
                contact={"name": name, "company": company, "email": f"{lead_id}@example.com"},
            ),
        )
    with database.writing() as connection:
        assert compare_waiting(connection, 100) == 4
    assert sought(database, "müller") == ["L1", "L2"]
    assert sought(database, "MUEL") == ["L1", "L2"]
    assert sought(database, "kä mü") == ["L1"]
    assert sought(database, "nordwerk") == ["L1", "L3"]
    assert sought(database, "nord ayse") == ["L3"]
    assert sought(database, "emile") == ["L4"]
    assert sought(database, "ordwerk") == []
    assert sought(database, "L2") == ["L2"]
    assert sought(database, "L3@Example.com") == ["L3"]
    for nobody in (
        "%",
        "_",
        "'; DROP TABLE lead; --",
        "müller nordwerk isar",
        "\U0010ffff",
        "x" * 500,
    ):
        assert sought(database, nobody) == []


def test_a_merged_lead_is_found_by_either_name(database: Database) -> None:
    one = put(database, told("A", contact={"name": "Anna Alt"}))
    two = put(database, told("B", contact={"name": "Anna Neu"}))
    with database.writing() as connection:
        compare_waiting(connection, 100)
        join_leads(connection, one.number, two.number, "test", NOW)
    assert sought(database, "neu") == ["A"]


def test_a_search_looks_at_a_bounded_number_of_leads(database: Database) -> None:
    numbers = [put(database, told(f"L{n}")).number for n in range(3)]
    with database.writing() as connection:
        add_words(connection, {number: ["gmbh", "alpha"] for number in numbers})
        # Told twice, nothing is noted twice.
        add_words(connection, {number: ["gmbh"] for number in numbers})
        assert leads_named(connection, ["g"]) == set(numbers)
    assert MOST_FOUND == 1_000


def test_what_was_said_at_a_moment(database: Database) -> None:
    one, two = put(database, told("A")).number, put(database, told("B")).number
    with database.writing() as connection:
        for at, probability in ((NOW - HOUR, 0.1), (NOW, 0.2), (NOW + HOUR, 0.3)):
            give_scores(connection, [scored(one, probability, at=at)])
        give_scores(connection, [scored(two, 0.9, at=NOW + HOUR)])
    with database.reading() as connection:
        for at, expected in ((NOW - HOUR - 1, {}), (NOW - 1, {one: 0.1}), (NOW, {one: 0.2})):
            found = scores_at(connection, [one, two], at)
            assert {number: score.probability for number, score in found.items()} == expected
        assert [s.probability for s in newest_scores(connection, one, 2)] == [0.2, 0.3]
        assert find_lead(connection, "A") is not None
