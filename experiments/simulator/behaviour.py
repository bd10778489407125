"""What leads do: Poisson events whose rates follow intent, buying phase, age and calendar."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from experiments.simulator.market import CHANNELS, HISTORY_US, NEVER, Market
from features.contract.duration import DAY_US, HOUR_US


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of event.

    Attributes:
        per_day: Rate of a fresh lead of average intent outside its buying phase.
        intent: What one standard deviation of intent adds to the log rate.
        buying: What the buying phase and the weeks before it add to the log rate, never negative.
        trend: What a year adds to the log rate.
        late: Longest delay in days until it is recorded.
        value: Mean of the figure that belongs to it; 0 means none.
        items: Number of different things it can be done to; 0 means none.
    """

    per_day: float
    intent: float = 0.4
    buying: float = 0.8
    trend: float = 0.0
    late: float = 0.0
    value: float = 0.0
    items: int = 0


KINDS = {
    "form": Kind(0.006, 0.6, 1.5, items=4),
    "newsletter_opt_in": Kind(0.0),
    "whitepaper": Kind(0.010, 0.6, 1.6, trend=-0.2, items=12),
    "webinar": Kind(0.007, 0.6, 1.7, trend=0.4, late=3.0, value=38.0, items=8),
    "demo_request": Kind(0.0008, 0.9, 3.4),
    "price_page": Kind(0.008, 0.8, 2.8, value=55.0, items=3),
    "page_view": Kind(0.120, 0.6, 1.7, trend=0.1, value=40.0, items=60),
    "email_open": Kind(0.120, 0.5, 0.8, trend=-0.3, items=40),
    "email_click": Kind(0.025, 0.6, 1.4, trend=-0.2, items=40),
    "trade_fair_visit": Kind(0.0025, 0.4, 1.0, late=7.0, value=12.0, items=6),
    "unsubscribe": Kind(0.0015, -0.6, 0.0),
}
EVENT_TYPES = tuple(KINDS)
_CODE = {name: code for code, name in enumerate(KINDS)}
_EMAILS = [_CODE["email_open"], _CODE["email_click"], _CODE["unsubscribe"]]

# People read up on a product before they can buy it: behaviour rises ahead of the hazard.
_READING_UP_US = 21 * DAY_US

_HOURS = np.array([0.04] * 6 + [0.2, 0.5] + [1.0] * 9 + [0.6, 0.4, 0.3, 0.25, 0.2, 0.1, 0.06])
_WEEK = np.concatenate([_HOURS * day for day in (1.0, 1.0, 1.0, 0.95, 0.8, 0.2, 0.2)])
# 1 January 1970 was a Thursday; the week above begins on Monday.
_TO_MONDAY = 3 * 24
_MONTHS = np.array([0.95, 1.0, 1.0, 0.9, 0.85, 0.9, 0.75, 0.65, 1.0, 1.0, 1.0, 0.6])


