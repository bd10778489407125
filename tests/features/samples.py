"""Feature sets and random histories that several tests share."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from features.contract.duration import DAY_US, HOUR_US
from features.contract.lead import Event, micros
from features.declaration.feature_set import (
    Behaviour,
    Feature,
    FeatureSet,
    LeadAge,
    Level,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
    Season,
)
from features.declaration.operators import OPERATORS

START = datetime(2026, 3, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=30)
AS_OF_US = micros(AS_OF, "as_of")
_HALF_DAY = 12 * HOUR_US
_WEEK = 7 * DAY_US
TYPES = ("demo", "page", "webinar")


def behaviours(level: Level) -> list[Feature]:
    """Every operator over every event, over one type, and without window where that is allowed."""
    declared: list[Feature] = []
    for name, operator in OPERATORS.items():
        for event_type in (None, "demo", "webinar"):
            if operator.time == "half_life":
                declared.append(
                    Behaviour(operator=name, event_type=event_type, half_life=_WEEK, level=level)
                )
                continue
            for window in (_HALF_DAY, _WEEK) + (() if operator.time == "window" else (None,)):
                declared.append(
                    Behaviour(operator=name, event_type=event_type, window=window, level=level)
                )
    return declared


FEATURES = FeatureSet(
    features=(
        *behaviours("lead"),
        *behaviours("account"),
        ProfileNumber(field="employees"),
        ProfileCategory(field="industry"),
        LeadAge(),
        MissingCount(),
        Season(wave="sine"),
        Season(wave="cosine"),
    )
)

# Few distinct moments, so that ties, borders of windows and late arrivals are frequent.
_OFFSETS = [0, 1, -1, 2 * HOUR_US, 12 * HOUR_US, 12 * HOUR_US + 1, 7 * DAY_US, 7 * DAY_US + 1,
            14 * DAY_US, 14 * DAY_US + 1, 20 * DAY_US, -DAY_US]  # fmt: skip
_moments = st.sampled_from([AS_OF - timedelta(microseconds=offset) for offset in _OFFSETS])
_delays = st.sampled_from([None, 0, 1, HOUR_US, DAY_US])
_values = st.one_of(
    st.none(),
    st.sampled_from([0.0, -0.0, 0.1, 0.2, 0.3, 1e15, -1e15]),
    st.floats(-1e6, 1e6, allow_nan=False),
)


@st.composite
def event_lists(draw: st.DrawFn, *, ids: bool = False, size: int = 12) -> list[Event]:
    """Events around `AS_OF`, in any order, with duplicates where `ids` is set."""
    events = []
    for _ in range(draw(st.integers(0, size))):
        occurred = draw(_moments)
        delay = draw(_delays)
        events.append(
            Event(
                event_type=draw(st.sampled_from([*TYPES, "unknown"])),
                occurred_at=occurred,
                recorded_at=None if delay is None else occurred + timedelta(microseconds=delay),
                value=draw(_values),
                # An id stands for one item: what two copies of an event may differ in is decided
                # by time, type and value.
                item=draw(st.sampled_from([None, "a", "b"])) if not ids else None,
                event_id=draw(st.sampled_from([None, "1", "2", "3"])) if ids else None,
            )
        )
    return events
