"""The hazard falls with age: the longer a lead is open, the less likely it converts."""

from pathlib import Path

import numpy as np

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, ages, draw_leads, relative_hazard
from experiments.worlds.truth import START
from experiments.worlds.world import World, settle


def ageing(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    propensity = rng.normal(size=LEADS)
    leads = draw_leads(propensity, rng)
    age = ages(leads.created)
    hazard = 0.006 * relative_hazard(propensity)[:, None] / (1 + age / 20)
    visits = 0.06 * np.exp(0.5 * propensity)[:, None] / (1 + age / 90)
    return settle(folder, leads, DailyRates(START, hazard), rng, visits=DailyRates(START, visits))
