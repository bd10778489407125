"""An answer as a page shows it: its reasons one after the other, from the base to the total."""

import math
from dataclasses import dataclass
from typing import Self

from markupsafe import Markup

from features.contract.language import Language
from features.wording.words import decimal, value_text
from serving.lifecycle.action_words import share_text
from serving.pages.waterfall import Waterfall
from serving.scoring.answer import Answer
from serving.scoring.labels import Labels
from serving.scoring.reasons import Reason


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A feature inside a reason: what it is called, its value, what it adds."""

    label: str
    value: str
    contribution: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """A reason, or what is left of them, as one row of the waterfall.

    Attributes:
        subject: What it is about; None of all that is not listed.
        text: A sentence; empty where the page has its own words.
        direction: `up`, `down`, or `none` where it adds nothing.
        contribution: What it adds to the log-odds, with its sign.
        after: The probability with this and all above it.
        bar: Its drawing.
        shares: The features it is made of, the strongest first.
    """

    subject: str | None
    text: str
    direction: str
    contribution: str
    after: str
    bar: Markup
    shares: tuple[ShareRow, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """An answer taken apart.

    Attributes:
        base: Probability of a lead about which nothing is special.
        rows: The reasons, the strongest first, then what is left of them.
        total: What it comes to, as a row.
        fit: What the profile adds, with its sign and drawing.
        behaviour: What the behaviour adds, as `fit`.
    """

    base: str
    rows: tuple[ReasonRow, ...]
    total: ReasonRow
    fit: ReasonRow
    behaviour: ReasonRow

    @classmethod
    def of(cls, answer: Answer, labels: Labels, language: Language) -> Self:
        """Take an answer apart."""
        contributions = [one.contribution for one in answer.reasons]
        contributions.append(answer.other_contribution)
        drawn = Waterfall.of(answer.base_log_odds, contributions)
        parts = Waterfall.of(answer.base_log_odds, [answer.fit, answer.behaviour])
        reasons: list[Reason | None] = [*answer.reasons, None]
        rows = [
            _row(drawn, place, reason, labels, language) for place, reason in enumerate(reasons)
        ]
        fit, behaviour = (_row(parts, place, None, labels, language) for place in (0, 1))
        return cls(
            base=_probability(answer.base_log_odds, language),
            rows=tuple(rows if answer.other_contribution else rows[:-1]),
            total=ReasonRow(
                None, "", "none", signed(drawn.total, language),
                share_text(answer.probability, language), drawn.whole(), (),
            ),
            fit=fit,
            behaviour=behaviour,
        )  # fmt: skip


def _row(
    drawn: Waterfall, place: int, reason: Reason | None, labels: Labels, language: Language
) -> ReasonRow:
    step = drawn.steps[place]
    return ReasonRow(
        subject=None if reason is None else reason.subject,
        text="" if reason is None else reason.text,
        direction=direction(step.contribution),
        contribution=signed(step.contribution, language),
        after=_probability(step.end, language),
        bar=drawn.bar(place),
        shares=() if reason is None else _shares(reason, labels, language),
    )


def _shares(reason: Reason, labels: Labels, language: Language) -> tuple[ShareRow, ...]:
    return tuple(
        ShareRow(
            labels.feature(one["feature"]),
            value_text(one["value"], language),
            signed(one["contribution"], language),
        )
        for one in reason.features
    )


def direction(contribution: float) -> str:
    """Return whether a contribution raises or lowers: `up`, `down`, or `none`."""
    return "up" if contribution > 0 else "down" if contribution < 0 else "none"


def signed(value: float, language: Language) -> str:
    """Return log-odds with their sign and two decimals; a minus is one, and no hyphen."""
    return decimal(f"{value:+.2f}", language).replace("-", "−")


def _probability(log_odds: float, language: Language) -> str:
    return share_text(1.0 / (1.0 + math.exp(-log_odds)), language)
