"""What is known of budget, authority, need and timeline, as the service shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from features.contract.language import Language
from features.contract.lead import moment
from serving.lifecycle.bant import Finding, Source, State, Subject, established
from serving.lifecycle.words import bant_text


class FindingView(BaseModel):
    """What counts of one subject."""

    subject: Subject
    state: State
    value: dict[str, Any] | None = Field(description="Null where there is none, or nothing known.")
    source: Source | None
    confidence: float | None
    at: datetime | None
    by: str | None

    @classmethod
    def of(cls, subject: Subject, found: Finding) -> Self:
        """Return how a finding is shown."""
        report = found.report
        said = None if report is None else report.said[subject]
        return cls(
            subject=subject,
            state=found.state,
            value=None if said is None else dict(said),
            source=None if report is None else report.source,
            confidence=None if report is None else report.confidence,
            at=None if report is None else moment(report.at),
            by=None if report is None else report.by,
        )


class BantView(BaseModel):
    """What is known of budget, authority, need and timeline."""

    lead_id: str
    established: int = Field(ge=0, le=4, description="Of how many enough is known.")
    complete: bool
    missing: str = Field(description="What is missing, as a sentence.")
    findings: list[FindingView]

    @classmethod
    def of(cls, lead_id: str, found: Mapping[Subject, Finding], language: Language) -> Self:
        """Return how findings are shown."""
        count = established(found)
        return cls(
            lead_id=lead_id,
            established=count,
            complete=count == len(found),
            missing=bant_text(found, language),
            findings=[FindingView.of(subject, one) for subject, one in found.items()],
        )
