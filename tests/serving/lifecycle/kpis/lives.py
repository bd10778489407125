"""Lives of leads as tests make them, and what figures of them must be: slow, and said plainly.

Nothing here is shared with the product but the order of the stages.
"""

from typing import NamedTuple

from hypothesis import strategies as st

from serving.lifecycle.kpis.journeys import Journey, Step, passes
from serving.lifecycle.stages import Role, Stage

ORDER = ("lead", "MAL", "MQL", "SAL", "SQL", "customer")
ASIDE = ("recycled", "disqualified")
ROLES: tuple[Role, ...] = ("rule", "sales", "marketing", "crm", "admin")
NOW = 100


class Life(NamedTuple):
    """A lead, and what was said of it, the oldest first, at moments from 0 to 99."""

    created: int
    steps: list[Step]

    def journey(self, number: int = 1) -> Journey:
        return Journey(number, self.created, passes(self.created, self.steps), {})


@st.composite
def lives(draw: st.DrawFn) -> Life:
    """Draw a life in which stages come in any order, again, and at one moment."""
    created = draw(st.integers(0, 40))
    moments = sorted(draw(st.lists(st.integers(created, NOW - 1), max_size=8)))
    stage = st.sampled_from([*ORDER, *ASIDE, None])
    role, reason = st.sampled_from(ROLES), st.sampled_from([None, "no_budget", "no_time"])
    return Life(
        created,
        [Step(draw(stage), at, draw(role), draw(reason)) for at in moments],  # type: ignore[arg-type]
    )


def news(life: Life) -> list[Step]:
    """Return the steps that lead to another stage than before, from its creation on."""
    kept = [Step("lead", life.created, "crm")]
    for step in life.steps:
        if step.stage != kept[-1].stage:
            kept.append(step)
    return kept


def rounds(life: Life) -> list[list[Step]]:
    """Return the steps from being set aside to being set aside; that step ends a round."""
    found: list[list[Step]] = [[]]
    for step in news(life):
        found[-1].append(step)
        if step.stage in ASIDE:
            found.append([])
    return found


def rank(step: Step) -> int:
    return ORDER.index(step.stage) if step.stage in ORDER else -1


def cohort(life: Life, stage: Stage, begin: int, end: int) -> list[tuple[Step, list[Step]]]:
    """Return the first steps into a stage in a period, before anything ahead; with their rounds."""
    found = []
    for steps in rounds(life):
        into = [step for step in steps if step.stage == stage]
        ahead = [step for step in steps if rank(step) > ORDER.index(stage)]
        if into and begin <= into[0].at < end and all(step.at >= into[0].at for step in ahead):
            found.append((into[0], steps))
    return found


def came_to(steps: list[Step], stage: Stage) -> int | None:
    """Return when a round first came to a stage or beyond it."""
    return min((step.at for step in steps if rank(step) >= ORDER.index(stage)), default=None)


def set_aside(steps: list[Step]) -> Step | None:
    return steps[-1] if steps and steps[-1].stage in ASIDE else None
