"""How fast sales takes up a lead that was handed over, and how fast SQLs become customers."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from features.contract.duration import DAY_US, HOUR_US
from serving.lifecycle.kpis.figure import Figure, median, share
from serving.lifecycle.kpis.funnel import conversion, duration
from serving.lifecycle.kpis.journeys import Pass


class Handed(NamedTuple):
    """A pass that was handed to sales.

    Attributes:
        way: The pass.
        contacts: When sales was in touch with the lead, in ascending order; microseconds.
        keeping: Those of them that keep what is promised.
        due: The last moment at which it is kept; None where nothing is promised.
    """

    way: Pass
    contacts: Sequence[int] = ()
    keeping: Sequence[int] = ()
    due: int | None = None

    @property
    def at(self) -> int:
        """When it was handed over, microseconds since 1970."""
        return self.way.entered["MQL"].at

    @property
    def left(self) -> int | None:
        """When it moved on or was set aside, None where it did not yet."""
        ways = (self.way.reached("SAL"), self.way.aside)
        return min((step.at for step in ways if step is not None), default=None)

    @property
    def kept(self) -> int | None:
        """When what is promised was kept, or was no more to be: it left, or sales was in touch."""
        moments = [at for at in (self.left, _first(self.keeping, self.at)) if at is not None]
        return min(moments, default=None)

    @property
    def action(self) -> int | None:
        """When sales first did anything about it: a decision, or being in touch with the lead.

        What comes after it was set aside is about another pass.
        """
        decided = [self.way.reached("SAL"), self.way.aside]
        moments = [step.at for step in decided if step is not None and step.role not in _OTHERS]
        contact = _first(self.contacts, self.at)
        first = min(moments if contact is None else [*moments, contact], default=None)
        aside = self.way.aside
        return None if first is None or (aside is not None and first > aside.at) else first


_OTHERS = frozenset({"rule", "marketing"})


def speed_to_lead(handed: Sequence[Handed], within: int, as_of: int) -> Figure:
    """Return the median of the hours until the first action of sales.

    Only passes that were handed over long enough ago count, and whoever saw no action in that time
    is slower than all who did: else those that are still waiting would make sales look fast.

    Args:
        handed: The cohort.
        within: How long an action is waited for, in microseconds.
        as_of: Microseconds since 1970.
    """
    mature = [one for one in handed if one.at + within <= as_of]
    waited = [_waited(one) for one in mature]
    hours = [math.inf if wait > within else wait / HOUR_US for wait in waited]
    return median(hours, len(handed) - len(mature))


def in_time(handed: Sequence[Handed], as_of: int) -> Figure:
    """Return of which share of passes was kept in time what was promised of them.

    Args:
        handed: The cohort; those of which nothing is promised do not count.
        as_of: Microseconds since 1970; passes that are not due by then wait.
    """
    promised = [(one, one.due) for one in handed if one.due is not None]
    mature = [(one.kept, due) for one, due in promised if due < as_of]
    kept = sum(moment is not None and moment <= due for moment, due in mature)
    return share(kept, len(mature), len(promised) - len(mature))


def sales_cycle(opened: Sequence[Pass], within: int, as_of: int) -> Figure:
    """Return the median of the days from SQL to customer, of those that became one in time."""
    mature = [one for one in opened if one.entered["SQL"].at + within <= as_of]
    took = [duration(one, "SQL", "customer", within) for one in mature]
    days = [length / DAY_US for length in took if length is not None]
    return median(days, len(opened) - len(mature))


def velocity(pipeline: int, opened: Sequence[Pass], within: int, as_of: int) -> Figure:
    """Return how many deals a day a pipeline is worth.

    It is the number of open opportunities times the close rate, divided by the days of a sales
    cycle. As a product of figures it has no interval; its parts have theirs.

    Args:
        pipeline: How many opportunities are open.
        opened: The cohort of whom the close rate and the cycle are.
        within: How long after it became SQL a pass may be won, in microseconds.
        as_of: Microseconds since 1970.
    """
    closing = conversion(opened, "SQL", "customer", within, as_of)
    cycle = sales_cycle(opened, within, as_of)
    won = pipeline * (closing.value or 0.0)
    per_day = won / cycle.value if cycle.value else None
    return Figure(won, cycle.value or 0.0, per_day, waiting=closing.waiting)


def is_in_pipeline(one: Pass, within: int, at: int) -> bool:
    """Tell whether a pass became SQL, could still be won in time, and was not decided yet.

    Args:
        one: The pass.
        within: How long after it became SQL it may be won, in microseconds.
        at: A moment, microseconds since 1970.
    """
    step = one.begun("SQL")
    if step is None or not step.at < at <= step.at + within:
        return False
    ends = (one.entered.get("customer"), one.aside)
    return all(end is None or end.at >= at for end in ends)


def _first(moments: Sequence[int], since: int) -> int | None:
    place = bisect_left(moments, since)
    return moments[place] if place < len(moments) else None


def _waited(one: Handed) -> float:
    return math.inf if one.action is None else one.action - one.at
