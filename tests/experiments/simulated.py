"""Reads what the simulator wrote."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.simulator import Simulation
from experiments.simulator.market import NEVER
from features.contract.lead import micros

UNTIL = datetime(2026, 6, 30, tzinfo=UTC)
UNTIL_US = micros(UNTIL, "until")


def column(simulation: Simulation, file: str, name: str) -> list[object]:
    values: list[object] = pq.read_table(simulation.folder / file)[name].to_pylist()
    return values


def moments(simulation: Simulation, file: str, name: str) -> NDArray[np.int64]:
    stored = pq.read_table(simulation.folder / file)[name]
    return np.asarray(stored.cast(pa.int64()).to_numpy())


def stage_moments(simulation: Simulation, stage: str) -> NDArray[np.int64]:
    """Return when each lead reached a stage, in the order of the leads, or `NEVER`."""
    position = {lead: n for n, lead in enumerate(column(simulation, "leads.parquet", "lead_id"))}
    reached = np.full(simulation.leads, NEVER)
    rows = zip(
        column(simulation, "stages.parquet", "lead_id"),
        column(simulation, "stages.parquet", "stage"),
        moments(simulation, "stages.parquet", "at").tolist(),
        strict=True,
    )
    for lead, name, at in rows:
        if name == stage:
            assert reached[position[lead]] == NEVER
            reached[position[lead]] = at
    return reached


def lead_of_events(simulation: Simulation) -> NDArray[np.int64]:
    position = {lead: n for n, lead in enumerate(column(simulation, "leads.parquet", "lead_id"))}
    return np.array([position[i] for i in column(simulation, "events.parquet", "lead_id")])
