"""What becomes of a lead: two competing hazards, SQL and disqualification, constant by pieces.

A lead's hazards depend on its true profile, its latent intent, its account's buying phase and the
calendar, and on nothing it does; what it does is driven by the same latent things. So what will
become of an open lead is independent of its events once the latent things are known, and the
probability of SQL has a closed form.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from experiments.simulator.market import NEVER, Market
from features.contract.duration import DAY_US

_BASE = -7.8
_FIT_WEIGHT = 1.2
_INTENT_WEIGHT = 0.7
_BUYING_GAIN = 2.4
_DISQUALIFIED_BASE = -5.3

_TREND_A_YEAR = np.array([0.3, -0.5, -0.2, -0.4, 0.0, 0.15])
_SEASON = np.array([0.1, 0.1, 0.15, 0.0, 0.0, 0.05, -0.15, -0.35, 0.2, 0.15, 0.05, -0.4])


@dataclass(frozen=True, slots=True)
class Calendar:
    """How conversion drifts: each month has a level for each channel.

    Attributes:
        months: int64 [months], beginnings in microseconds since 1970; the first and the last
            month go on for ever.
        log_drift: float64 [months, channels], added to the log hazard of becoming SQL.
    """

    months: NDArray[np.int64]
    log_drift: NDArray[np.float64]

    def between(self, start: int, end: int) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
        """Yield (begin, end, log drift by channel) of the months that `start` to `end` touches."""
        bounds = [-NEVER, *self.months[1:].tolist(), NEVER]
        for month, level in enumerate(self.log_drift):
            if bounds[month] < end and start < bounds[month + 1]:
                yield bounds[month], bounds[month + 1], level


@dataclass(frozen=True, slots=True)
class Latent:
    """What decides a lead's outcome, all [leads]; hazards are per day.

    Attributes:
        channel: int64, position in the channels.
        log_hazard: float64, of SQL outside the buying phase, without the calendar.
        buying_gain: float64, added to `log_hazard` in the buying phase.
        buying_from: int64, microseconds since 1970.
        buying_until: int64, microseconds since 1970.
        disqualified: float64, hazard of disqualification.
    """

    channel: NDArray[np.int64]
    log_hazard: NDArray[np.float64]
    buying_gain: NDArray[np.float64]
    buying_from: NDArray[np.int64]
    buying_until: NDArray[np.int64]
    disqualified: NDArray[np.float64]

    def take(self, leads: NDArray[np.int64]) -> "Latent":
        """Return some of the leads."""
        return Latent(*(getattr(self, column.name)[leads] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each lead, all [leads].

    Attributes:
        closed: int64, when it became SQL or was disqualified, or `NEVER`.
        sql: bool, whether it became SQL.
    """

    closed: NDArray[np.int64]
    sql: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of time in which each lead's hazards are constant, all [leads]."""

    begin: NDArray[np.int64]
    days: NDArray[np.float64]
    sql: NDArray[np.float64]
    total: NDArray[np.float64]


def drift_until(until: int) -> Calendar:
    """Return the calendar of a history that ends at `until`, and of the year after it."""
    last = np.datetime64(until, "us").astype("datetime64[M]")
    months = np.arange(last - 18, last + 13)
    years = (months - last).astype(np.int64) / 12
    season = _SEASON[months.astype(np.int64) % 12]
    return Calendar(
        months=months.astype("datetime64[us]").astype(np.int64),
        log_drift=years[:, None] * _TREND_A_YEAR + season[:, None],
    )


def latent_of(market: Market) -> Latent:
    """Return what decides the outcomes of a market."""
    return Latent(
        channel=market.channel,
        log_hazard=_BASE + _FIT_WEIGHT * market.fit + _INTENT_WEIGHT * market.intent,
        buying_gain=np.full(len(market), _BUYING_GAIN),
        buying_from=market.buying_from,
        buying_until=market.buying_until,
        disqualified=np.exp(_DISQUALIFIED_BASE - 0.5 * market.fit - 0.3 * market.intent),
    )


def sql_probability(
    latent: Latent, calendar: Calendar, start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the probability that a lead open at `start` becomes SQL in ``(start, end]``.

    Exact: in each piece, P(SQL) = P(open) * h_sql / h * (1 - exp(-h * days)), with h the sum of
    both hazards.
    """
    still_open = np.ones(len(start))
    probability = np.zeros(len(start))
    for piece in _pieces(latent, calendar, start, end):
        closes = -np.expm1(-piece.total * piece.days)
        probability += still_open * closes * piece.sql / piece.total
        still_open *= 1.0 - closes
    return probability


def draw_outcome(
    latent: Latent,
    calendar: Calendar,
    start: NDArray[np.int64],
    until: int,
    rng: np.random.Generator,
) -> Outcome:
    """Draw what becomes of each lead between `start` and `until`."""
    budget = rng.exponential(size=len(start))
    chance = rng.random(len(start))
    closed = np.full(len(start), NEVER)
    sql = np.zeros(len(start), dtype=np.bool_)
    for piece in _pieces(latent, calendar, start, np.full(len(start), until)):
        used = piece.total * piece.days
        closes = (closed == NEVER) & (budget < used)
        after = np.ceil(budget / piece.total * DAY_US)[closes].astype(np.int64)
        closed[closes] = piece.begin[closes] + after
        sql |= closes & (chance < piece.sql / piece.total)
        budget -= used
    return Outcome(closed, sql)


def _pieces(
    latent: Latent, calendar: Calendar, start: NDArray[np.int64], end: NDArray[np.int64]
) -> Iterator[_Piece]:
    """Yield the pieces between `start` and `end` in the order of time; most are empty."""
    if len(start) == 0:
        return
    never = np.full(len(start), NEVER)
    phases = (
        (-never, latent.buying_from, np.zeros(len(start))),
        (latent.buying_from, latent.buying_until, latent.buying_gain),
        (latent.buying_until, never, np.zeros(len(start))),
    )
    for month_begin, month_end, level in calendar.between(int(start.min()), int(end.max())):
        for phase_begin, phase_end, gain in phases:
            begin = np.maximum(np.maximum(start, month_begin), phase_begin)
            finish = np.minimum(np.minimum(end, month_end), phase_end)
            sql = np.exp(latent.log_hazard + gain + level[latent.channel])
            days = np.maximum(finish - begin, 0) / DAY_US
            yield _Piece(begin, days, sql, sql + latent.disqualified)
