"""Leads that may be one person are found by their contacts, without comparing all with all.

Candidates share an address or a number, or are of one company with names that begin alike: both
are looked up in an index.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from serving.intake.likeness import Known, company_marks, evidence, known_of
from serving.intake.name_words import note_words
from serving.record.identity.candidates import Kind, add_marks, contacts_of, first_with
from serving.record.identity.duplicates import FoundPair, suggest, take_uncompared, want_comparison

MOST_SHARING = 10
"""Leads with one address or number that others are compared with: the first ones. A switchboard's
number is that of hundreds, and of no person."""

MOST_NAMESAKES = 500
"""Leads of one company whose names begin alike that others are compared with: the first ones."""


def note_contacts(connection: Connection, numbers: Collection[int], now: int) -> None:
    """Note that leads have new contacts, so that they are compared with others.

    Args:
        connection: Writing.
        numbers: Of the leads themselves.
        now: Microseconds since 1970.
    """
    known = _known(connection, numbers)
    add_marks(connection, {number: company_marks(one) for number, one in known.items()})
    want_comparison(connection, numbers, now)


def compare_waiting(connection: Connection, most: int) -> int:
    """Compare leads that wait for it with all others, note the pairs, and return how many waited.

    Args:
        connection: Writing.
        most: So many leads at once.
    """
    numbers = take_uncompared(connection, most)
    if numbers:
        suggest(connection, found_pairs(connection, numbers))
        note_words(connection, numbers)
    return len(numbers)


def found_pairs(connection: Connection, numbers: Collection[int]) -> list[FoundPair]:
    """Return the pairs of leads themselves of which one is among some, and that may be one person.

    Args:
        connection: Reading.
        numbers: Of the leads to compare with all others.
    """
    known = _known(connection, numbers)
    candidates = _candidates(connection, known)
    others = {number for pair in candidates for number in pair} - known.keys()
    known |= _known(connection, others)
    return [
        FoundPair(first, second, *found)
        for first, second in sorted(candidates)
        if (found := evidence(known[first], known[second])) is not None
    ]


def _known(connection: Connection, numbers: Collection[int]) -> dict[int, Known]:
    contacts = contacts_of(connection, numbers)
    return {number: known_of(of_lead) for number, of_lead in contacts.items()}


def _candidates(connection: Connection, known: Mapping[int, Known]) -> set[tuple[int, int]]:
    """Return the pairs of leads that something is looked up by, the smaller number first."""
    found: set[tuple[int, int]] = set()
    for kind, by_value in _looked_up(known).items():
        most = MOST_SHARING + 1 if kind in ("email", "phone") else MOST_NAMESAKES + 1
        for value, others in first_with(connection, kind, by_value, most).items():
            found |= {
                (min(number, other), max(number, other))
                for number in by_value[value]
                for other in others
                if other != number
            }
    return found


def _looked_up(known: Mapping[int, Known]) -> dict[Kind, dict[str, list[int]]]:
    """Return by kind and value the numbers of the leads that others are looked up for."""
    found: dict[Kind, dict[str, list[int]]] = {}
    for number, one in known.items():
        by: set[tuple[Kind, str]] = {*company_marks(one)}
        by |= {("email", email) for email in one.emails}
        by |= {("phone", phone) for phone in one.phones}
        for kind, value in by:
            found.setdefault(kind, {}).setdefault(value, []).append(number)
    return found
