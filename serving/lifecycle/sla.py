"""What marketing and sales promise each other: within how many business hours a lead moves on."""

from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from serving.lifecycle.business_hours import BusinessHours, BusinessTime
from serving.lifecycle.stages import Stage

SlaState = Literal["running", "warning", "broken"]


class StageSla(DocumentPart):
    """What is promised of a stage.

    Attributes:
        within: So long a lead may be in it.
        warn_at: From which share of that on it is a warning.
    """

    within: BusinessTime
    warn_at: Annotated[float, Field(gt=0, lt=1)] = 0.75


class SlaTerms(DocumentPart):
    """What is promised, by stage, and the hours in which that counts."""

    hours: BusinessHours
    stages: dict[Stage, StageSla] = Field(min_length=1)

    @model_validator(mode="after")
    def _within_a_year(self) -> Self:
        for stage, promised in self.stages.items():
            self.hours.require(promised.within, f"stages.{stage}.within")
        return self


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
