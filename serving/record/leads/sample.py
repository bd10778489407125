"""Some of the leads, taken at random, always the same ones."""

from sqlalchemy import Connection, func, select

from serving.record.schema import lead

# Knuth's multiplicative hashing: neighbours among numbers are none among their places.
_PLACE = (lead.c.number * 2_654_435_761) % 4_294_967_296
_LEADS = (lead.c.number == lead.c.root) & (lead.c.kind == "lead")


def sample_leads(connection: Connection, most: int) -> tuple[list[int], int]:
    """Return numbers of leads that stand for themselves, and of how many they were taken.

    Args:
        connection: Reading.
        most: All of them, where there are no more.
    """
    numbers = select(lead.c.number).where(_LEADS).order_by(_PLACE).limit(most)
    count = select(func.count()).select_from(lead).where(_LEADS)
    found = list(connection.execute(numbers).scalars())
    return sorted(found), connection.execute(count).scalar_one()
