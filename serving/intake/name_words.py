"""What leads are looked for by: the words of their names and companies, in one spelling."""

from collections.abc import Collection

from sqlalchemy import Connection

from serving.intake.spelling import words_of
from serving.record.identity.candidates import contacts_of
from serving.record.identity.name_words import add_words, leads_known_as, leads_named

_OF_NAMES = ("name", "company")
_MOST_WORDS = 8
_LONGEST_WORD = 60


def note_words(connection: Connection, numbers: Collection[int]) -> None:
    """Let leads themselves be found by their names and companies.

    Args:
        connection: Writing.
        numbers: Of the leads.
    """
    known = contacts_of(connection, numbers)
    add_words(
        connection,
        {
            number: {
                word[:_LONGEST_WORD]
                for kind in _OF_NAMES
                for name in contacts.get(kind, ())
                for word in words_of(name)
            }
            for number, contacts in known.items()
        },
    )


def find_numbers(connection: Connection, text: str) -> frozenset[int]:
    """Return the numbers of the leads that somebody may mean, which stand for themselves.

    Args:
        connection: Reading.
        text: Words of names, each or the beginning of one; or an id, or an e-mail address.
    """
    words = [word[:_LONGEST_WORD] for word in words_of(text)][:_MOST_WORDS]
    named = leads_named(connection, words) if words else set()
    return frozenset(named | leads_known_as(connection, text))
