"""How far leads have come, held against a slow count."""

from hypothesis import given
from hypothesis import strategies as st

from serving.lifecycle.kpis.figure import share
from serving.lifecycle.kpis.journeys import Journey, Step, passes
from serving.lifecycle.kpis.stages_reached import Level, stages_reached
from serving.lifecycle.stages import STAGES, Stage

AHEAD: tuple[Stage, ...] = ("lead", "MAL", "MQL", "SAL", "SQL", "customer")
AGREED: tuple[Stage, ...] = ("MAL", "MQL", "SAL", "SQL", "customer", "recycled", "disqualified")


def journey(created: int, *stages: Stage) -> Journey:
    steps = [Step(stage, created + 1 + n, "sales") for n, stage in enumerate(stages)]
    return Journey(created, created, passes(created, steps), {})


def test_leads_are_counted_by_the_furthest_stage_they_reached() -> None:
    lives = [
        journey(10), journey(11, "MAL"), journey(12, "SQL"), journey(13, "MQL", "recycled", "MAL"),
        journey(9, "customer"), journey(20, "customer"),
    ]  # fmt: skip
    assert stages_reached(lives, ["MAL", "MQL", "SQL", "recycled"], 10, 20) == (
        Level("lead", 4, None),
        Level("MAL", 3, share(3, 4)),
        Level("MQL", 2, share(2, 3)),
        Level("SQL", 1, share(1, 2)),
    )


def test_nobody_is_no_share() -> None:
    [first, second] = stages_reached([], ["MQL"], 0, 1)
    assert first == Level("lead", 0, None)
    assert second.leads == 0 and second.onward is not None and second.onward.value is None


@given(st.lists(st.lists(st.sampled_from(AGREED), max_size=6), max_size=12))
def test_it_is_as_slowly_counted(lives: list[list[Stage]]) -> None:
    found = stages_reached([journey(n, *one) for n, one in enumerate(lives)], AGREED, 0, 100)
    for level in found:
        ahead = STAGES[STAGES.index(level.stage) : STAGES.index("customer") + 1]
        if level.stage != "lead":
            assert level.leads == sum(any(stage in ahead for stage in one) for one in lives)
    assert [level.stage for level in found] == [*AHEAD]
