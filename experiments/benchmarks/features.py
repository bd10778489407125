"""The features that both benchmarks compute."""

from collections.abc import Iterator

from features.contract.duration import DAY_US
from features.declaration.feature_set import Behaviour, FeatureSet

EVENT_TYPES = ("demo_request", "email_open", "page_view", "webinar", "whitepaper")

_WEEK = 7 * DAY_US
_MONTH = 30 * DAY_US


def benchmark_features() -> FeatureSet:
    """Return 41 behaviour features with every operator."""
    return FeatureSet(features=tuple(_behaviours()))


def _behaviours() -> Iterator[Behaviour]:
    for event_type in (None, *EVENT_TYPES):
        for days in (1, 7, 30, 90):
            yield Behaviour(operator="count", event_type=event_type, window=days * DAY_US)
        yield Behaviour(operator="days_since_last", event_type=event_type)
    for event_type in ("page_view", "webinar"):
        yield Behaviour(operator="sum", event_type=event_type, window=_MONTH)
        yield Behaviour(operator="mean", event_type=event_type, window=_MONTH)
        yield Behaviour(operator="max", event_type=event_type, window=_MONTH)
        yield Behaviour(operator="distinct_items", event_type=event_type, window=_MONTH)
    yield Behaviour(operator="active_days", window=_MONTH)
    yield Behaviour(operator="days_since_first")
    yield Behaviour(operator="decayed_count", half_life=_WEEK)
