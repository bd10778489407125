"""What counts of a few profile fields, of all leads in one statement."""

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from features.contract.lead import ProfileValue
from serving.record.schema import lead, profile_value


def newest_values(
    connection: Connection, fields: Collection[str], as_of: int
) -> dict[int, dict[str, ProfileValue]]:
    """Return the newest values that were recorded by a moment, by number of who stands, and field.

    It is the rule of `profiles`, said in SQL.

    Args:
        connection: Reading.
        fields: Those that are asked for.
        as_of: Microseconds since 1970.
    """
    columns = profile_value.c
    precedence = (columns.occurred, columns.recorded, columns.lead, columns.received)
    place = func.row_number().over(
        partition_by=(lead.c.root, columns.field), order_by=[one.desc() for one in precedence]
    )
    told = (
        select(lead.c.root, columns.field, columns.value, place.label("place"))
        .join(lead, lead.c.number == columns.lead)
        .where(columns.field.in_(fields), columns.recorded <= as_of)
        .subquery()
    )
    rows = connection.execute(
        select(told.c.root, told.c.field, told.c.value).where(told.c.place == 1)
    )
    found: dict[int, dict[str, ProfileValue]] = {}
    for root, field, value in rows.all():
        found.setdefault(root, {})[field] = value
    return found
