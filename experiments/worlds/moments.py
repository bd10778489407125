"""When a CRM asks: at the end for all open leads, at any moment, and right after an event."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.worlds.world import World
from features.contract.duration import DAY_US

AGES: Mapping[str, tuple[float, float]] = {
    "first day": (0, 1),
    "first week": (1, 7),
    "first month": (7, 30),
    "later": (30, np.inf),
}
"""Days of age, from and until."""

_LAST = 90 * DAY_US
_YOUNG = 90 * DAY_US

_TIMES = 30
"""Random moments of each lead; a ninetieth of them is in the first day of the youngest."""

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Questions:
    """Open leads and moments.

    Attributes:
        lead: int64 [rows], positions in the outcomes of a world.
        as_of: int64 [rows], microseconds since 1970.
    """

    lead: NDArray[np.int64]
    as_of: NDArray[np.int64]


def at_end(world: World) -> Questions:
    """Ask about the leads that are open at the end."""
    lead = np.flatnonzero(world.outcomes.open_at(world.end))
    return Questions(lead, np.full(len(lead), world.end))


def at_random(world: World, rng: np.random.Generator) -> Questions:
    """Ask about young open leads at random moments of the last 90 days."""
    lead = np.repeat(np.arange(len(world.outcomes.lead_id)), _TIMES)
    as_of: NDArray[np.int64] = world.end - rng.integers(0, _LAST, len(lead))
    return _young(world, Questions(lead, as_of))


def after_events(world: World) -> Questions:
    """Ask about young open leads a second after each event of the last 90 days was recorded."""
    table = pq.read_table(world.folder / "events.parquet")
    recorded = "recorded_at" if "recorded_at" in table.column_names else "occurred_at"
    as_of = table[recorded].cast(pa.int64()).to_numpy() + _SECOND_US
    position = {lead: number for number, lead in enumerate(world.outcomes.lead_id.tolist())}
    lead = np.array([position[each] for each in table["lead_id"].to_pylist()], dtype=np.int64)
    last = (world.end - _LAST <= as_of) & (as_of <= world.end)
    return _young(world, Questions(lead[last], as_of[last]))


def age_of(world: World, questions: Questions) -> NDArray[np.float64]:
    """Return how old each lead is when it is asked about, days, float64 [rows]."""
    age: NDArray[np.float64] = (questions.as_of - world.outcomes.created[questions.lead]) / DAY_US
    return age


def _young(world: World, questions: Questions) -> Questions:
    lead, as_of = questions.lead, questions.as_of
    age = as_of - world.outcomes.created[lead]
    kept = (age >= 0) & (age < _YOUNG) & (as_of < world.outcomes.ended[lead])
    return Questions(lead[kept], as_of[kept])
