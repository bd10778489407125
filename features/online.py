"""Features of one lead inside a request, computed by the same kernel as every batch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features import kernel
from features.contract import ContractError, Event, Lead, micros
from features.declaration import FeatureSet, Level
from features.duration import DAY_US
from features.kernel import NO_ITEM, UNKNOWN_TYPE, EventArrays, Plan, Rows
from features.profile import profile_number, profile_text
from features.table import FeatureTable


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """The features of one lead and what of its data did not enter them.

    Attributes:
        table: One row.
        events_ignored: Events before 1970, not visible at `as_of`, or sent twice.
        unknown: Event types (``event_type:x``) and profile fields (``profile.x``) no feature knows.
    """

    table: FeatureTable
    events_ignored: int
    unknown: list[str]


class OnlineFeatures:
    """Computes feature rows from plain objects; safe to call from several threads."""

    def __init__(self, feature_set: FeatureSet) -> None:
        """Lay out the kernel's plans once."""
        self.feature_set = feature_set
        self._type_codes = {t: code for code, t in enumerate(feature_set.event_types)}
        self._plans: dict[Level, Plan] = {
            level: kernel.lay_out(feature_set, level) for level in sorted(feature_set.levels)
        }

    def row(
        self,
        lead: Lead,
        events: Sequence[Event],
        as_of: int,
        account_events: Sequence[Event] | None = None,
    ) -> OnlineRow:
        """Return the features of a lead at a moment.

        Args:
            lead: The lead and its profile.
            events: The lead's own events, in any order.
            as_of: Microseconds since 1970.
            account_events: Events of the other leads of its account, and of the account itself.
                None means not known: the account's features are then missing, unless the lead has
                no account and so is one by itself.

        Raises:
            ContractError: A naive datetime, `created_at` after `as_of`, a profile value of the
                wrong type.
        """
        numbers = np.full((1, len(self.feature_set.features)), np.nan)
        texts = self._profile(lead, numbers)
        self._fill_age_and_missing(lead, as_of, numbers, texts)
        own = _visible(events, as_of, "events")
        others = _visible(account_events or (), as_of, "account_events")
        for level, plan in self._plans.items():
            if level == "lead":
                self._compute(plan, own, as_of, numbers)
            elif lead.account_id is None or account_events is not None:
                self._compute(plan, own + others, as_of, numbers)
        sent = [*events, *(account_events or ())]
        ignored = len(sent) - len(own) - len(others)
        table = FeatureTable(self.feature_set, numbers, texts)
        return OnlineRow(table, ignored, self._unknown(lead, sent))

    def _profile(self, lead: Lead, numbers: NDArray[np.float64]) -> dict[str, NDArray[np.object_]]:
        for field, column in self.feature_set.numbers.items():
            numbers[0, column] = profile_number(lead.profile.get(field), f"lead.profile.{field}")
        texts = {}
        for field in self.feature_set.categories:
            texts[field] = np.array([profile_text(lead.profile.get(field))], dtype=object)
        return texts

    def _fill_age_and_missing(
        self,
        lead: Lead,
        as_of: int,
        numbers: NDArray[np.float64],
        texts: dict[str, NDArray[np.object_]],
    ) -> None:
        created = micros(lead.created_at, "lead.created_at")
        if created > as_of:
            raise ContractError("lead.created_at", "is after as_of; send a later as_of")
        for column, feature in enumerate(self.feature_set.features):
            if feature.kind == "lead_age":
                numbers[0, column] = (as_of - created) / DAY_US
            elif feature.kind == "missing_count":
                missing = sum(text[0] is None for text in texts.values())
                for number in self.feature_set.numbers.values():
                    missing += bool(np.isnan(numbers[0, number]))
                numbers[0, column] = missing

    def _compute(
        self, plan: Plan, events: list["_VisibleEvent"], as_of: int, out: NDArray[np.float64]
    ) -> None:
        items: dict[str, int] = {}
        rows = sorted(
            (
                occurred,
                recorded,
                self._type_codes.get(event.event_type, UNKNOWN_TYPE),
                np.nan if event.value is None else event.value,
                NO_ITEM if event.item is None else items.setdefault(event.item, len(items)),
            )
            for occurred, recorded, event in events
        )
        arrays = EventArrays(
            type_code=np.array([row[2] for row in rows], dtype=np.int32),
            occurred=np.array([row[0] for row in rows], dtype=np.int64),
            recorded=np.array([row[1] for row in rows], dtype=np.int64),
            value=np.array([row[3] for row in rows], dtype=np.float64),
            item=np.array([row[4] for row in rows], dtype=np.int64),
        )
        one = Rows(
            start=np.zeros(1, dtype=np.int64),
            stop=np.full(1, len(rows), dtype=np.int64),
            as_of=np.full(1, as_of, dtype=np.int64),
        )
        kernel.compute(plan, arrays, one, out)

    def _unknown(self, lead: Lead, events: Sequence[Event]) -> list[str]:
        types = {event.event_type for event in events} - self._type_codes.keys()
        fields = lead.profile.keys() - set(self.feature_set.fields)
        return [f"event_type:{t}" for t in sorted(types)] + [f"profile.{f}" for f in sorted(fields)]


_VisibleEvent = tuple[int, int, Event]


def _visible(events: Sequence[Event], as_of: int, source: str) -> list[_VisibleEvent]:
    """Return (occurred, recorded, event) of the events that count at `as_of`, each once."""
    visible = []
    seen: set[str] = set()
    for position, event in enumerate(events):
        occurred = micros(event.occurred_at, f"{source}.{position}.occurred_at")
        recorded = occurred
        if event.recorded_at is not None:
            recorded = micros(event.recorded_at, f"{source}.{position}.recorded_at")
        if not 0 <= occurred < as_of or recorded > as_of or event.event_id in seen:
            continue
        if event.event_id is not None:
            seen.add(event.event_id)
        visible.append((occurred, recorded, event))
    return visible