@dataclass(frozen=True, slots=True)
class Events:
    """Events as a structure of arrays, all [events], in the order they occurred.

    Attributes:
        lead: int64, position of the lead in its market.
        kind: int64, position in `EVENT_TYPES`.
        occurred: int64, microseconds since 1970.
        recorded: int64, microseconds since 1970, never before `occurred`.
        value: float64, NaN where there is none.
        item: int64, number of the thing it was done to, 0 where there is none.
    """

    lead: NDArray[np.int64]
    kind: NDArray[np.int64]
    occurred: NDArray[np.int64]
    recorded: NDArray[np.int64]
    value: NDArray[np.float64]
    item: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of events."""
        return len(self.lead)

    def take(self, events: NDArray[np.int64] | NDArray[np.bool_]) -> "Events":
        """Return some of the events."""
        return Events(*(getattr(self, column.name)[events] for column in fields(self)))


def draw_events(
    market: Market, closed: NDArray[np.int64], until: int, rng: np.random.Generator
) -> Events:
    """Draw what each lead does from its creation until it is closed.

    Events that are not recorded by `until` are left out, as in an export made at that moment.

    Args:
        market: The leads.
        closed: int64 [leads], when marketing stops; `NEVER` if it does not.
        until: End of the history, microseconds since 1970.
        rng: Source of all chance.
    """
    end = np.minimum(closed, until)
    drawn = _first_contacts(market, rng)
    for name, kind in KINDS.items():
        lead, occurred = _occurrences(kind, market, end, until, rng)
        drawn.append(_with_details(name, lead, occurred, rng))
    events = Events(
        *(
            np.concatenate([getattr(part, column.name) for part in drawn])
            for column in fields(Events)
        )
    )
    events = events.take(np.lexsort((events.kind, events.lead, events.occurred)))
    kept = (events.occurred < end[events.lead]) & (events.recorded <= until)
    return _respect_consent(events.take(kept), market)


def _occurrences(
    kind: Kind, market: Market, end: NDArray[np.int64], until: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return lead and moment of the events of one kind, thinned from its highest rate."""
    days = (end - market.created) / DAY_US
    ever_buys = market.buying_from != NEVER
    highest = kind.per_day * np.exp(kind.intent * market.intent + kind.buying * ever_buys)
    lead = np.repeat(np.arange(len(market)), rng.poisson(highest * days / _WEEK.mean()))
    age = rng.random(len(lead)) * days[lead]
    occurred = market.created[lead] + (age * DAY_US).astype(np.int64)

    busy = (market.buying_from[lead] - _READING_UP_US <= occurred) & (
        occurred < market.buying_until[lead]
    )
    share = np.where(busy | ~ever_buys[lead], 1.0, np.exp(-kind.buying))
    share *= 0.45 + 0.55 * np.exp(-age / 40)
    share *= _calendar_share(kind, occurred, until)
    kept = rng.random(len(lead)) < share
    return lead[kept], occurred[kept]


def _calendar_share(kind: Kind, occurred: NDArray[np.int64], until: int) -> NDArray[np.float64]:
    """Return the rate at a moment as a share of the highest of the history."""
    month = occurred.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64) % 12
    year_us = 365 * DAY_US
    drift = np.exp(kind.trend * (occurred - until) / year_us)
    highest = max(1.0, np.exp(-kind.trend * HISTORY_US / year_us))
    hour = (occurred // HOUR_US + _TO_MONDAY) % len(_WEEK)
    return np.asarray(_WEEK[hour] * _MONTHS[month] * drift / highest)


def _first_contacts(market: Market, rng: np.random.Generator) -> list[Events]:
    """Return how each lead came in; field sales finds its leads without an event."""
    fair, field_sales = CHANNELS.index("trade_fair"), CHANNELS.index("field_sales")
    by_fair = np.flatnonzero(market.channel == fair)
    by_form = np.flatnonzero((market.channel != fair) & (market.channel != field_sales))
    subscribed = np.flatnonzero(market.profile["newsletter"].astype(np.bool_))
    confirmed = rng.exponential(3 * HOUR_US, len(subscribed)).astype(np.int64)
    return [
        _with_details("trade_fair_visit", by_fair, market.created[by_fair], rng),
        _with_details("form", by_form, market.created[by_form], rng),
        _with_details("newsletter_opt_in", subscribed, market.created[subscribed] + confirmed, rng),
    ]


def _with_details(
    name: str, lead: NDArray[np.int64], occurred: NDArray[np.int64], rng: np.random.Generator
) -> Events:
    kind, size = KINDS[name], len(lead)
    late = (rng.random(size) * kind.late * DAY_US).astype(np.int64)
    value = rng.gamma(2.0, kind.value / 2, size).round(1) if kind.value else np.full(size, np.nan)
    item = rng.integers(1, kind.items + 1, size) if kind.items else np.zeros(size, dtype=np.int64)
    code = np.full(size, _CODE[name])
    return Events(lead, code, occurred, occurred + late, value, item)


def _respect_consent(events: Events, market: Market) -> Events:
    """Leave out e-mail events without opt-in, and after the first `unsubscribe`."""
    left = np.full(len(market), NEVER)
    leaving = events.kind == _CODE["unsubscribe"]
    np.minimum.at(left, events.lead[leaving], events.occurred[leaving])
    opted_in = market.profile["newsletter"].astype(np.bool_)[events.lead]
    allowed = opted_in & (events.occurred <= left[events.lead])
    return events.take(allowed | ~np.isin(events.kind, _EMAILS))
