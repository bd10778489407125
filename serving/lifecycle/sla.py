"""What marketing and sales promise each other: within how many business hours a lead moves on."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.business_time import BusinessTime
from serving.lifecycle.stages import Stage

SlaState = Literal["running", "warning", "broken"]

EventType = Annotated[str, Field(min_length=1, max_length=60)]


class StageSla(DocumentPart):
    """What is promised of a stage.

    Attributes:
        within: So long a lead may be in it.
        warn_at: From which share of that on it is a warning.
        kept_by: Types of events that keep it, too, as does what a call found out; without any,
            only the next stage does.
    """

    within: BusinessTime
    warn_at: Annotated[float, Field(gt=0, lt=1)] = 0.75
    kept_by: tuple[EventType, ...] = Field(default=(), exclude_if=lambda some: not some)


class SlaTerms(DocumentPart):
    """What is promised, by stage, and the hours in which that counts."""

    hours: BusinessHours
    stages: dict[Stage, StageSla] = Field(min_length=1)

    @model_validator(mode="after")
    def _within_a_year(self) -> Self:
        for stage, promised in self.stages.items():
            self.hours.require(promised.within, f"stages.{stage}.within")
        return self

    def kept_by(self, stage: Stage | None) -> tuple[str, ...]:
        """Return the types of events that keep what is promised of a stage."""
        promised = None if stage is None else self.stages.get(stage)
        return () if promised is None else promised.kept_by


class OtherSla(DocumentPart):
    """What is promised of the leads of a use case.

    Attributes:
        hours: In place of the usual ones, which count without any.
        stages: In place of what is promised of the same stages; of others, the usual counts.
    """

    hours: BusinessHours | None = None
    stages: dict[Stage, StageSla] = Field(default_factory=dict)

    def over(self, usual: SlaTerms | None) -> SlaTerms:
        """Return what is promised where something else is usual; None is nothing.

        Raises:
            ValueError: Hours lack, or stages, or a promise is longer than a year of the hours.
        """
        hours = self.hours or (None if usual is None else usual.hours)
        stages = {**({} if usual is None else usual.stages), **self.stages}
        if hours is None or not stages:
            raise ValueError("sla: write hours and stages, there or in [sla]")
        return SlaTerms(hours=hours, stages=stages)


class Sla(NamedTuple):
    """A promise that runs for a lead; moments are microseconds since 1970.

    Attributes:
        stage: That the lead is to leave.
        since: When it came there.
        warn_at: From when on it is a warning.
        due_at: The last moment at which it is kept.
        left: Business time until then, in microseconds; less than none where it is broken.
        state: `running`, `warning` or `broken`.
    """

    stage: Stage
    since: int
    warn_at: int
    due_at: int
    left: int
    state: SlaState


def sla_of(stage: Stage | None, since: int, terms: SlaTerms | None, as_of: int) -> Sla | None:
    """Return the promise that runs for a lead, None where there is none.

    Args:
        stage: Where the lead stands; None is no stage of the agreement.
        since: When it came there, microseconds since 1970.
        terms: What was agreed on; None is nothing.
        as_of: Microseconds since 1970.
    """
    if terms is None or stage is None or stage not in terms.stages:
        return None
    promised, hours = terms.stages[stage], terms.hours
    # At least a microsecond: a share of the shortest time is still some.
    warn_at = hours.add_business(since, max(1, int(promised.within * promised.warn_at)))
    due_at = hours.add_business(since, promised.within)
    left = hours.business_between(as_of, due_at)
    return Sla(stage, since, warn_at, due_at, left, _state(warn_at, due_at, as_of))


def _state(warn_at: int, due_at: int, as_of: int) -> SlaState:
    if as_of > due_at:
        return "broken"
    return "warning" if as_of >= warn_at else "running"
