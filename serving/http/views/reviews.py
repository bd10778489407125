"""Where people and the model disagree, and who was drawn for a review, as the service shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.lead import moment
from serving.http.views.kpis import FigureView
from serving.lifecycle.disagreement import Disagreement
from serving.record.lifecycle.review_sample import Sampled

MOST_LISTED = 100


class SampledLead(BaseModel):
    """A lead that was drawn for a review."""

    lead_id: str
    grade: str = Field(description="When it was drawn.")
    drawn_at: datetime
    probability: float = Field(description="Of having been drawn.")
    weight: float = Field(description="Its inverse: for how many leads it stands.")

    @classmethod
    def of(cls, one: Sampled) -> Self:
        """Return how a lead is shown."""
        return cls(
            lead_id=one.lead_id, grade=one.grade, drawn_at=moment(one.drawn),
            probability=one.probability, weight=1 / one.probability,
        )  # fmt: skip


class ReviewView(BaseModel):
    """Who was drawn in a week."""

    week: str
    leads: list[SampledLead] = Field(description="None where nobody was drawn.")


class GradeView(BaseModel):
    """What people made of leads of one grade."""

    grade: str | None = Field(description="At the decision; null where it is not known.")
    rejected: FigureView = Field(description="Share of those decided on that were rejected.")


class AgainstView(BaseModel):
    """A decision against the model."""

    lead_id: str
    verdict: Literal["accepted", "rejected"]
    grade: str | None
    at: datetime
    reason: str | None


class WrongReasonView(BaseModel):
    """A subject whose reasons were called wrong."""

    subject: str
    share: FigureView = Field(description="Of all reasons that were called wrong.")


class DisagreementView(BaseModel):
    """Where people and the model disagree in a period."""

    model_config = ConfigDict(serialize_by_alias=True)

    begin: datetime = Field(serialization_alias="from")
    end: datetime = Field(serialization_alias="to", description="The period ends before it.")
    by_grade: list[GradeView]
    against: list[AgainstView] = Field(
        description="Best leads rejected and worst ones accepted; the newest hundred."
    )
    against_total: int = Field(description="How many there are.")
    wrong_reasons: list[WrongReasonView] = Field(description="The most frequent first.")
    review_accepted: FigureView = Field(
        description="Share of leads of low grades that people accept, by those drawn."
    )
    review_qualified: FigureView = Field(description="Share of them that becomes SQL.")

    @classmethod
    def of(cls, said: Disagreement, period: tuple[int, int], ids: Mapping[int, str]) -> Self:
        """Return how a report is shown.

        Args:
            said: The report.
            period: In microseconds since 1970.
            ids: Of the leads that are listed, by number.
        """
        return cls(
            begin=moment(period[0]),
            end=moment(period[1]),
            by_grade=[
                GradeView(grade=grade, rejected=FigureView.of(figure))
                for grade, figure in said.by_grade.items()
            ],
            against=[
                AgainstView(
                    lead_id=ids[one.lead], verdict=one.verdict, grade=one.grade,
                    at=moment(one.at), reason=one.reason,
                )
                for one in said.against[:MOST_LISTED]
            ],
            against_total=len(said.against),
            wrong_reasons=[
                WrongReasonView(subject=subject, share=FigureView.of(figure))
                for subject, figure in said.wrong_reasons.items()
            ],
            review_accepted=FigureView.of(said.accepted),
            review_qualified=FigureView.of(said.qualified),
        )  # fmt: skip
