"""What each thing that a lead did adds to its score, as it is looked at now.

The lead is scored with its history up to each event; the difference that an event makes is what it
adds. So the differences, and the score without these events, add up to the score.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from features.contract.case import Case
from features.contract.lead import Event, micros
from features.contract.visibility import visible_from
from serving.scoring.scoring import Scoring

MOST_READ = 10_000
"""Events that are read for a timeline, all scorings together: of a long history, fewer are told."""

LEAST = 3


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An event, and what it adds to the log-odds."""

    event: Event
    contribution: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a lead did.

    Attributes:
        entries: The newest first.
        earlier: How many events count that came before these.
        start: Log-odds without the events of the entries.
    """

    entries: tuple[TimelineEntry, ...]
    earlier: int
    start: float


def timeline(scoring: Scoring, case: Case, most: int) -> Timeline:
    """Return what the newest events of a lead add.

    Args:
        scoring: The model and the rules.
        case: The lead, with all of its events.
        most: So many events are told; fewer, but `LEAST`, of whom more than `MOST_READ` would
            have to be read for it.

    Raises:
        ContractError: The lead's data cannot be read as its features want them.
    """
    counting = sorted((e for e in case.events if _counts(e, case.as_of)), key=_order)
    told = min(most, max(LEAST, MOST_READ // max(len(counting), 1)))
    earlier = max(0, len(counting) - told)
    steps = range(earlier, len(counting) + 1)
    scorer = scoring.of(case.lead.profile)
    said = scorer.assess([replace(case, events=counting[:step]) for step in steps])
    odds = [float(one.base + one.by_reason.sum()) for one in said]
    added = [after - before for before, after in pairwise(odds)]
    entries = [TimelineEntry(*one) for one in zip(counting[earlier:], added, strict=True)]
    return Timeline(tuple(reversed(entries)), earlier, odds[0])


def _counts(event: Event, as_of: int) -> bool:
    occurred, recorded = _moments(event)
    return occurred >= 0 and visible_from(occurred, recorded) <= as_of


def _moments(event: Event) -> tuple[int, int]:
    return (
        micros(event.occurred_at, "occurred_at"),
        micros(event.recorded_at or event.occurred_at, "recorded_at"),
    )


def _order(event: Event) -> tuple[int, int, str, str]:
    return *_moments(event), event.event_type, event.event_id or ""
