"""What lies behind a score, as rows of the page on a lead."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from features.contract.language import Language
from features.contract.lead import micros
from features.wording.words import WORDS, number_text
from serving.pages.chance import chance
from serving.pages.explained import direction, signed
from serving.pages.waterfall import Waterfall
from serving.scoring.labels import Labels
from serving.stored.change import Change, Step
from serving.stored.timeline import TimelineEntry

_NOTHING = 0.005
"""Log-odds that are nothing with the two decimals that are shown."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """Something that a lead did.

    Attributes:
        at: Microseconds since 1970.
        label: What it is called.
        item: What it was done to; None if nothing.
        value: A figure that belongs to it; None if it has none.
        contribution: What it adds, with its sign.
        direction: `up`, `down`, or `none` where it adds nothing to speak of.
    """

    at: int
    label: str
    item: str | None
    value: str | None
    contribution: str
    direction: str

    @classmethod
    def of(cls, entry: TimelineEntry, labels: Labels, language: Language) -> "EventRow":
        """Return how an event is shown."""
        event = entry.event
        return cls(
            at=micros(event.occurred_at, "occurred_at"),
            label=labels.event(event.event_type),
            item=event.item,
            value=None if event.value is None else number_text(event.value, language),
            contribution=signed(entry.contribution, language),
            direction=_told(entry.contribution),
        )


@dataclass(frozen=True, slots=True)
class StepRow:
    """One cause of a change: what it is, its drawing, and the subjects that changed."""

    text: str
    contribution: str
    direction: str
    bar: Markup
    changes: tuple[tuple[str, str], ...]
    other: str | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Why a score changed.

    Attributes:
        begin: The earlier moment, microseconds since 1970.
        before: The probability then, in words.
        after: The probability now, in words.
        rows: The causes that changed anything.
    """

    begin: int
    before: str
    after: str
    rows: tuple[StepRow, ...]

    @classmethod
    def of(cls, change: Change, language: Language) -> "ChangeView":
        """Return how a change is shown."""
        drawn = Waterfall.of(change.start.log_odds, [one.contribution for one in change.steps])
        rows = [
            _step(step, drawn.bar(place), language)
            for place, step in enumerate(change.steps)
            if _told(step.contribution) != "none"
        ]
        return cls(
            begin=change.start.as_of,
            before=_chance(change.start.log_odds, language),
            after=_chance(change.end.log_odds, language),
            rows=tuple(rows),
        )


def _step(step: Step, bar: Markup, language: Language) -> StepRow:
    listed = [one for one in step.changes if _told(one.contribution) != "none"]
    rest = step.contribution - sum(one.contribution for one in listed)
    return StepRow(
        text=WORDS[language][f"cause {step.cause}"],
        contribution=signed(step.contribution, language),
        direction=direction(step.contribution),
        bar=bar,
        changes=tuple((one.label, signed(one.contribution, language)) for one in listed),
        other=signed(rest, language) if listed and _told(rest) != "none" else None,
    )


def _told(contribution: float) -> str:
    return "none" if abs(contribution) < _NOTHING else direction(contribution)


def _chance(log_odds: float, language: Language) -> str:
    return chance(1.0 / (1.0 + math.exp(-log_odds)), language)
