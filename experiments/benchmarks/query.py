"""The same features as one conditional-aggregate SQL query, as one would write it by hand."""

from pathlib import Path

from features.contract.duration import DAY_US
from features.declaration.feature_set import Behaviour, FeatureSet


def conditional_aggregates(feature_set: FeatureSet, folder: Path) -> str:
    """Return the query over rows.parquet and events.parquet; its columns are ``f0``, ``f1``..."""
    columns = ",\n".join(
        f"{_aggregate(feature)} AS f{position}"
        for position, feature in enumerate(feature_set.features)
        if isinstance(feature, Behaviour)
    )
    return f"""
        WITH moments AS (
            SELECT row_number() OVER () AS row, lead_id, as_of FROM '{folder}/rows.parquet'
        ), events AS (
            SELECT lead_id, event_type, value, item, epoch_us(occurred_at) AS occurred,
                   epoch_us(recorded_at) AS recorded
            FROM '{folder}/events.parquet'
        )
        SELECT {columns}
        FROM moments r LEFT JOIN events e
          ON e.lead_id = r.lead_id AND e.occurred < r.as_of AND e.recorded <= r.as_of
        GROUP BY r.row, r.lead_id, r.as_of
        ORDER BY r.lead_id, r.as_of
    """


def _aggregate(feature: Behaviour) -> str:
    conditions = ["e.occurred IS NOT NULL"]
    if feature.event_type is not None:
        conditions.append(f"e.event_type = '{feature.event_type}'")
    if feature.window is not None:
        conditions.append(f"e.occurred >= r.as_of - {feature.window}")
    chosen = f"FILTER (WHERE {' AND '.join(conditions)})"
    age = "(r.as_of - e.occurred)"
    return {
        "count": f"count(*) {chosen}",
        "sum": f"coalesce(sum(e.value) {chosen}, 0)",
        "mean": f"avg(e.value) {chosen}",
        "max": f"max(e.value) {chosen}",
        "distinct_items": f"count(DISTINCT e.item) {chosen}",
        "active_days": f"count(DISTINCT e.occurred // {DAY_US}) {chosen}",
        "days_since_last": f"min({age}) {chosen} / {DAY_US}",
        "days_since_first": f"max({age}) {chosen} / {DAY_US}",
        "decayed_count": f"coalesce(sum(pow(2, -{age} / {feature.half_life or 1})) {chosen}, 0)",
    }[feature.operator]
