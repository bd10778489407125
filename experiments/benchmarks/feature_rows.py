"""Feature rows of many leads: our kernel against Polars, chdb, and one query of DuckDB.

Each side runs in a process of its own, from the same Parquet files, so that its peak memory is its
own. Our kernel is compiled (or taken from numba's cache) before the clock starts. The sides take
turns, and the best run of each counts, so that a busy machine harms none. Seconds of processors say
what a side would take on one core. Polars and chdb are in the extra `peers`.

    python -m experiments.benchmarks.feature_rows --events 5000000 --rows 400000
    python -m experiments.benchmarks.feature_rows --sides leadscore Polars
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.feature_peers import PACKAGES, by_chdb, by_polars
from experiments.benchmarks.features import EVENT_TYPES, benchmark_features
from experiments.benchmarks.memory import peak_megabytes
from experiments.benchmarks.query import conditional_aggregates
from features.history.history import History
from features.history.sources import ProfileFields, Sources
from features.local import LocalFeatures

_ROWS_PER_LEAD = 4
_TOLERANCE = 1e-9


def simulate(folder: Path, events: int, rows: int) -> None:
    """Write leads.parquet, events.parquet (late arrivals included) and rows.parquet."""
    leads = max(rows // _ROWS_PER_LEAD, 1)
    types = ", ".join(f"'{event_type}'" for event_type in EVENT_TYPES)
    start = "TIMESTAMPTZ '2025-01-01 00:00:00+00'"
    connection = duckdb.connect()
    connection.execute("SELECT setseed(0.5)")
    for name, query in {
        "leads": f"SELECT 'lead ' || i AS lead_id, {start} AS created_at FROM range({leads}) t(i)",
        "events": f"""
            SELECT lead_id, event_type, {start} + to_microseconds(moment) AS occurred_at,
                   {start} + to_microseconds(moment + delay) AS recorded_at, value, item
            FROM (SELECT 'lead ' || (random() * {leads})::BIGINT % {leads} AS lead_id,
                         list_extract([{types}], 1 + (random() * 5)::BIGINT % 5) AS event_type,
                         (random() * 365 * 86400e6)::BIGINT AS moment,
                         (pow(random(), 4) * 72 * 3600e6)::BIGINT AS delay,
                         round(random() * 100, 1) AS value,
                         'item ' || (random() * 50)::BIGINT AS item
                  FROM range({events}))""",
        "rows": f"""
            SELECT 'lead ' || i % {leads} AS lead_id,
                   epoch_us({start}) + (random() * 365 * 86400e6)::BIGINT AS as_of
            FROM range({rows}) t(i)""",
    }.items():
        connection.execute(f"COPY ({query}) TO '{folder / name}.parquet'")


def by_kernel(folder: Path) -> NDArray[np.float64]:
    """Compute the rows the way leadscore does, sorted by lead and moment."""
    leads = {"lead_id": "lead_id", "created_at": "created_at"}
    event_columns = (
        "lead_id", "event_type", "occurred_at", "recorded_at", "value", "item",
    )  # fmt: skip
    sources = Sources.model_validate(
        {
            "leads": {"path": "leads.parquet", "columns": leads},
            "events": [{"path": "events.parquet", "columns": {c: c for c in event_columns}}],
        }
    )
    with History.open(sources, ProfileFields(), folder) as history:
        rows = history.connection.sql(f"""
            SELECT l.lead, r.as_of FROM '{folder}/rows.parquet' r JOIN leads l USING (lead_id)
            ORDER BY l.lead, r.as_of
        """).to_arrow_table()
        features = LocalFeatures(benchmark_features(), history)
        return features.table(rows["lead"].to_numpy(), rows["as_of"].to_numpy()).numbers


def by_query(folder: Path) -> NDArray[np.float64]:
    """Compute the rows by one query, sorted by lead and moment."""
    connection = duckdb.connect()
    connection.execute(f"SET temp_directory = '{folder}/spill'")
    feature_set = benchmark_features()
    result = connection.sql(conditional_aggregates(feature_set, folder)).to_arrow_table()
    columns = [result[f"f{i}"].to_numpy().astype(float) for i in range(len(feature_set.features))]
    return np.stack(columns, axis=1)


OURS = "leadscore"
SIDES: dict[str, Callable[[Path], NDArray[np.float64]]] = {
    OURS: by_kernel,
    "Polars": by_polars,
    "chdb": by_chdb,
    "DuckDB": by_query,
}


def is_installed(side: str) -> bool:
    """Tell whether what a side needs is there."""
    return side.lower() not in PACKAGES or find_spec(side.lower()) is not None


def run_side(side: str, folder: Path) -> None:
    """Compute one side, keep its result in the folder and print seconds and megabytes."""
    with TemporaryDirectory() as small:
        simulate(Path(small), events=1_000, rows=100)
        SIDES[side](Path(small))
    started, worked = time.perf_counter(), time.process_time()
    result = SIDES[side](folder)
    figures = {
        "seconds": time.perf_counter() - started,
        "processors": time.process_time() - worked,
        "megabytes": peak_megabytes(),
    }
    np.save(folder / f"{side}.npy", result)
    print(json.dumps(figures))


def largest_difference(folder: Path, side: str) -> float:
    """Return the largest relative difference to our result; missing against a value is 1."""
    ours, theirs = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in (OURS, side))
    if ours.shape != theirs.shape or not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return 1.0
    difference = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
    return float(np.nanmax(difference))


def main() -> int:
    """Run the sides, print their figures, and return 1 where their results differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=5_000_000)
    parser.add_argument("--rows", type=int, default=400_000)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=list(SIDES))
    parser.add_argument("--step", choices=list(SIDES))
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.step is not None:
        run_side(options.step, options.folder)
        return 0
    sides = [OURS, *(side for side in options.sides if side != OURS)]
    for side in [side for side in sides if not is_installed(side)]:
        print(f"{side} is not installed; it is in requirements/peers.lock")
        sides.remove(side)
    with TemporaryDirectory() as folder:
        return _compare(Path(folder), sides, options)


def _compare(folder: Path, sides: list[str], options: argparse.Namespace) -> int:
    simulate(folder, options.events, options.rows)
    turns = [{s: json.loads(_run(s, folder)) for s in sides} for _ in range(options.turns)]
    best = {s: {f: min(turn[s][f] for turn in turns) for f in turns[0][s]} for s in sides}
    features = len(benchmark_features().features)
    print(f"{options.events:,} events x {options.rows:,} rows x {features} features, from Parquet")
    worst = 0.0
    for side, figures in best.items():
        times = figures["seconds"] / best[OURS]["seconds"]
        difference = largest_difference(folder, side)
        worst = max(worst, difference)
        print(
            f"{side:>10}: {figures['seconds']:6.2f} s ({times:4.1f} times), "
            f"{figures['processors']:6.2f} s of processors, peak {figures['megabytes']:6,.0f} MB, "
            f"largest relative difference {difference:.1e}"
        )
    return int(worst > _TOLERANCE)


def _run(step: str, folder: Path) -> str:
    command = [sys.executable, "-m", "experiments.benchmarks.feature_rows", f"--step={step}"]
    done = subprocess.run(
        [*command, f"--folder={folder}"], check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
