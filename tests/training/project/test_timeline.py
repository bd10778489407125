"""Moments of leads: from a table, derived from events, or neither."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from features.contract.duration import DAY_US, HOUR_US
from features.contract.lead import micros
from features.history.history import History
from tests.features.files import events, read, write
from training.project.project import DerivedStage, Stages
from training.project.timeline import NEVER, StageError, Timeline, open_for, read_timeline

STAGES = {
    "path": "stages.csv",
    "columns": {"lead_id": "id", "stage": "stage", "at": "at"},
}
START = datetime(2026, 1, 1, tzinfo=UTC)


def _history(folder: Path, *lines: str) -> History:
    write(folder, "stages.csv", ["id,stage,at", *lines])
    return read(folder, stages=[STAGES])


def _at(text: str) -> int:
    return micros(datetime.fromisoformat(text), "at")


def test_the_first_time_counts_and_the_earliest_closing_stage(tmp_path: Path) -> None:
    history = _history(
        tmp_path,
        "1,SQL,2026-03-05T00:00:00Z",
        "1,SQL,2026-03-01T00:00:00Z",
        "2,lost,2026-02-09T00:00:00Z",
        "2,spam,2026-02-01T00:00:00Z",
        "3,MQL,2026-02-01T00:00:00Z",
    )
    with history:
        timeline = read_timeline(history, Stages(target="SQL", closing=("lost", "spam")), None)
        created = history.leads().created
    assert timeline.start.tolist() == created.tolist()
    assert timeline.target.tolist() == [_at("2026-03-01T00:00:00Z"), NEVER, NEVER]
    assert timeline.closed.tolist() == [NEVER, _at("2026-02-01T00:00:00Z"), NEVER]


def test_rows_start_at_a_stage_where_the_project_says_so(tmp_path: Path) -> None:
    with _history(tmp_path, "1,MQL,2026-02-01T00:00:00Z", "1,SQL,2026-03-01T00:00:00Z") as history:
        timeline = read_timeline(history, Stages(target="SQL"), "MQL")
    assert timeline.start.tolist() == [_at("2026-02-01T00:00:00Z"), NEVER, NEVER]


def test_rows_never_start_before_the_lead_was_created(tmp_path: Path) -> None:
    with _history(tmp_path, "2,MQL,2025-12-31T23:00:00Z", "1,SQL,2026-03-01T00:00:00Z") as history:
        timeline = read_timeline(history, Stages(target="SQL"), "MQL")
        created = history.leads().created.tolist()
        just_before = open_for(history, Stages(target="SQL"), "MQL", created[1] - 1) >= 0
        then = open_for(history, Stages(target="SQL"), "MQL", created[1]) >= 0
    assert timeline.start.tolist() == [NEVER, created[1], NEVER]
    assert not just_before.any()
    assert then.tolist() == [False, True, False]


def test_a_derived_stage_is_suggested_however_few_reach_it(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", ["id,at,type", "1,2026-02-01T00:00:00Z,demo"])
    derived = (DerivedStage(stage="asked", event_type="demo"),)
    with (
        read(tmp_path, events=[events()]) as history,
        pytest.raises(StageError, match="'askd'; did you mean 'asked'"),
    ):
        read_timeline(history, Stages(target="askd", derived=derived), None)


def test_stages_that_few_rows_share_are_not_quoted(tmp_path: Path) -> None:
    lines = ("1,Erika Mustermann,2026-02-01T00:00:00Z", "2,Max,2026-02-01T00:00:00Z")
    with _history(tmp_path, *lines) as history, pytest.raises(StageError) as caught:
        read_timeline(history, Stages(target="SQL"), None)
    assert "stage 'SQL'; 2 other values are there; write one exactly as" in str(caught.value)


@pytest.mark.parametrize(
    ("stages", "from_stage", "said"),
    [
        (Stages(target="SQ"), None, "no lead ever reaches stage 'SQ'; did you mean 'SQL'?"),
        (Stages(target="SQL", closing=("Lost",)), None, "'Lost'; did you mean 'lost'?"),
        (Stages(target="SQL"), "qualified", "'qualified'; known are SQL, lost"),
    ],
)
def test_a_stage_that_never_occurs_is_named_with_a_suggestion(
    tmp_path: Path, stages: Stages, from_stage: str | None, said: str
) -> None:
    lines = ("1,SQL,2026-02-01T00:00:00Z", "2,lost,2026-02-01T00:00:00Z") * 5
    with _history(tmp_path, *lines) as history, pytest.raises(StageError) as caught:
        read_timeline(history, stages, from_stage)
    assert said in str(caught.value)


def test_leads_are_open_until_target_or_closing_even_if_no_lead_ever_came_there(
    tmp_path: Path,
) -> None:
    lines = ("1,SQL,2026-02-01T00:00:00Z", "2,lost,2026-02-03T00:00:00Z")
    ends = Stages(target="SQL", closing=("lost", "spam"))
    with _history(tmp_path, *lines) as history:
        between = open_for(history, ends, None, _at("2026-02-02T00:00:00Z")) >= 0
        before = open_for(history, ends, None, _at("2026-01-31T23:59:59Z")) >= 0
        nobody_won = open_for(history, Stages(target="won"), None, _at("2026-02-09T00:00:00Z")) >= 0
    assert between.tolist() == [False, True, True]
    assert before.tolist() == nobody_won.tolist() == [True, True, True]


def test_leads_are_open_from_their_first_stage_on(tmp_path: Path) -> None:
    with _history(tmp_path, "2,MQL,2026-02-03T00:00:00Z") as history:
        opened = open_for(history, Stages(target="SQL"), "MQL", _at("2026-02-03T00:00:00Z")) >= 0
        earlier = open_for(history, Stages(target="SQL"), "MQL", _at("2026-02-02T00:00:00Z")) >= 0
    assert opened.tolist() == [False, True, False]
    assert not earlier.any()


@pytest.fixture(scope="module")
def logins(tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[int]]:
    """Moments of the logins of each lead, in hours since the start, ties included."""
    random = np.random.default_rng(3)
    return {
        lead: random.integers(0, 24 * 20, random.integers(0, 14)).tolist() for lead in range(40)
    }


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("within", [None, "12h", "3d", "10d"])
def test_a_derived_stage_is_reached_as_the_slow_and_obvious_way_says(
    tmp_path: Path, logins: dict[int, list[int]], count: int, within: str | None
) -> None:
    derived = {"stage": "adopted", "event_type": "login", "count": count, "within": within}
    stages = Stages.model_validate({"target": "adopted", "derived": [derived]})
    timeline = _derived(tmp_path, logins, stages)
    limit = stages.derived[0].within
    assert timeline.tolist() == [_slow(logins[lead], count, limit) for lead in range(len(logins))]


def _slow(hours: list[int], count: int, within: int | None) -> int:
    reached = [
        at
        for at in hours
        if sum(h <= at and (within is None or (at - h) * HOUR_US < within) for h in hours) >= count
    ]
    return micros(START, "at") + min(reached) * HOUR_US if reached else NEVER


def _derived(folder: Path, logins: dict[int, list[int]], stages: Stages) -> NDArray[np.int64]:
    write(folder, "leads.csv", ["id,created,company", *(f"{n},{START}," for n in logins)])
    lines = [
        f"{lead},{START + timedelta(hours=hour)},{kind}"
        for lead, hours in logins.items()
        for hour in hours
        for kind in ("login", "page_view")
    ]
    write(folder, "events.csv", ["id,at,type", *lines])
    with read(folder, events=[events()]) as history:
        reached = read_timeline(history, stages, None).target
        order = np.argsort(history.leads().lead_id.astype(np.int64))
    return reached[order]


def test_a_stage_of_table_and_events_is_reached_at_the_earlier(tmp_path: Path) -> None:
    write(tmp_path, "stages.csv", ["id,stage,at", "1,SQL,2026-02-01T00:00:00Z"])
    moments = ["1,2026-01-20T00:00:00Z,won", "2,2026-01-21T00:00:00Z,won"]
    write(tmp_path, "events.csv", ["id,at,type", *moments])
    stages = Stages.model_validate(
        {"target": "SQL", "derived": [{"stage": "SQL", "event_type": "won"}]}
    )
    with read(tmp_path, stages=[STAGES], events=[events()]) as history:
        timeline: Timeline = read_timeline(history, stages, None)
    day = _at("2026-01-20T00:00:00Z")
    assert timeline.target.tolist() == [day, day + DAY_US, NEVER]
