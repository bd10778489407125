"""The way of a lead through MAL, MQL, SAL and SQL."""

import numpy as np
from numpy.typing import NDArray

from experiments.simulator.behaviour import EVENT_TYPES, Events
from experiments.simulator.market import NEVER, Market
from experiments.simulator.outcome import Outcome
from features.contract.duration import DAY_US, HOUR_US

STAGES = ("MAL", "MQL", "SAL", "SQL", "DISQUALIFIED")

_FITS_FROM = -0.2
_ENGAGED_FROM = 2
_ACCEPTED_SHARE = 0.7
_DOCUMENTED = ("form", "whitepaper", "webinar", "demo_request", "price_page", "trade_fair_visit")


def draw_stages(
    market: Market, events: Events, outcome: Outcome, until: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return when each lead reached each of `STAGES`, int64 [leads, stages], `NEVER` if it did not.

    MAL at creation, if the lead fits; MQL with the second documented engagement on record; SAL
    when sales takes it up. A lead that is SQL before it came so far gets what is missing in the
    hours before.
    """
    leads = len(market)
    mal = np.where(market.fit > _FITS_FROM, market.created, NEVER)
    mql = np.where(mal != NEVER, _engaged(events, leads), NEVER)
    waiting = rng.exponential(2 * DAY_US, leads).astype(np.int64)
    accepted = (mql != NEVER) & (rng.random(leads) < _ACCEPTED_SHARE)
    sal = np.where(accepted, mql + waiting, NEVER)

    moments = np.column_stack([mal, mql, sal])
    moments[(moments >= outcome.closed[:, None]) | (moments > until)] = NEVER
    sql = np.where(outcome.sql, outcome.closed, NEVER)
    hours_before = np.array([3, 2, 1]) * HOUR_US
    latest = np.maximum(sql[:, None] - hours_before, market.created[:, None])
    moments = np.where(outcome.sql[:, None], np.minimum(moments, latest), moments)
    return np.column_stack([moments, sql, np.where(outcome.sql, NEVER, outcome.closed)])


def _engaged(events: Events, leads: int) -> NDArray[np.int64]:
    """Return when each lead had enough documented engagement on record."""
    documented = events.take(np.isin(np.array(EVENT_TYPES)[events.kind], _DOCUMENTED))
    order = np.lexsort((documented.recorded, documented.lead))
    lead, recorded = documented.lead[order], documented.recorded[order]
    last = np.arange(_ENGAGED_FROM - 1, len(lead))
    enough = lead[last] == lead[last - _ENGAGED_FROM + 1]
    moments = np.full(leads, NEVER)
    np.minimum.at(moments, lead[last[enough]], recorded[last[enough]])
    return moments
