"""What Spark adds: the same history and rows on one machine, by Spark and by the local driver.

Both read the same Parquet files and compute the same rows, each in a process of its own; what
comes out is compared bit for bit. Starting Spark, and the first use of its processes, are told
apart from the work.

    python -m experiments.benchmarks.spark --events 2000000 --rows 160000 --master local[2]
    python -m experiments.benchmarks.spark --one-account 0.3
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np

from experiments.benchmarks.feature_rows import simulate
from experiments.benchmarks.features import benchmark_features
from features.drivers import features_of
from features.history.history import History
from features.history.sources import ProfileFields, Sources
from features.spark.history import SparkHistory
from features.spark.session import open_session

_EVENT_COLUMNS = ("lead_id", "event_type", "occurred_at", "recorded_at", "value", "item")
_LEAD_COLUMNS = ("lead_id", "created_at", "account_id")


def sources() -> Sources:
    """Return what `prepare` wrote."""
    return Sources.model_validate(
        {
            "leads": {"path": "leads.parquet", "columns": {c: c for c in _LEAD_COLUMNS}},
            "events": [{"path": "events.parquet", "columns": {c: c for c in _EVENT_COLUMNS}}],
        }
    )


def prepare(folder: Path, events: int, rows: int, one_account: float) -> None:
    """Write leads in accounts of three, their events, and rows.

    Args:
        folder: Where.
        events: How many.
        rows: How many.
        one_account: Which share of the leads, and so of the events, the first account has.
    """
    simulate(folder, events, rows)
    with duckdb.connect() as connection:
        connection.execute(f"""
            CREATE TABLE leads AS SELECT *, row_number() OVER () AS n
            FROM '{folder}/leads.parquet'
        """)
        connection.execute(f"""
            COPY (
                SELECT lead_id, created_at,
                       CASE WHEN n <= {one_account} * (SELECT count(*) FROM leads)
                            THEN 'one' ELSE 'account ' || n // 3 END AS account_id
                FROM leads
            ) TO '{folder}/leads.parquet'
        """)


def compute(folder: Path, master: str | None) -> None:
    """Read and compute by one of the two, print seconds, and keep the numbers."""
    if master is None:
        started = time.perf_counter()
        with History.open(sources(), ProfileFields(), folder) as history:
            _compute(history, folder, started, "local")
        return
    started = time.perf_counter()
    with open_session(master):
        print(f"spark: started in {time.perf_counter() - started:.1f} s")
        for turn in ("first", "again"):
            started = time.perf_counter()
            with SparkHistory.open_at(None, sources(), ProfileFields(), folder) as history:
                _compute(history, folder, started, f"spark, {turn}")


def _compute(history: History, folder: Path, started: float, name: str) -> None:
    read = time.perf_counter()
    leads = history.leads().lead_id
    order = np.argsort(leads)
    with duckdb.connect() as connection:
        rows = connection.sql(f"SELECT * FROM '{folder}/rows.parquet'").to_arrow_table()
    lead = order[np.searchsorted(leads[order], rows["lead_id"].to_numpy().astype(object))]
    as_of = rows["as_of"].to_numpy()
    sort = np.lexsort((as_of, lead))
    begun = time.perf_counter()
    table = features_of(benchmark_features(), history).table(lead[sort], as_of[sort])
    done = time.perf_counter()
    print(f"{name}: read in {read - started:.1f} s, features in {done - begun:.1f} s")
    np.save(folder / f"{name.partition(',')[0]}.npy", table.numbers)


def main() -> None:
    """Write the files, let both compute, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--rows", type=int, default=160_000)
    parser.add_argument("--one-account", type=float, default=0.0)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--local", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.folder is not None:
        compute(given.folder, None if given.local else given.master)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder, given.events, given.rows, given.one_account)
        again = [sys.executable, "-m", "experiments.benchmarks.spark", "--folder", name]
        for side in (["--local"], ["--master", given.master]):
            subprocess.run([*again, *side], check=True)
        local, spark = (np.load(folder / f"{side}.npy") for side in ("local", "spark"))
        same = local.tobytes() == spark.tobytes()
        print(f"{given.events:,} events x {given.rows:,} rows: bit for bit equal: {same}")


if __name__ == "__main__":
    main()
