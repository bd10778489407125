"""What channels and campaigns cost, month by month."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from serving.lifecycle.kpis.costs import Cost
from serving.record.database.database import put
from serving.record.schema import cost

_c = cost.c


def costs_of(connection: Connection) -> list[Cost]:
    """Return all costs, in order."""
    rows = connection.execute(
        select(_c.month, _c.channel, _c.campaign, _c.amount).order_by(
            _c.month, _c.channel, _c.campaign
        )
    )
    return [
        Cost(month, channel, campaign or None, amount) for month, channel, campaign, amount in rows
    ]


def keep_costs(connection: Connection, costs: Sequence[Cost], now: int) -> None:
    """Keep costs; those of the same month, channel and campaign are replaced."""
    rows = [{**one._asdict(), "campaign": one.campaign or "", "recorded": now} for one in costs]
    put(connection, cost, rows, update=["amount", "recorded"])
