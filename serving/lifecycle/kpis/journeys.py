"""Lives of leads as passes: from the start, or from being set aside, to being set aside again."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from features.contract.lead import ProfileValue
from serving.lifecycle.stages import ASIDE, STAGES, Role, Stage

_ONWARD = {stage: STAGES[place:] for place, stage in enumerate(STAGES)}
"""By stage, it and all that are ahead of it."""


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


class Pass(NamedTuple):
    """One way of a lead along the stages.

    Attributes:
        entered: The first step into each stage, by stage.
        aside: The step that ended it; None where it goes on.
    """

    entered: Mapping[Stage, Step]
    aside: Step | None

    def reached(self, stage: Stage) -> Step | None:
        """Return the first step into a stage or one ahead of it, None where there was none."""
        first = None
        for one in _ONWARD[stage]:
            step = self.entered.get(one)
            if step is not None and (first is None or step.at < first.at):
                first = step
        return first

    def begun(self, stage: Stage) -> Step | None:
        """Return the step into a stage, None where it was ahead of it before."""
        step = self.entered.get(stage)
        if step is None:
            return None
        first = self.reached(stage)
        return step if first is not None and step.at <= first.at else None


class Journey(NamedTuple):
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
    entered: dict[Stage, Step] = {"lead": Step("lead", created, "crm")}
    every = []
    for step in steps:
        if step.stage == stands:
            continue
        stands = step.stage
        if stands in ASIDE:
            every.append(Pass(entered, step))
            entered = {}
        elif stands is not None:
            entered.setdefault(stands, step)
    return (*every, Pass(entered, None)) if entered else tuple(every)
