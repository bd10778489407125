"""How far leads have come: of those that were created in a period, who reached which stage."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from serving.lifecycle.kpis.figure import Figure, share
from serving.lifecycle.kpis.journeys import Journey
from serving.lifecycle.stages import ASIDE, STAGES, Stage

_PLACES = {stage: place for place, stage in enumerate(STAGES)}


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
    furthest = Counter(_furthest(one) for one in journeys if begin <= one.created < end)
    levels = [Level("lead", furthest.total(), None)]
    for stage in (one for one in STAGES if one in stages and one not in ASIDE):
        reached = sum(leads for place, leads in furthest.items() if place >= _PLACES[stage])
        levels.append(Level(stage, reached, share(reached, levels[-1].leads)))
    return tuple(levels)


def _furthest(one: Journey) -> int:
    """Return the place of the stage that is furthest on of those a lead came to."""
    return max([_PLACES[stage] for way in one.passes for stage in way.entered], default=-1)
