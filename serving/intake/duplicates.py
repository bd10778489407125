"""Leads that may be one person are found by their contacts, without comparing all with all.

Candidates share an address or a number, which the index of contacts finds; or they are of one
company, within which names are compared.
"""

from collections.abc import Collection, Mapping

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from serving.intake.likeness import ALIKE, evidence, known_of, name_key
from serving.record.candidates import ContactsByKind, Kind, contacts_of, first_with, names_of
from serving.record.duplicates import FoundPair, suggest, take_uncompared

MOST_SHARING = 10
"""Leads with one address or number that others are compared with: the first ones. A switchboard's
number is that of hundreds, and of no person."""

MOST_COLLEAGUES = 5_000
"""Leads of one company that others are compared with: the first ones."""

Pair = tuple[int, int]


def compare_waiting(connection: Connection, most: int) -> int:
    """Compare leads that wait for it with all others, note the pairs, and return how many waited.

    Args:
        connection: Writing.
        most: So many leads at once.
    """
    numbers = take_uncompared(connection, most)
    if numbers:
        suggest(connection, found_pairs(connection, numbers))
    return len(numbers)


def found_pairs(connection: Connection, numbers: Collection[int]) -> list[FoundPair]:
    """Return the pairs of leads themselves of which one is among some, and that may be one person.

    Args:
        connection: Reading.
        numbers: Of the leads to compare with all others.
    """
    own = contacts_of(connection, numbers)
    candidates = _sharing(connection, own, "email") | _sharing(connection, own, "phone")
    candidates |= _namesakes(connection, own, "firm") | _namesakes(connection, own, "domain")
    others = {number for pair in candidates for number in pair} - own.keys()
    known = {
        number: known_of(contacts)
        for number, contacts in (own | contacts_of(connection, others)).items()
    }
    return [
        FoundPair(first, second, *found)
        for first, second in sorted(candidates)
        if (found := evidence(known[first], known[second])) is not None
    ]


def _sharing(connection: Connection, own: Mapping[int, ContactsByKind], kind: Kind) -> set[Pair]:
    """Return pairs of leads with the same contact of a kind."""
    by_value = _by_value(own, kind)
    first = first_with(connection, kind, by_value, MOST_SHARING + 1)
    return {
        _pair(number, other)
        for value, numbers in by_value.items()
        for number in numbers
        for other in first.get(value, [])
        if other != number
    }


def _namesakes(connection: Connection, own: Mapping[int, ContactsByKind], kind: Kind) -> set[Pair]:
    """Return pairs of leads of one company, known by a kind of contact, with names much alike."""
    named = {number: contacts for number, contacts in own.items() if "name" in contacts}
    by_value = _by_value(named, kind)
    colleagues = first_with(connection, kind, by_value, MOST_COLLEAGUES)
    keys = _keys(connection, {*named}.union(*colleagues.values()))
    pairs: set[Pair] = set()
    for value, others in colleagues.items():
        known = [(number, key) for number in others for key in keys[number]]
        for number in by_value[value]:
            for key in keys[number]:
                alike = process.extract(
                    key,
                    [name for _, name in known],
                    scorer=fuzz.token_set_ratio,
                    score_cutoff=100 * ALIKE,
                    limit=None,
                )
                pairs |= {_pair(number, known[place][0]) for _, _, place in alike}
    return {pair for pair in pairs if pair[0] != pair[1]}


def _keys(connection: Connection, numbers: Collection[int]) -> dict[int, list[str]]:
    """Return the names of leads as they are compared, by number."""
    return {
        number: [key for name in names if (key := name_key(name))]
        for number, names in names_of(connection, numbers).items()
    }


def _by_value(own: Mapping[int, ContactsByKind], kind: str) -> dict[str, list[int]]:
    """Return the numbers of leads by each contact of a kind."""
    found: dict[str, list[int]] = {}
    for number, contacts in own.items():
        for value in contacts.get(kind, ()):
            found.setdefault(value, []).append(number)
    return found


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
