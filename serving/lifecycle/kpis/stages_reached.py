"""How far leads have come: of those that were created in a period, who reached which stage."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey
from serving.lifecycle.stages import ASIDE, STAGES, Stage


class Level(NamedTuple):
    """A stage of the way forward.

    Attributes:
        stage: Which.
        leads: How many reached it, or one ahead of it, by now.
        onward: Which share that is of those who reached the stage before; None for the first.
    """

    stage: Stage
    leads: int
    onward: Figure | None


def stages_reached(
    journeys: Iterable[Journey], stages: Sequence[Stage], begin: int, end: int
) -> tuple[Level, ...]:
    """Return the way forward, stage by stage.

    Younger leads had less time, so these are no rates of a mature cohort.

    Args:
        journeys: Lives of leads.
        stages: That the agreement has.
        begin: Of the period `[begin, end)` in which leads were created; microseconds since 1970.
        end: Of the period.
    """
    cohort = [one for one in journeys if begin <= one.created < end]
    levels = [Level("lead", len(cohort), None)]
    for stage in (one for one in STAGES if one in stages and one not in ASIDE):
        reached = sum(any(way.reached(stage) for way in one.passes) for one in cohort)
        levels.append(Level(stage, reached, share(reached, levels[-1].leads)))
    return tuple(levels)
