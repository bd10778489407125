"""Every lead converts with the same hazard for ever, and one field of noise is all that is known.

Whoever promises more or less than the truth here, or names a reason, has made it up.
"""

from pathlib import Path

import numpy as np

from experiments.worlds.daily import DailyRates
from experiments.worlds.leads import LEADS, Leads, arrivals, numbered
from experiments.worlds.truth import KNOWN_DAYS, START
from experiments.worlds.world import World, settle

_HAZARD = 0.001


def constant(folder: Path, seed: int) -> World:
    """Make the world in a folder."""
    rng = np.random.default_rng(seed)
    leads = Leads(
        lead_id=numbered("L", np.arange(LEADS)),
        created=arrivals(500, rng),
        profile={"noise": rng.normal(size=LEADS)},
    )
    hazard = DailyRates(START, np.full((LEADS, len(KNOWN_DAYS)), _HAZARD))
    return settle(folder, leads, hazard, rng)
