"""A world's history as the tables and the project file that a user would have."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from experiments.worlds.leads import Leads
from experiments.worlds.truth import END
from features.contract.lead import moment

_MOMENT = pa.timestamp("us", tz="UTC")

_PROJECT = """\
name = "{name}"

[sources.leads]
path = "leads.parquet"
columns = {{ {columns} }}

[[sources.stages]]
path = "stages.parquet"
columns = {{ lead_id = "lead_id", stage = "stage", at = "at" }}
{events}
[profile]
numeric = {numeric}
categorical = {categorical}

[stages]
target = "won"

[rows]
horizon = "30d"
every = "14d"
max_age = "730d"
observed_until = {until}
"""

_EVENTS = """
[[sources.events]]
path = "events.parquet"
columns = { lead_id = "lead_id", occurred_at = "occurred_at" }
constants = { event_type = "visit" }
"""


def write_files(
    folder: Path,
    leads: Leads,
    won: NDArray[np.int64],
    visits: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> None:
    """Write what is known at the end of the history.

    Args:
        folder: Created if need be; the project is called like it.
        leads: Who they are.
        won: int64 [leads], when each converts, also after the end.
        visits: Positions of leads and moments; None where leads do nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    accounts = {} if leads.account_id is None else {"account_id": leads.account_id}
    created = pa.array(leads.created, _MOMENT)
    columns = {"lead_id": leads.lead_id, "created_at": created, **accounts}
    profile = {field: pa.array(values, from_pandas=True) for field, values in leads.profile.items()}
    pq.write_table(pa.table({**columns, **profile}), folder / "leads.parquet")
    seen = np.flatnonzero(won <= END)
    stages = {
        "lead_id": leads.lead_id[seen],
        "stage": np.full(len(seen), "won", dtype=object),
        "at": pa.array(won[seen], _MOMENT),
    }
    pq.write_table(pa.table(stages), folder / "stages.parquet")
    if visits is not None:
        lead, occurred = visits
        events = {"lead_id": leads.lead_id[lead], "occurred_at": pa.array(occurred, _MOMENT)}
        pq.write_table(pa.table(events), folder / "events.parquet")
    numeric = [field for field, values in leads.profile.items() if values.dtype != object]
    text = _PROJECT.format(
        name=folder.name,
        columns=", ".join(f'{column} = "{column}"' for column in columns),
        events="" if visits is None else _EVENTS,
        numeric=_listed(numeric),
        categorical=_listed([field for field in leads.profile if field not in numeric]),
        until=moment(END).isoformat(),
    )
    (folder / "project.toml").write_text(text, encoding="utf-8")


def _listed(fields: list[str]) -> str:
    return "[" + ", ".join(f'"{field}"' for field in fields) + "]"
