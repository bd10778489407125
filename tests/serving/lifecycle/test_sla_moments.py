"""When somebody is alerted of a promise, at every border."""

from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.duration import HOUR_US
from serving.lifecycle.alerts import Alert, SlaAlert
from serving.lifecycle.position import Position
from serving.lifecycle.sla_moments import RECENT_US, due_moments, next_moment, sla_moments
from serving.lifecycle.stages import Stage
from tests.serving.lifecycle.promises import DUE, SINCE, TERMS, WARNED, at

ALERTS: tuple[Alert, ...] = (
    SlaAlert(name="warned", tell=("sales",), kind="sla_warning"),
    SlaAlert(name="broken", tell=("sales",), kind="sla_broken"),
    SlaAlert.model_validate({"name": "up", "tell": ["boss"], "kind": "sla_broken", "after": "8h"}),
)


def position(stage: Stage | None = "MQL") -> Position:
    return Position(stage, SINCE, frozenset())


def due(now: int) -> list[str]:
    moments = sla_moments(ALERTS, TERMS, position(), None)
    return [one.alert.name for one in due_moments(moments, now)]


def test_each_alert_of_a_promise_has_its_moment() -> None:
    moments = sla_moments(ALERTS, TERMS, position(), None)
    escalated = at("2026-04-08T13:00") + 1
    assert [one.at for one in moments] == [WARNED, DUE + 1, escalated]
    assert {one.due_at for one in moments} == {DUE}
    expected = {
        WARNED - 1: [], WARNED: ["warned"], DUE: ["warned"], DUE + 1: ["broken"],
        escalated: ["broken", "up"], DUE + RECENT_US: ["broken", "up"],
        DUE + 1 + RECENT_US: ["up"], escalated + RECENT_US: [],
    }  # fmt: skip
    assert {now: due(now) for now in expected} == expected
    following = {
        SINCE: WARNED, WARNED - 1: WARNED, WARNED: DUE + 1, DUE + 1: escalated, escalated: None,
    }  # fmt: skip
    assert {now: next_moment(moments, now) for now in following} == following
    assert sla_moments(ALERTS, TERMS, position("SAL"), None) == []
    assert sla_moments(ALERTS, TERMS, position(None), None) == []
    assert sla_moments(ALERTS, None, position(), None) == []


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 30 * 24), min_size=1, max_size=40))
def test_who_looks_from_moment_to_moment_misses_none(steps: list[int]) -> None:
    moments = sla_moments(ALERTS, TERMS, position(), None)
    now, seen = SINCE, set()
    # Whoever comes late by less than three days still tells what is broken.
    for late in steps:
        following = next_moment(moments, now)
        if following is None:
            break
        now = following + late % 72 * HOUR_US
        seen |= {one.alert.name for one in due_moments(moments, now)}
    else:
        return
    assert {"broken", "up"} <= seen
