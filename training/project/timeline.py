"""When each lead started, reached the target and was closed."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.contract.document import value_suggestion
from features.contract.mistake import MistakeError
from features.history.history import History
from training.project.project import DerivedStage, Stages

NEVER = int(np.iinfo(np.int64).max)
"""A moment that did not come."""


class StageError(MistakeError):
    """The stages of a project do not fit its data; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Moments of every lead, microseconds since 1970, `NEVER` where they did not come.

    Attributes:
        start: int64 [leads], when its rows begin.
        target: int64 [leads], when it first reached the target.
        closed: int64 [leads], when it first reached a closing stage.
    """

    start: NDArray[np.int64]
    target: NDArray[np.int64]
    closed: NDArray[np.int64]


def read_timeline(history: History, stages: Stages, from_stage: str | None) -> Timeline:
    """Find the moments of every lead.

    Raises:
        StageError: A stage occurs neither in the sources nor among the derived ones, or no lead
            ever reaches the target.
    """
    created = history.leads().created
    reached = _first_moments(history, stages, len(created))
    for stage in (stages.target, *stages.closing, *([from_stage] if from_stage else [])):
        if stage not in reached:
            recorded = (str(name) for name in history.stage_changes()[1])
            derived = (d.stage for d in stages.derived if d.stage in reached)
            hint = value_suggestion(stage, recorded, derived)
            raise StageError(f"no lead ever reaches stage '{stage}'; {hint}")
    start = _start(created, reached, from_stage)
    return Timeline(start, reached[stages.target], _earliest(reached, stages.closing, len(created)))


def open_for(
    history: History, stages: Stages, from_stage: str | None, as_of: int
) -> NDArray[np.int64]:
    """Return how long each lead has been open at a moment, int64 [leads], microseconds.

    It is -1 for leads that have not started by then, reached the target or were closed. Stages that
    no lead reached end none: the leads of an export may all be open.
    """
    created = history.leads().created
    reached = _first_moments(history, stages, len(created))
    end = _earliest(reached, (stages.target, *stages.closing), len(created))
    start = _start(created, reached, from_stage)
    return np.where((start <= as_of) & (end > as_of), as_of - np.minimum(start, as_of), -1)


def _start(
    created: NDArray[np.int64], reached: dict[str, NDArray[np.int64]], from_stage: str | None
) -> NDArray[np.int64]:
    """Return when rows of each lead begin; nothing is known of a lead before its creation."""
    if from_stage is None:
        return created
    return np.maximum(created, _earliest(reached, (from_stage,), len(created)))


def _earliest(
    reached: dict[str, NDArray[np.int64]], stages: Iterable[str], leads: int
) -> NDArray[np.int64]:
    """Return when each lead first reached any of the stages."""
    nowhere = np.full(leads, NEVER)
    moments = [nowhere, *(reached[stage] for stage in stages if stage in reached)]
    earliest: NDArray[np.int64] = np.minimum.reduce(moments)
    return earliest


def _first_moments(history: History, stages: Stages, leads: int) -> dict[str, NDArray[np.int64]]:
    lead, stage, at = history.stage_changes()
    reached: dict[str, NDArray[np.int64]] = {}
    for name in {str(name) for name in stage}:
        reached[name] = np.full(leads, NEVER)
        of_stage = stage == name
        np.minimum.at(reached[name], lead[of_stage], at[of_stage])
    for derived in stages.derived:
        moments = _derived_moments(history, derived, leads)
        if (moments != NEVER).any():
            earlier = reached.get(derived.stage, moments)
            reached[derived.stage] = np.minimum(earlier, moments)
    return reached


def _derived_moments(history: History, derived: DerivedStage, leads: int) -> NDArray[np.int64]:
    """Return when each lead had done enough of an event, close enough together."""
    lead, occurred = history.event_times(derived.event_type)
    before = derived.count - 1
    last = np.arange(before, len(lead))
    first = last - before
    enough = lead[last] == lead[first]
    if derived.within is not None:
        enough &= occurred[last] - occurred[first] < derived.within
    moments = np.full(leads, NEVER)
    np.minimum.at(moments, lead[last[enough]], occurred[last[enough]])
    return moments
