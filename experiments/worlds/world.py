"""A world: a history on disk, what became of its leads, and the truth about them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.daily import DailyRates
from experiments.worlds.files import write_files
from experiments.worlds.leads import Leads
from experiments.worlds.truth import END, HORIZON, HazardTruth, Truth


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of each lead, all [leads].

    Attributes:
        lead_id: Object array of str.
        created: int64, microseconds since 1970.
        ended: int64, when it converted or was closed, far away if neither.
        converted: bool, whether it ended by converting.
    """

    lead_id: NDArray[np.object_]
    created: NDArray[np.int64]
    ended: NDArray[np.int64]
    converted: NDArray[np.bool_]

    def open_at(self, moment: int) -> NDArray[np.bool_]:
        """Return which leads are open at a moment, bool [leads]."""
        return (self.created <= moment) & (moment < self.ended)


@dataclass(frozen=True, slots=True)
class World:
    """A history whose truth is known.

    Attributes:
        folder: Holds ``project.toml`` and the files it reads.
        end: When the history ends, microseconds since 1970.
        horizon: Of the project, microseconds.
        outcomes: What became of the leads.
        truth: Of each lead at each moment.
    """

    folder: Path
    end: int
    horizon: int
    outcomes: Outcomes
    truth: Truth

    @property
    def past_rate(self) -> float:
        """The share of open leads that converted within a horizon, over all of the past.

        It is what one can say without a model. Leads are looked at once every horizon, back from
        the end, as long as any is open.
        """
        outcomes = self.outcomes
        asked = converted = 0
        moment = self.end - self.horizon
        while (is_open := outcomes.open_at(moment)).any():
            soon = outcomes.converted & (outcomes.ended <= moment + self.horizon)
            asked += int(is_open.sum())
            converted += int((is_open & soon).sum())
            moment -= self.horizon
        return converted / asked


def settle(
    folder: Path,
    leads: Leads,
    hazard: DailyRates,
    rng: np.random.Generator,
    *,
    visits: DailyRates | None = None,
    truth: Truth | None = None,
) -> World:
    """Draw what becomes of leads and what they do, and write it down.

    Args:
        folder: Created if need be.
        leads: Who they are.
        hazard: Of converting.
        rng: Source of all chance.
        visits: How often they visit while they are open; None where nothing is known of that.
        truth: None where it follows from `hazard` alone.
    """
    won = hazard.first_after(leads.created, rng)
    seen = None if visits is None else visits.all_between(leads.created, won.clip(max=END), rng)
    write_files(folder, leads, won, seen)
    outcomes = Outcomes(leads.lead_id, leads.created, won, np.full(len(won), True))
    return World(
        folder, END, HORIZON, outcomes, truth or HazardTruth(leads.lead_id.tolist(), hazard)
    )
