"""Accounts buy together: in a phase that nobody sees, all leads of an account visit and convert."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, draw_leads, numbered, relative_hazard
from experiments.worlds.truth import KNOWN_DAYS, START
from experiments.worlds.world import World, settle

_MOST_LEADS = 6


def accounts(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    account = np.repeat(np.arange(LEADS), rng.integers(1, _MOST_LEADS + 1, LEADS))[:LEADS]
    propensity = np.sqrt(0.5) * rng.normal(size=LEADS)[account]
    propensity += np.sqrt(0.5) * rng.normal(size=LEADS)
    leads = replace(draw_leads(propensity, rng), account_id=numbered("A", account))
    phase = _phases(int(account[-1]) + 1, rng)[account]
    hazard = 0.0007 * relative_hazard(propensity)[:, None] * np.where(phase, 8.0, 1.0)
    visits = 0.03 * np.exp(0.5 * propensity)[:, None] * np.where(phase, 5.0, 1.0)
    return settle(folder, leads, DailyRates(START, hazard), rng, visits=DailyRates(START, visits))


def _phases(number: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return on which days each account buys, bool [accounts, days]: one phase in most."""
    begin = rng.uniform(-60, 900, number)[:, None]
    length = (20 + rng.gamma(2.0, 20.0, number))[:, None]
    return (begin <= KNOWN_DAYS) & (begin + length > KNOWN_DAYS)
