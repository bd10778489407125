"""Lives of leads as passes: from the start, or from being set aside, to being set aside again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from features.contract.lead import ProfileValue
from serving.lifecycle.stages import ASIDE, STAGES, Role, Stage


class Step(NamedTuple):
    """A stage that a lead came to; `at` is in microseconds since 1970.

    Attributes:
        stage: None where the agreement does not know it.
        at: Since when.
        role: In which it was decided.
        reason: A code; None where none was given.
        grade: At that moment; None where it was not looked at.
    """

    stage: Stage | None
    at: int
    role: Role
    reason: str | None = None
    grade: str | None = None


@dataclass(slots=True)
class Pass:
    """One way of a lead along the stages.

    Attributes:
        entered: The first step into each stage, by stage.
        aside: The step that ended it; None where it goes on.
    """

    entered: dict[Stage, Step] = field(default_factory=dict)
    aside: Step | None = None

    def reached(self, stage: Stage) -> Step | None:
        """Return the first step into a stage or one ahead of it, None where there was none."""
        found = (self.entered[one] for one in STAGES[STAGES.index(stage) :] if one in self.entered)
        return min(found, key=lambda step: step.at, default=None)

    def begun(self, stage: Stage) -> Step | None:
        """Return the step into a stage, None where it was ahead of it before."""
        step = self.entered.get(stage)
        first = self.reached(stage)
        return step if step is not None and first is not None and step.at <= first.at else None


@dataclass(frozen=True, slots=True)
class Journey:
    """The life of a lead so far.

    Attributes:
        number: Of the lead, which stands for itself.
        created: Microseconds since 1970.
        passes: The oldest first.
        profile: Those of its values that are asked for.
    """

    number: int
    created: int
    passes: tuple[Pass, ...]
    profile: Mapping[str, ProfileValue]


def passes(created: int, steps: Iterable[Step]) -> tuple[Pass, ...]:
    """Return the passes of a lead.

    Args:
        created: When it began, as a lead.
        steps: The oldest first.
    """
    stands: Stage | None = "lead"
    every = [Pass({"lead": Step("lead", created, "crm")})]
    for step in steps:
        if step.stage == stands:
            continue
        stands = step.stage
        if step.stage in ASIDE:
            every[-1].aside = step
            every.append(Pass())
        elif step.stage is not None:
            every[-1].entered.setdefault(step.stage, step)
    return tuple(one for one in every if one.entered or one.aside)
