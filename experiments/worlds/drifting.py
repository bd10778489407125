"""The level drifts slowly, up or down, by up to a factor of two a year."""

from pathlib import Path

import numpy as np

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, draw_leads, relative_hazard
from experiments.worlds.truth import DAYS, KNOWN_DAYS, START
from experiments.worlds.world import World, settle


def drifting(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    propensity = rng.normal(size=LEADS)
    leads = draw_leads(propensity, rng)
    a_year = rng.uniform(-np.log(2), np.log(2))
    level = np.exp(a_year * (KNOWN_DAYS - DAYS / 2) / 365)
    hazard = 0.0015 * np.outer(relative_hazard(propensity), level)
    visits = 0.05 * np.repeat(np.exp(0.5 * propensity)[:, None], len(KNOWN_DAYS), axis=1)
    return settle(folder, leads, DailyRates(START, hazard), rng, visits=DailyRates(START, visits))
