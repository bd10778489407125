"""Simulated German B2B leads whose true probability of becoming SQL is known."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from experiments.simulator.behaviour import draw_events
from experiments.simulator.files import HistoryFiles
from experiments.simulator.market import draw_market
from experiments.simulator.outcome import draw_outcome, drift_until, latent_of
from experiments.simulator.stages import draw_stages
from experiments.simulator.truth import Truth, load_truth
from features.contract.lead import micros

__all__ = ["Simulation", "Truth", "load_truth", "simulate"]

_CHUNK = 20_000
_PROJECT = Path(__file__).with_name("project.toml")


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulated history on disk.

    Attributes:
        folder: Holds ``leads``, ``events``, ``stages`` and ``truth``, each ``.parquet``.
        project: The project file that reads them.
        leads: How many.
        events: How many.
        truth: True probabilities.
    """

    folder: Path
    project: Path
    leads: int
    events: int
    truth: Truth


def simulate(
    folder: Path,
    *,
    leads: int = 20_000,
    seed: int = 7,
    until: datetime = datetime(2026, 6, 30, tzinfo=UTC),
    others: int = 0,
) -> Simulation:
    """Simulate eighteen months of marketing and write them to a folder.

    The same arguments give the same files. Leads are drawn in chunks, so memory stays bounded.

    Args:
        folder: Created if need be; files of an earlier run are overwritten.
        leads: How many leads, at least 1.
        seed: Of all chance, not negative.
        until: When the history ends; timezone-aware.
        others: How many ids belong to others, so that these go on from there.

    Raises:
        ValueError: There are no leads, the seed is negative, or `until` has no time zone.
    """
    if leads < 1:
        raise ValueError(f"leads = {leads} is no market; simulate at least 1")
    if seed < 0:
        raise ValueError(f"seed = {seed} is negative; give 0 or more")
    end = micros(until, "until")
    calendar = drift_until(end)
    with HistoryFiles(folder, calendar) as files:
        for before in range(0, leads, _CHUNK):
            rng = np.random.default_rng([seed, before])
            size = min(_CHUNK, leads - before)
            market = draw_market(size, others + before, end, rng)
            latent = latent_of(market)
            outcome = draw_outcome(latent, calendar, market.created, end, rng)
            events = draw_events(market, outcome.closed, end, rng)
            files.write_leads(market, latent)
            files.write_events(market, events)
            files.write_stages(market, draw_stages(market, events, outcome, end, rng))
    project = folder / "project.toml"
    shutil.copyfile(_PROJECT, project)
    return Simulation(folder, project, leads, files.events, load_truth(folder))
