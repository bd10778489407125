"""The same features by Polars and by chdb, as one who knows them well would write them.

Both are in the extra `peers`. Both join the events to the rows, leave out what cannot be known,
and group once; texts that come again and again are categories where that is faster.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from experiments.benchmarks.features import EVENT_TYPES, benchmark_features
from features.contract.duration import DAY_US
from features.declaration.feature_set import Behaviour

PACKAGES = ("polars", "chdb")

_ZERO_WITHOUT_EVENTS = ("count", "sum", "distinct_items", "active_days", "decayed_count")


def by_polars(folder: Path) -> NDArray[np.float64]:
    """Compute the rows of a folder by a lazy query of Polars, sorted by lead and moment."""
    import polars as pl  # noqa: PLC0415  # of the extra `peers`, and loaded on its side only

    def aggregate(feature: Behaviour) -> pl.Expr:
        conditions = []
        if feature.event_type is not None:
            conditions.append(pl.col("event_type") == feature.event_type)
        if feature.window is not None:
            conditions.append(pl.col("age") <= feature.window)
        chosen = pl.all_horizontal(conditions) if conditions else pl.lit(value=True)
        if feature.operator == "count":
            return chosen.sum()
        if feature.operator == "decayed_count":
            return (2.0 ** (-pl.col("age") / (feature.half_life or 1))).filter(chosen).sum()
        column = {
            "sum": "value", "mean": "value", "max": "value",
            "distinct_items": "item", "active_days": "day",
        }.get(feature.operator, "age")  # fmt: skip
        of = pl.col(column).filter(chosen) if conditions else pl.col(column)
        return {
            "sum": of.sum(),
            "mean": of.mean(),
            "max": of.max(),
            "distinct_items": of.drop_nulls().n_unique(),
            "active_days": of.n_unique(),
            "days_since_last": of.min() / DAY_US,
            "days_since_first": of.max() / DAY_US,
        }[feature.operator]

    features = _features()
    rows = pl.scan_parquet(folder / "rows.parquet").sort("lead_id", "as_of").with_row_index("row")
    events = pl.scan_parquet(folder / "events.parquet").select(
        "lead_id",
        "value",
        pl.col("event_type").cast(pl.Enum(EVENT_TYPES)),
        pl.col("item").cast(pl.Categorical()),
        pl.col("occurred_at").dt.epoch("us").alias("occurred"),
        pl.col("recorded_at").dt.epoch("us").alias("recorded"),
    )
    known = (
        rows.join(events, on="lead_id")
        .filter(pl.col("occurred") < pl.col("as_of"), pl.col("recorded") <= pl.col("as_of"))
        .with_columns(age=pl.col("as_of") - pl.col("occurred"), day=pl.col("occurred") // DAY_US)
    )
    grouped = known.group_by("row").agg(
        aggregate(feature).cast(pl.Float64).alias(name) for name, feature in features.items()
    )
    whole = rows.select("row").join(grouped, on="row", how="left", maintain_order="left")
    matrix: NDArray[np.float64] = (
        whole.select(
            pl.col(name).fill_null(0.0) if _is_zero(feature) else pl.col(name)
            for name, feature in features.items()
        )
        .collect(engine="streaming")
        .to_numpy()
    )
    return matrix


def by_chdb(folder: Path) -> NDArray[np.float64]:
    """Compute the rows of a folder by a query of chdb, sorted by lead and moment."""
    import chdb  # noqa: PLC0415  # of the extra `peers`, and loaded on its side only

    features = _features()
    columns = ", ".join(f"{_of_chdb(feature)} AS {name}" for name, feature in features.items())
    whole = ", ".join(
        f"toFloat64(ifNull({name}, 0)) AS {name}" if _is_zero(feature) else name
        for name, feature in features.items()
    )
    table = chdb.query(
        f"""
        WITH events AS (
            SELECT assumeNotNull(lead_id) AS lead_id,
                   toLowCardinality(assumeNotNull(event_type)) AS event_type, value,
                   toLowCardinality(item) AS item,
                   toUnixTimestamp64Micro(assumeNotNull(occurred_at)) AS occurred,
                   toUnixTimestamp64Micro(assumeNotNull(recorded_at)) AS recorded
            FROM file('{folder}/events.parquet', Parquet)
        ), moments AS (
            SELECT assumeNotNull(lead_id) AS lead_id, assumeNotNull(as_of) AS as_of
            FROM file('{folder}/rows.parquet', Parquet)
        ), grouped AS (
            SELECT m.lead_id AS lead_id, m.as_of AS as_of, {columns}
            FROM events e JOIN (SELECT DISTINCT lead_id, as_of FROM moments) m
              ON e.lead_id = m.lead_id
            WHERE e.occurred < m.as_of AND e.recorded <= m.as_of
            GROUP BY m.lead_id, m.as_of
        )
        SELECT {whole} FROM moments LEFT JOIN grouped USING (lead_id, as_of)
        ORDER BY lead_id, as_of SETTINGS join_use_nulls = 1
        """,
        "ArrowTable",
    )
    return np.stack([table[name].to_numpy().astype(float) for name in features], axis=1)


def _of_chdb(feature: Behaviour) -> str:
    conditions = ["true"]
    age = "(m.as_of - e.occurred)"
    if feature.event_type is not None:
        conditions.append(f"e.event_type = '{feature.event_type}'")
    if feature.window is not None:
        conditions.append(f"{age} <= {feature.window}")
    chosen = " AND ".join(conditions)
    return {
        "count": f"countIf({chosen})",
        "sum": f"sumIf(e.value, {chosen})",
        "mean": f"avgOrNullIf(e.value, {chosen})",
        "max": f"maxOrNullIf(e.value, {chosen})",
        "distinct_items": f"uniqExactIf(e.item, {chosen})",
        "active_days": f"uniqExactIf(intDiv(e.occurred, {DAY_US}), {chosen})",
        "days_since_last": f"minOrNullIf({age}, {chosen}) / {DAY_US}",
        "days_since_first": f"maxOrNullIf({age}, {chosen}) / {DAY_US}",
        "decayed_count": f"sumIf(exp2(-{age} / {feature.half_life or 1}), {chosen})",
    }[feature.operator]


def _is_zero(feature: Behaviour) -> bool:
    return feature.operator in _ZERO_WITHOUT_EVENTS


def _features() -> dict[str, Behaviour]:
    """Return the features by the names of their columns."""
    declared = enumerate(benchmark_features().features)
    return {f"f{place}": one for place, one in declared if isinstance(one, Behaviour)}
