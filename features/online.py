"""Features of one lead inside a request, computed by the same kernel as every batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from features.contract.derived_facts import DERIVED_FACTS
from features.contract.lead import ContractError, Event, Lead, micros, moment
from features.contract.profile import profile_number, profile_text
from features.contract.text import trimmed
from features.contract.visibility import precedence, visible_from
from features.declaration.feature_set import FeatureSet, Level
from features.declaration.incomplete import Completeness
from features.declaration.table import FeatureTable
from features.kernel import kernel
from features.kernel.derived import fill_derived
from features.kernel.plan import (
    NO_ITEM,
    UNKNOWN_TYPE,
    EventArrays,
    Plan,
    Rows,
    canonical_keys,
    lay_out,
    take_events,
)


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """The features of one lead and what of its data did not enter them.

    Attributes:
        table: One row.
        own_events: Events of the lead itself that count.
        events_ignored: Events before 1970, not visible at `as_of`, or sent twice.
        events_incomplete: Events that count, but lack the value or item that a feature reads.
        unknown: Event types (``event_type:x``) and profile fields (``profile.x``) of what counts
            that no feature knows or can read.
    """

    table: FeatureTable
    own_events: int
    events_ignored: int
    events_incomplete: int
    unknown: list[str]


class OnlineFeatures:
    """Computes feature rows from plain objects; safe to call from several threads."""

    def __init__(self, feature_set: FeatureSet, *, strict: bool = True) -> None:
        """Lay out the kernel's plans once.

        Args:
            feature_set: What to compute.
            strict: Whether a profile value that is no number is refused where one is wanted;
                otherwise it is missing, and named as unknown.
        """
        self.feature_set = feature_set
        self._strict = strict
        self._fields = frozenset(feature_set.fields)
        self._type_codes = {t: code for code, t in enumerate(feature_set.event_types)}
        of_account = [feature for _, feature in feature_set.behaviours("account")]
        of_lead = [feature for _, feature in feature_set.behaviours("lead")]
        # What the lead did, its account did as well.
        self._own, self._others = Completeness([*of_lead, *of_account]), Completeness(of_account)
        self._plans: dict[Level, Plan] = {
            level: lay_out(feature_set, level) for level in sorted(feature_set.levels)
        }
        # An account of whose other leads nothing is known did what its lead did.
        self._of_both = lay_out(feature_set, *self._plans)

    def warm(self) -> None:
        """Compile the kernel, so that the first request need not wait for it."""
        self.row(Lead(lead_id="", created_at=moment(0)), (), as_of=0)

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
                None means not known: the account then did what the lead did, which is the least.

        Raises:
            ContractError: A naive datetime, `created_at` after `as_of`; where strict, a profile
                value of the wrong type.
        """
        created = micros(lead.created_at, "lead.created_at")
        if created > as_of:
            raise ContractError("lead.created_at", "is after as_of; send a later as_of")
        table, unread = self._profile(lead)
        at = np.array([as_of])
        fill_derived(table, np.array([created]), at)
        own = _once(_visible(events, as_of, "events"))
        others = _once(_visible(account_events or (), as_of, "account_events"))
        for plan, visible in self._walks(own, others):
            arrays = self._arrays(visible)
            rows = Rows(start=_ZERO, stop=np.array([len(visible)]), as_of=at)
            kernel.compute(plan, arrays, rows, table.numbers)
        ignored = len(events) + len(account_events or ()) - len(own) - len(others)
        incomplete = sum(self._own.lacks(v.event_type, v.value, v.item) for v in own)
        incomplete += sum(self._others.lacks(v.event_type, v.value, v.item) for v in others)
        types = {v.event_type for v in (*own, *others)} - self._type_codes.keys()
        fields = lead.profile.keys() - self._fields - DERIVED_FACTS | unread
        unknown = [f"event_type:{t}" for t in sorted(types)]
        unknown += [f"profile.{field}" for field in sorted(fields)]
        return OnlineRow(table, len(own), ignored, incomplete, unknown)

    def _walks(
        self, own: list["_Visible"], others: list["_Visible"]
    ) -> list[tuple[Plan, list["_Visible"]]]:
        """Return what is to be computed of which events."""
        if not others:
            return [(self._of_both, own)] if self._plans else []
        # A person with two leads in the account may have sent the same event for both.
        of_level: dict[Level, list[_Visible]] = {"lead": own, "account": _once([*own, *others])}
        return [(plan, of_level[level]) for level, plan in self._plans.items()]

    def _profile(self, lead: Lead) -> tuple[FeatureTable, set[str]]:
        """Return the profile as a table, and the fields that are no numbers but should be."""
        numbers = np.full((1, len(self.feature_set.features)), np.nan)
        unread = set()
        for field, column in self.feature_set.numbers.items():
            try:
                value = profile_number(lead.profile.get(field), f"lead.profile.{field}")
            except ContractError:
                if self._strict:
                    raise
                unread.add(field)
            else:
                numbers[0, column] = value
        fields, told = self.feature_set.categories, lead.profile.get
        texts = np.array([[profile_text(told(field))] for field in fields], dtype=object)
        return FeatureTable(
            self.feature_set, numbers, dict(zip(fields, texts, strict=True))
        ), unread

    def _arrays(self, visible: list["_Visible"]) -> EventArrays:
        if not visible:
            return _NO_EVENTS
        items: dict[str | None, int] = {None: NO_ITEM}
        occurred, recorded, types, _, values, of_items = zip(*visible, strict=True)
        arrays = EventArrays(
            type_code=np.array([self._type_codes.get(t, UNKNOWN_TYPE) for t in types], np.int32),
            occurred=np.array(occurred),
            recorded=np.array(recorded),
            # Adding zero turns -0.0 into 0.0, as files do.
            value=np.array([np.nan if value is None else value + 0.0 for value in values]),
            item=np.array([items.setdefault(item, len(items)) for item in of_items]),
        )
        return take_events(arrays, np.lexsort(canonical_keys(arrays)))


