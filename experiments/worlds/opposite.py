"""Two countries in which the same profile and the same visits mean the opposite.

At home, who is large and comes often buys; abroad, who is small and comes seldom. One model for all
must learn both; one of its own for the leads abroad has a quarter of the leads, and one thing to
learn.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, draw_leads, relative_hazard
from experiments.worlds.truth import KNOWN_DAYS, START
from experiments.worlds.world import World, settle

HOME, ABROAD = "DE", "AT"

_SHARE_ABROAD = 0.25
_HAZARD = 0.0015


def opposite(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    propensity = rng.normal(size=LEADS)
    abroad = rng.random(LEADS) < _SHARE_ABROAD
    leads = draw_leads(propensity, rng)
    country = np.where(abroad, ABROAD, HOME).astype(object)
    leads = replace(leads, profile={**leads.profile, "country": country})
    every_day = np.ones(len(KNOWN_DAYS))
    buying = relative_hazard(np.where(abroad, -propensity, propensity))
    hazard = DailyRates(START, _HAZARD * buying[:, None] * every_day)
    visits = DailyRates(START, 0.03 * np.exp(0.5 * propensity)[:, None] * every_day)
    return settle(folder, leads, hazard, rng, visits=visits)
