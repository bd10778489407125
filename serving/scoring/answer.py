"""The answer about one lead, whatever it rests on; its parts add up on the values sent."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from features.contract.lead import moment
from features.declaration.feature_set import Level
from features.declaration.table import FeatureTable, Value
from serving.model.reference import Grade, grade_of
from serving.model.scorer import probability
from serving.scoring.basis import Basis, BasisName, ExplainedRow
from serving.scoring.reasons import Reason
from serving.scoring.strongest import Listing, list_strongest
from serving.scoring.use_cases import NO_USE_CASE, AnsweredFor

FallbackReason = Literal["no_model", "model_refused", "non_finite", "deadline"]


class Answer(BaseModel):
    """What is known about a lead at `as_of`.

    In log-odds, `base_log_odds + fit + behaviour = log_odds` and `base_log_odds + sum of the
    reasons' contributions + other_contribution = log_odds = logit(probability)`; the contribution
    of a reason is the sum of those of its features.
    """

    model_config = ConfigDict(protected_namespaces=())

    lead_id: str
    as_of: datetime
    probability: float = Field(ge=0, le=1, description="Of becoming SQL within the horizon.")
    score: int = Field(ge=1, le=100, description="Percentile among the reference leads.")
    grade: Grade = Field(description="A from 90, B from 70, C from 40, else D.")
    basis: BasisName
    fallback_reason: FallbackReason | None = Field(description="Why the rules answer.")
    log_odds: float
    base_log_odds: float
    fit: float = Field(description="What the profile adds, in log-odds.")
    behaviour: float = Field(description="What the behaviour adds, in log-odds.")
    reasons: list[Reason]
    other_contribution: float = Field(description="What the reasons not listed add, in log-odds.")
    missing: list[str] = Field(description="What would tell more, the most important first.")
    events_ignored: int = Field(
        ge=0, description="Events before 1970, not visible at `as_of`, or sent twice."
    )
    events_incomplete: int = Field(
        ge=0, description="Events that count, but lack the value or item that features read."
    )
    unknown: list[str] = Field(
        description="Event types and profile fields that no feature knows, and fields whose "
        "category the model has learned nothing of."
    )
    model_version: str | None
    rules: str | None = Field(description="Fingerprint of the rules; null where a model answers.")
    use_case: str | None = Field(
        default=None,
        description="The use case whose own model was asked; null where the general one was.",
    )
    use_case_away: str | None = Field(
        default=None,
        description="The use case whose own model was to be asked and is not loaded, so that "
        "another one was; null where that is not so.",
    )

    def answered_for(self, asked: AnsweredFor) -> Self:
        """Return the answer, in which stands of which use case the model is that was asked."""
        return self if asked == NO_USE_CASE else self.model_copy(update=asked._asdict())


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Whom an answer is about, and what of its data did not enter the features.

    Attributes:
        lead_id: The CRM's key.
        as_of: Microseconds since 1970.
        unsent: Whose events are missing: the lead has none that count, or has an account of whose
            events nothing is known.
        events_ignored: Events that do not count.
        events_incomplete: Events that count, but lack what features read.
        unknown: Event types and profile fields no feature knows.
    """

    lead_id: str
    as_of: int
    unsent: tuple[Level, ...] = ()
    events_ignored: int = 0
    events_incomplete: int = 0
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a basis says about one row of features.

    Attributes:
        basis: What it rests on.
        table: Holds the features.
        row: Which row of it.
        base: Log-odds of a lead about which nothing is special.
        contributions: float64 [terms].
        by_reason: float64 [reasons], sums of them.
        probability: Of the target.
        score: 1 to 100.
        finite: Whether every part and their sum are numbers.
    """

    basis: Basis
    table: FeatureTable
    row: int
    base: float
    contributions: NDArray[np.float64]
    by_reason: NDArray[np.float64]
    probability: float
    score: int
    finite: bool


def assess(basis: Basis, table: FeatureTable) -> list[Assessment]:
    """Return what a basis says about each row of its features."""
    # What is not finite is for the caller to see, and for the rules to answer.
    with np.errstate(invalid="ignore", over="ignore"):
        explained, scores = basis.explain(table)
        probabilities = probability(explained.log_odds).tolist()
        by_reason = basis.by_reason(explained.contributions)
    base, contributions = explained.base_log_odds, explained.contributions
    told = zip(probabilities, scores.tolist(), explained.log_odds.tolist(), strict=True)
    return [
        Assessment(
            basis, table, row, base, contributions[row], by_reason[row], chance, score,
            math.isfinite(log_odds),
        )
        for row, (chance, score, log_odds) in enumerate(told)
    ]  # fmt: skip


def compose(
    enquiry: Enquiry,
    assessment: Assessment,
    listing: Listing,
    language: Language,
    fallback_reason: FallbackReason | None,
) -> Answer:
    """Return the answer about a lead from a finite assessment."""
    basis, table, row = assessment.basis, assessment.table, assessment.row
    values = table.row(row)
    listed = list_strongest(assessment.by_reason[None], basis.fit, listing)
    fit, behaviour, other = (
        float(parts[0]) for parts in (listed.fit, listed.behaviour, listed.other)
    )
    explained = ExplainedRow(table.numbers[row], assessment.contributions, values)
    return Answer(
        lead_id=enquiry.lead_id,
        as_of=moment(enquiry.as_of),
        probability=assessment.probability,
        score=assessment.score,
        grade=grade_of(assessment.score),
        basis=basis.name,
        fallback_reason=fallback_reason,
        log_odds=assessment.base + fit + behaviour,
        base_log_odds=assessment.base,
        fit=fit,
        behaviour=behaviour,
        reasons=basis.reasons(explained, listed, language),
        other_contribution=other,
        missing=basis.missing.of(values, enquiry.unsent),
        events_ignored=enquiry.events_ignored,
        events_incomplete=enquiry.events_incomplete,
        unknown=sorted([*enquiry.unknown, *_unseen(basis, values)]),
        model_version=basis.version,
        rules=basis.fingerprint,
    )


def _unseen(basis: Basis, values: Sequence[Value]) -> Iterator[str]:
    """Yield the profile fields whose category nothing was learned from."""
    for field, column in basis.feature_set.categories.items():
        text = values[column]
        if isinstance(text, str) and not basis.has_seen(field, text):
            yield f"profile.{field}"
