"""Words of the names of leads and of their companies, by which people look for them."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, select

from serving.record.database.database import insert_new
from serving.record.schema import contact, lead, name_word

MOST_FOUND = 1_000
"""Leads that are looked at; whoever finds more has to say more."""

_AFTER_ALL = "\U0010ffff"


def add_words(connection: Connection, words: Mapping[int, Collection[str]]) -> None:
    """Note by which words leads themselves are found, by number; nothing is noted twice."""
    rows = [
        {"lead": number, "word": word} for number in sorted(words) for word in sorted(words[number])
    ]
    insert_new(connection, name_word, rows)


def leads_named(connection: Connection, words: Sequence[str]) -> set[int]:
    """Return the numbers of those who stand for leads whose names hold words, `MOST_FOUND` at most.

    Args:
        connection: Reading.
        words: In the spelling that was noted; each may be the beginning of one.
    """
    # The longest is that of the fewest leads, as a rule.
    first, *others = sorted(words, key=lambda word: (-len(word), word))
    statement = (
        select(lead.c.root)
        .join(name_word, name_word.c.lead == lead.c.number)
        .where(name_word.c.word >= first, name_word.c.word < first + _AFTER_ALL)
    )
    for word in others:
        also = name_word.alias()
        begins = also.c.word >= word, also.c.word < word + _AFTER_ALL
        statement = statement.where(
            select(also.c.word).where(also.c.lead == name_word.c.lead, *begins).exists()
        )
    return set(connection.execute(statement.distinct().limit(MOST_FOUND)).scalars())


def leads_known_as(connection: Connection, text: str) -> set[int]:
    """Return the numbers of those who stand for leads with an id or an e-mail address."""
    by_id = select(lead.c.root).where(lead.c.lead_id == text)
    by_email = (
        select(lead.c.root)
        .join(contact, contact.c.lead == lead.c.number)
        .where(contact.c.kind == "email", contact.c.value == text.casefold())
        .limit(MOST_FOUND)
    )
    return {
        *connection.execute(by_id).scalars(),
        *connection.execute(by_email).scalars(),
    }
