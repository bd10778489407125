"""The features said plainly: what the kernel must compute, in Python over lists."""

import math
from collections.abc import Sequence

from features.contract.duration import DAY_US
from features.contract.lead import Event, micros
from features.declaration.feature_set import Behaviour


def oracle(feature: Behaviour, events: Sequence[Event], as_of: int) -> float:
    found = []
    for event in events:
        occurred = micros(event.occurred_at, "")
        recorded = micros(event.recorded_at or event.occurred_at, "")
        if 0 <= occurred < as_of and recorded <= as_of:
            value = math.nan if event.value is None else event.value
            found.append((occurred, value, event.item, event.event_type))
    found = [e for e in found if feature.event_type in (None, e[3])]
    window = feature.window or math.inf
    inside = [e for e in found if as_of - window <= e[0]]
    before = [e for e in found if as_of - 2 * window <= e[0] < as_of - window]
    ages = [(as_of - e[0]) / DAY_US for e in inside]
    values = [e[1] for e in inside if not math.isnan(e[1])]
    half_life = feature.half_life or math.nan
    return {
        "count": len(inside),
        "sum": math.fsum(values),
        "mean": math.fsum(values) / len(values) if values else math.nan,
        "max": max(values, default=math.nan),
        "distinct_items": len({e[2] for e in inside if e[2] is not None}),
        "active_days": len({e[0] // DAY_US for e in inside}),
        "days_since_last": min(ages, default=math.nan),
        "days_since_first": max(ages, default=math.nan),
        "decayed_count": math.fsum(2 ** (-age * DAY_US / half_life) for age in ages),
        "trend": math.log((1 + len(inside)) / (1 + len(before))),
    }[feature.operator]
