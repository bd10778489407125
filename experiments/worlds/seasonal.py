"""The level follows a season that begins anywhere in the year."""

from pathlib import Path

import numpy as np

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, draw_leads, relative_hazard
from experiments.worlds.truth import KNOWN_DAYS, START
from experiments.worlds.world import World, settle

_AMPLITUDE = 0.3
"""On the log scale: the best season has 1.8 times the level of the worst."""


def seasonal(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    propensity = rng.normal(size=LEADS)
    leads = draw_leads(propensity, rng)
    year = 2 * np.pi * (KNOWN_DAYS / 365 + rng.random())
    hazard = 0.0015 * np.outer(relative_hazard(propensity), np.exp(_AMPLITUDE * np.sin(year)))
    return settle(folder, leads, DailyRates(START, hazard), rng)
