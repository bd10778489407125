"""One lead inside a request: our row and encoding against building a pandas frame for it.

python -m experiments.benchmarks.online_row
"""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from experiments.benchmarks.features import EVENT_TYPES, benchmark_features
from features.contract.lead import Event, Lead, micros
from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet, ProfileCategory, ProfileNumber
from features.online import OnlineFeatures

_AS_OF = datetime(2026, 3, 1, tzinfo=UTC)
_INDUSTRIES = ("Bau", "Handel", "IT")
_FEATURES = FeatureSet(
    features=(
        *benchmark_features().features,
        ProfileNumber(field="employees"),
        ProfileCategory(field="industry"),
    )
)
_TOLERANCE = 1e-9


def simulate(events: int) -> tuple[Lead, list[Event]]:
    """Return a lead and its events of the last 120 days."""
    random = np.random.default_rng(7)
    lead = Lead("1", _AS_OF - timedelta(days=120), None, {"employees": 250, "industry": "Handel"})
    return lead, [
        Event(
            event_type=str(random.choice(EVENT_TYPES)),
            occurred_at=_AS_OF - timedelta(days=float(random.random() * 120)),
            value=float(random.random() * 100),
            item=f"item {random.integers(20)}",
        )
        for _ in range(events)
    ]


def by_pandas(lead: Lead, events: list[Event]) -> NDArray[np.float64]:
    """Build the encoded row the ordinary way: a frame of events, cut by window and grouped."""
    frame = pd.DataFrame(
        {
            "event_type": [event.event_type for event in events],
            "occurred": pd.to_datetime([event.occurred_at for event in events], utc=True),
            "value": [event.value for event in events],
            "item": [event.item for event in events],
        }
    )
    frame["age"] = (_AS_OF - frame["occurred"]).dt.total_seconds() / 86_400
    frame = frame[frame["age"] > 0]
    row = _grouped(frame) | {
        "profile.employees": lead.profile["employees"],
        "profile.industry": lead.profile["industry"],
    }
    encoded = pd.DataFrame([row])[[feature.name for feature in _FEATURES.features]]
    industry = pd.Categorical(encoded["profile.industry"], categories=list(_INDUSTRIES))
    return encoded.assign(**{"profile.industry": industry.codes + 1}).to_numpy(dtype=float)


def _grouped(frame: pd.DataFrame) -> dict[str, object]:
    row: dict[str, object] = {
        "days_since_last(*)": frame["age"].min(),
        "days_since_first(*)": frame["age"].max(),
        "decayed_count(*,7d)": (0.5 ** (frame["age"] / 7)).sum(),
    }
    for days in (1, 7, 30, 90):
        counts = frame[frame["age"] <= days]["event_type"].value_counts()
        row[f"count(*,{days}d)"] = counts.sum()
        for event_type in EVENT_TYPES:
            row[f"count({event_type},{days}d)"] = counts.get(event_type, 0)
    last = frame.groupby("event_type")["age"].min()
    for event_type in EVENT_TYPES:
        row[f"days_since_last({event_type})"] = last.get(event_type, np.nan)
    month = frame[frame["age"] <= 30]
    row["active_days(*,30d)"] = month["occurred"].dt.floor("D").nunique()
    of_type = month.groupby("event_type")
    values, items = of_type["value"].agg(["sum", "mean", "max"]), of_type["item"].nunique()
    for event_type in ("page_view", "webinar"):
        for operator in ("sum", "mean", "max"):
            empty = 0.0 if operator == "sum" else np.nan
            row[f"{operator}({event_type},30d)"] = values[operator].get(event_type, empty)
        row[f"distinct_items({event_type},30d)"] = items.get(event_type, 0)
    return row


def median_micros(compute: Callable[[], object], times: int) -> float:
    """Return the median duration of a call in microseconds."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        compute()
        durations.append(time.perf_counter() - started)
    return float(np.median(durations)) * 1e6


def main() -> int:
    """Time both ways, print the ratio, and return 1 where the results differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50)
    parser.add_argument("--times", type=int, default=200)
    options = parser.parse_args()
    lead, events = simulate(options.events)
    online = OnlineFeatures(_FEATURES)
    online.warm()
    encoder = Encoder(categories={"industry": _INDUSTRIES})
    as_of = micros(_AS_OF, "as_of")

    def by_kernel() -> NDArray[np.float64]:
        return encoder.encode(online.row(lead, events, as_of).table)

    ours = median_micros(by_kernel, 10 * options.times)
    theirs = median_micros(lambda: by_pandas(lead, events), options.times)
    print(f"one lead, {options.events} events, {len(_FEATURES.features)} features, median")
    print(f"  leadscore row and encoding: {ours:9,.0f} µs")
    print(f"  pandas frame:               {theirs:9,.0f} µs")
    print(f"  {theirs / ours:.0f} times faster")
    expected, found = by_pandas(lead, events), by_kernel()
    if not np.array_equal(np.isnan(expected), np.isnan(found)):
        print("  the results differ: missing values")
        return 1
    difference = float(np.nanmax(np.abs(found - expected) / np.maximum(1.0, np.abs(expected))))
    print(f"  largest relative difference {difference:.1e}")
    return int(difference > _TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
