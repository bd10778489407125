"""The true probabilities, kept beside the data: no model can rank better than these."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.simulator.outcome import Calendar, Latent, sql_probability

TRUTH_SCHEMA = pa.schema(
    {
        "lead_id": pa.string(),
        "channel": pa.int64(),
        "log_hazard": pa.float64(),
        "buying_gain": pa.float64(),
        "buying_from": pa.int64(),
        "buying_until": pa.int64(),
        "disqualified": pa.float64(),
    }
)
_CALENDAR = b"calendar"


class Truth:
    """Knows every lead's true probability of becoming SQL at any moment."""

    def __init__(self, lead_id: Sequence[str], latent: Latent, calendar: Calendar) -> None:
        """Take the latent state of each lead, in the order of `lead_id`."""
        self.latent = latent
        self.calendar = calendar
        self._position = {lead: position for position, lead in enumerate(lead_id)}

    def probability(
        self, lead_id: Sequence[str], as_of: NDArray[np.int64], horizon: int
    ) -> NDArray[np.float64]:
        """Return P(SQL in ``(as_of, as_of + horizon]``, given open at `as_of`), float64 [rows].

        Args:
            lead_id: [rows], may repeat.
            as_of: int64 [rows], microseconds since 1970.
            horizon: Microseconds, more than 0.

        Raises:
            ValueError: A lead is not in the truth, lengths differ, or there is no horizon.
        """
        if len(lead_id) != len(as_of):
            raise ValueError(f"{len(lead_id)} lead ids and {len(as_of)} moments; give as many")
        if horizon <= 0:
            raise ValueError(f"a horizon of {horizon} µs has no probability; give more than 0")
        latent = self.latent.take(self._positions(lead_id))
        return sql_probability(latent, self.calendar, as_of, as_of + horizon)

    def _positions(self, lead_id: Sequence[str]) -> NDArray[np.int64]:
        positions = np.array([self._position.get(lead, -1) for lead in lead_id], dtype=np.int64)
        unknown = np.flatnonzero(positions < 0)
        if len(unknown):
            raise ValueError(
                f"row {unknown[0]} names a lead without a truth; take the leads of the same folder"
            )
        return positions


def truth_schema(calendar: Calendar) -> pa.Schema:
    """Return the schema of ``truth.parquet``, which carries the calendar."""
    text = json.dumps({"months": calendar.months.tolist(), "drift": calendar.log_drift.tolist()})
    return TRUTH_SCHEMA.with_metadata({_CALENDAR: text.encode()})


def load_truth(folder: Path) -> Truth:
    """Read the truth of a simulated folder.

    Raises:
        FileNotFoundError: The folder holds no ``truth.parquet``.
        ValueError: The file was not written by the simulator.
    """
    path = folder / "truth.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist; only simulated folders have a truth")
    table = pq.read_table(path)
    if not table.schema.equals(TRUTH_SCHEMA) or _CALENDAR not in (table.schema.metadata or {}):
        raise ValueError(f"{path} was not written by this simulator; simulate the folder again")
    stored = json.loads(table.schema.metadata[_CALENDAR])
    columns = {name: table[name].to_numpy() for name in TRUTH_SCHEMA.names[1:]}
    calendar = Calendar(
        months=np.array(stored["months"], dtype=np.int64),
        log_drift=np.array(stored["drift"], dtype=np.float64),
    )
    return Truth(table["lead_id"].to_pylist(), Latent(**columns), calendar)
