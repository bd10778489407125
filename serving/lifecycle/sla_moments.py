"""When promises become ones that somebody is to be alerted of."""

from collections.abc import Iterable
from typing import NamedTuple

from features.contract.duration import DAY_US
from serving.lifecycle.alerts import Alert, SlaAlert
from serving.lifecycle.position import Position
from serving.lifecycle.sla import SlaTerms, sla_of

RECENT_US = 3 * DAY_US
"""What is longer past is no news, as after a new agreement; a weekend is not."""


class SlaMoment(NamedTuple):
    """When a promise becomes one that somebody is to be alerted of.

    Attributes:
        alert: Which it is.
        at: Microseconds since 1970.
        due_at: The last moment at which the promise is kept, microseconds since 1970.
    """

    alert: SlaAlert
    at: int
    due_at: int


def sla_moments(
    alerts: Iterable[Alert],
    terms: SlaTerms | None,
    position: Position,
    use_case: str | None,
) -> list[SlaMoment]:
    """Return when somebody is to be alerted of the promise that runs for a lead, in order."""
    sla = sla_of(position.stage, position.since, terms, position.since)
    if sla is None or terms is None:
        return []
    found = [
        SlaMoment(one, one.raised_at(sla.warn_at, sla.due_at, terms.hours), sla.due_at)
        for one in alerts
        if isinstance(one, SlaAlert) and one.concerns(sla.stage, use_case)
    ]
    return sorted(found, key=lambda moment: moment.at)


def due_moments(moments: Iterable[SlaMoment], now: int) -> list[SlaMoment]:
    """Return those that somebody is to be alerted of now.

    A warning is of no use once the promise is broken, and what is long past is no news.
    """
    return [
        one
        for one in moments
        if now - RECENT_US < one.at <= now
        and not (one.alert.kind == "sla_warning" and now > one.due_at)
    ]


def next_moment(moments: Iterable[SlaMoment], now: int) -> int | None:
    """Return the next moment to come, None where there is none."""
    return min((one.at for one in moments if one.at > now), default=None)
