"""What leads and SQLs cost, by the month in which the leads came."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from serving.lifecycle.kpis.calendar import month_begins, month_ends, month_of
from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey


class Cost(NamedTuple):
    """What a channel, or a campaign of it, cost in a month.

    Attributes:
        month: Such as `2026-03`.
        channel: In the form of equal categories.
        campaign: In the form of equal categories; None where it is the channel's own.
        amount: In the currency of the agreement.
    """

    month: str
    channel: str
    campaign: str | None
    amount: float


def whole_months(months: Collection[str], begin: int, end: int) -> set[str]:
    """Return which months lie in `[begin, end)` as a whole; microseconds since 1970."""
    return {one for one in months if begin <= month_begins(one) and month_ends(one) <= end}


def cost_per_lead(costs: Sequence[Cost], leads: Sequence[Journey], as_of: int) -> Figure:
    """Return costs by leads, of the months that are over.

    It has no interval: both were counted, neither was estimated.
    """
    over = {one.month for one in costs if month_ends(one.month) <= as_of}
    spent = sum(one.amount for one in costs if one.month in over)
    come = sum(month_of(one.created) in over for one in leads)
    return Figure(spent, come, spent / come if come else None, waiting=_left(leads, costs, over))


def cost_per_sql(
    costs: Sequence[Cost], leads: Sequence[Journey], within: int, as_of: int
) -> Figure:
    """Return costs by leads that became SQL in time, of the months that are mature.

    The interval is that of the share of leads that become SQL, turned round: costs over the number
    of SQLs at either end of it. Where there was none, it has no upper end.

    Args:
        costs: Of whole months.
        leads: Created in the same months.
        within: How long after its creation a lead may become SQL, in microseconds.
        as_of: Microseconds since 1970.
    """
    mature = {one.month for one in costs if month_ends(one.month) + within <= as_of}
    spent = sum(one.amount for one in costs if one.month in mature)
    come = [one for one in leads if month_of(one.created) in mature]
    qualified = sum(became_sql(one, within) for one in come)
    rate, waiting = share(qualified, len(come)), _left(leads, costs, mature)
    if not come or rate.low is None or rate.high is None:
        return Figure(spent, qualified, None, waiting=waiting)
    low = spent / (rate.high * len(come))
    if not qualified:
        return Figure(spent, 0, None, low, None, waiting)
    high = spent / (rate.low * len(come))
    return Figure(spent, qualified, spent / qualified, low, high, waiting)


def became_sql(lead: Journey, within: int) -> bool:
    """Tell whether a lead became SQL, or more, in time after its creation."""
    steps = (one.reached("SQL") for one in lead.passes)
    return any(step is not None and step.at <= lead.created + within for step in steps)


def _left(leads: Sequence[Journey], costs: Sequence[Cost], counted: Collection[str]) -> int:
    """Return how many leads came in months whose costs are known, but do not count yet."""
    waiting = {one.month for one in costs} - {*counted}
    return sum(month_of(one.created) in waiting for one in leads)
