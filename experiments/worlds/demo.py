"""The market of `leadscore demo`."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.simulator import simulate
from experiments.worlds.daily import NEVER
from experiments.worlds.truth import END, HORIZON
from experiments.worlds.world import Outcomes, World
from features.contract.lead import moment


def demo(folder: Path, seed: int, leads: int = 6_000) -> World:
    """Make the world in a folder."""
    simulation = simulate(folder, leads=leads, seed=seed, until=moment(END))
    return World(folder, END, HORIZON, _outcomes(folder), simulation.truth)


def _outcomes(folder: Path) -> Outcomes:
    table = pq.read_table(folder / "leads.parquet")
    lead_id = table["lead_id"].to_numpy()
    position = {lead: number for number, lead in enumerate(lead_id.tolist())}
    ended, converted = np.full(len(lead_id), NEVER), np.zeros(len(lead_id), dtype=np.bool_)
    stages = pq.read_table(folder / "stages.parquet")
    moments = stages["at"].cast(pa.int64()).to_pylist()
    for lead, stage, at in zip(
        stages["lead_id"].to_pylist(), stages["stage"].to_pylist(), moments, strict=True
    ):
        if stage in ("SQL", "DISQUALIFIED"):
            ended[position[lead]] = at
            converted[position[lead]] = stage == "SQL"
    created = table["created_at"].cast(pa.int64()).to_numpy()
    return Outcomes(lead_id, created, ended, converted)