_ZERO = np.zeros(1, dtype=np.int64)
_NO_EVENTS = EventArrays(
    type_code=np.empty(0, dtype=np.int32),
    occurred=np.empty(0, dtype=np.int64),
    recorded=np.empty(0, dtype=np.int64),
    value=np.empty(0),
    item=np.empty(0, dtype=np.int64),
)


class _Visible(NamedTuple):
    """An event that counts, its texts trimmed."""

    occurred: int
    recorded: int
    event_type: str
    event_id: str | None
    value: float | None
    item: str | None

    @property
    def precedence(self) -> tuple[Any, ...]:
        """What copies are compared by; the item makes their order of no account."""
        return *precedence(self.occurred, self.recorded, self.value), self.item or ""


def _visible(events: Sequence[Event], as_of: int, source: str) -> list[_Visible]:
    """Return the events that count at `as_of`."""
    visible = []
    for position, event in enumerate(events):
        try:
            occurred = recorded = micros(event.occurred_at, "occurred_at")
            if event.recorded_at is not None:
                recorded = micros(event.recorded_at, "recorded_at")
        except ContractError as error:
            raise ContractError(f"{source}.{position}.{error.field}", error.message) from None
        if occurred >= 0 and visible_from(occurred, recorded) <= as_of:
            event_type, event_id = trimmed(event.event_type) or "", trimmed(event.event_id)
            item = trimmed(event.item)
            visible.append(_Visible(occurred, recorded, event_type, event_id, event.value, item))
    return visible


def _once(events: list[_Visible]) -> list[_Visible]:
    """Return each event once: of those of one type and id, the one that takes precedence."""
    without_id = []
    found: dict[tuple[str, str], _Visible] = {}
    for candidate in events:
        if candidate.event_id is None:
            without_id.append(candidate)
            continue
        key = (candidate.event_type, candidate.event_id)
        if key not in found or candidate.precedence < found[key].precedence:
            found[key] = candidate
    return without_id + list(found.values())
