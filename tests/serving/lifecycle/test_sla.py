"""Promises by stage, and what alerts of them and of others are about, at every border."""

import hashlib

import pytest

from features.contract.duration import DAY_US, HOUR_US
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.alerts import EventAlert, GradeAlert
from serving.lifecycle.sla import sla_of
from tests.serving.lifecycle.agreements import NOW, agreement, small
from tests.serving.lifecycle.promises import DUE, HOURS, SINCE, TERMS, WARNED, at


@pytest.mark.parametrize(
    ("as_of", "state", "left"),
    [
        (SINCE, "running", 8 * HOUR_US),
        (at("2026-04-05T03:00"), "running", 4 * HOUR_US),
        (WARNED - 1, "running", 2 * HOUR_US + 1),
        (WARNED, "warning", 2 * HOUR_US),
        (DUE, "warning", 0),
        (DUE + 1, "broken", -1),
        (at("2026-04-08T13:00"), "broken", -8 * HOUR_US),
    ],
)
def test_a_promise_runs_in_business_hours(as_of: int, state: str, left: int) -> None:
    found = sla_of("MQL", SINCE, TERMS, as_of)
    assert found == ("MQL", SINCE, WARNED, DUE, left, state)


def test_where_nothing_is_promised_nothing_runs() -> None:
    assert sla_of("SAL", SINCE, TERMS, SINCE) is None
    assert sla_of(None, SINCE, TERMS, SINCE) is None
    assert sla_of("MQL", SINCE, None, SINCE) is None


def test_an_event_is_one_of_those_that_were_agreed_on() -> None:
    prices = EventAlert(
        name="p", tell=("sales",), kind="event", events=("page_view",),
        items=(" /Preise*", "/a[1]?x"),
    )  # fmt: skip
    assert prices.is_about("page_view", "/preise/2026 ")
    assert prices.is_about("page_view", "/A[1]?X")
    for item in (None, "", "/a1zx", "/a[1]zx", "x/preise"):
        assert not prices.is_about("page_view", item)
    assert not prices.is_about("page_views", "/preise")
    any_item = prices.model_copy(update={"items": None})
    assert any_item.is_about("page_view", None)


@pytest.mark.parametrize(
    ("origin", "to", "raised"),
    [
        ("C", "A", {"CA", "DA"}),
        ("D", "B", {"DA", "DB"}),
        (None, "B", {"CA", "DA", "CB", "DB", "-A", "-B"}),
        (None, "A", {"BA", "CA", "DA", "-A"}),
    ],
)
def test_a_grade_jumps_from_one_to_another(origin: str | None, to: str, raised: set[str]) -> None:
    alert = GradeAlert.model_validate(
        {"name": "g", "tell": ["sales"], "kind": "grade", "from": origin, "to": to}
    )
    found = {
        f"{before or '-'}{now}"
        for before in (None, "A", "B", "C", "D")
        for now in ("A", "B", "C", "D")
        if alert.is_about(before, now)
    }
    assert found == raised


def test_an_alert_is_about_leads_of_its_stages_and_use_cases() -> None:
    every = EventAlert(name="a", tell=("sales",), kind="event", events=("x",))
    some = every.model_copy(update={"stages": ("MQL",), "use_cases": ("austria",)})
    assert every.concerns(None, None)
    assert some.concerns("MQL", "austria")
    assert not some.concerns("SAL", "austria")
    assert not some.concerns("MQL", None)
    assert not some.concerns(None, "austria")


AUSTRIA = {
    "name": "austria",
    "when": {"country": "AT"},
    "sla": {
        "hours": {
            **HOURS,
            "time_zone": "Europe/Vienna",
            "region": "AT",
            "closed": ["04-03", "04-07"],
        }
    },
}


def test_a_use_case_has_hours_and_promises_of_its_own() -> None:
    read = Lifecycle.model_validate(promising() | {"use_cases": [AUSTRIA]})
    austria, usual = read.promised("austria"), read.promised(None)
    assert usual == read.sla == read.promised("elsewhere") and austria is not None
    # The stages are the usual ones, the hours are not.
    assert austria.stages == TERMS.stages
    found = sla_of("MQL", SINCE, austria, SINCE)
    assert found is not None and found.due_at == at("2026-04-08T13:00")
    shorter = {**AUSTRIA, "sla": {"stages": {"MQL": {"within": "1h"}, "lead": {"within": "4h"}}}}
    other = Lifecycle.model_validate(promising() | {"use_cases": [shorter]})
    terms = other.promised("austria")
    assert terms is not None and terms.hours == TERMS.hours and set(terms.stages) == {"MQL", "lead"}
    assert sla_of("MQL", SINCE, terms, SINCE) != sla_of("MQL", SINCE, other.promised(None), SINCE)
    assert other.promises_of("MQL").keys() == {None, "austria"}
    assert other.promises_of("lead").keys() == {"austria"}
    whole = {"hours": HOURS, "stages": {"MQL": {"within": "1h"}}}
    alone = Lifecycle.model_validate(small(use_cases=[{**AUSTRIA, "sla": whole}]))
    assert alone.promised(None) is None and alone.promised("austria") is not None


def test_what_is_said_of_use_cases_and_closed_days_is_in_the_fingerprint() -> None:
    usual = Lifecycle.model_validate(promising())
    others = [
        promising() | {"use_cases": [AUSTRIA]},
        promising(hours={**HOURS, "closed": ["12-24"]}),
        promising(stages={"MQL": {"within": "8h", "kept_by": ["call"]}}),
    ]
    found = {Lifecycle.model_validate(one).fingerprint for one in others}
    assert len(found | {usual.fingerprint}) == 4
    silent = promising(
        hours={**HOURS, "closed": []}, stages={"MQL": {"within": "8h", "kept_by": []}}
    )
    assert Lifecycle.model_validate(silent).fingerprint == usual.fingerprint


def promising(**changes: object) -> dict[str, object]:
    return small(sla={"hours": HOURS, "stages": {"MQL": {"within": "8h"}}, **changes})


def alerting(**changes: object) -> dict[str, object]:
    alert = {"name": "a", "kind": "sla_broken", "tell": ["sales"], **changes}
    return {**promising(), "alerts": [alert]}


def grade(**changes: object) -> dict[str, object]:
    return {**small(), "alerts": [{"name": "a", "kind": "grade", "tell": ["s"], **changes}]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (promising(stages={"SAL": {"within": "8h"}}), "sla.stages.SAL: there is no [stages.SAL]"),
        (promising(stages={"SQL": {"within": "8h"}}), "sla.stages.SQL: the stage is an end"),
        (promising(stages={}), "sla.stages"),
        (promising(stages={"MQL": {"within": "2d"}}), "sla.stages.MQL.within"),
        (promising(stages={"MQL": {"within": "8h", "warn_at": 1}}), "sla.stages.MQL.warn_at"),
        (promising(stages={"MQL": {"within": "2081h"}}), "2081h is more than a year of hours"),
        (small(sla={"stages": {"MQL": {"within": "8h"}}}), "sla.hours"),
        (small(use_cases=[AUSTRIA]), "use case 'austria': sla: write hours and stages, there or"),
        (
            promising()
            | {"use_cases": [{**AUSTRIA, "sla": {"stages": {"SQL": {"within": "8h"}}}}]},
            "use case 'austria': sla.stages.SQL: the stage is an end; leave it out",
        ),
        (
            promising()
            | {"use_cases": [{**AUSTRIA, "sla": {"stages": {"MQL": {"within": "2081h"}}}}]},
            "use case 'austria': stages.MQL.within: 2081h is more than a year of hours",
        ),
        (
            promising() | {"use_cases": [{"name": "austria", "when": {"country": "AT"}}]},
            "needs or sla must say what is agreed on otherwise",
        ),
        (promising(stages={"MQL": {"within": "8h", "kept_by": "call"}}), "sla.stages.MQL.kept_by"),
        (alerting(kind="sla_gone"), "alerts.0"),
        (alerting(tell=[]), "alerts.0.sla_broken.tell"),
        (alerting(tell=["Sales Lead"]), "alerts.0.sla_broken.tell.0"),
        (alerting(stages=["SAL"]), "alert 'a': there is no [stages.SAL]; add it"),
        (alerting(stages=["lead"]), "alert 'a': nothing is promised of lead"),
        (alerting(use_cases=["x"]), "alert 'a': there is no use case 'x'; add it"),
        (alerting(kind="sla_warning", after="1h"), "after is of sla_broken"),
        (alerting(after="9999h"), "alert 'a': after: 9999h is more than a year of hours"),
        (
            {**alerting(), "sla": None},
            "alert 'a': nothing is promised; add [sla], or leave the alert out",
        ),
        (
            {**small(), "alerts": [grade(to="A")["alerts"][0]] * 2},  # type: ignore[index]
            "alert 'a' is there twice; give each its own name",
        ),
        (grade(**{"from": "B", "to": "B"}), "from must be a worse grade than to"),
        (grade(to="E"), "alerts.0.grade.to"),
        (grade(), "alerts.0.grade.to"),
        (grade(to="A", events=["x"]), "alerts.0.grade.events"),
        (grade(to="A", quiet_for="1 day"), "alerts.0.grade.quiet_for"),
    ],
)
def test_what_contradicts_itself_is_refused(document: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        Lifecycle.model_validate(document)
    assert said in str(caught.value)


SELDOM = {
    "name": "seldom",
    "when": {"country": "CH"},
    "sla": {
        "hours": {"time_zone": "UTC", "monday": "09:00-10:00"},
        "stages": {"lead": {"within": "1h"}},
    },
}


@pytest.mark.parametrize(
    ("alert", "said"),
    [
        ({"after": "60h"}, "more than a year of hours"),
        ({"use_cases": ["seldom"], "after": "60h"}, "more than a year of hours"),
        ({"use_cases": ["austria"], "after": "60h"}, None),
        ({"stages": ["lead"]}, None),
        ({"use_cases": ["seldom"], "stages": ["lead"]}, None),
        ({"use_cases": ["austria"], "stages": ["lead"]}, "nothing is promised of lead"),
        ({"use_cases": ["seldom", "austria"], "stages": ["lead"]}, None),
    ],
)
def test_an_alert_is_held_against_what_it_is_about(
    alert: dict[str, object], said: str | None
) -> None:
    document = alerting(**alert) | {"use_cases": [AUSTRIA, SELDOM]}
    if said is None:
        assert Lifecycle.model_validate(document).alerts[0].name == "a"
        return
    with pytest.raises(ValueError, match=said):
        Lifecycle.model_validate(document)


def test_an_alert_on_leads_of_whom_nothing_is_promised_is_refused() -> None:
    other = {**SELDOM, "sla": None, "model": "models:/leads-ch/1"}
    document = {**alerting(use_cases=["seldom"]), "sla": None, "use_cases": [other]}
    with pytest.raises(ValueError, match="alert 'a': nothing is promised; add"):
        Lifecycle.model_validate(document)


def test_the_promises_that_ship_hold_together() -> None:
    read = agreement()
    assert read.sla is not None
    found = sla_of("MQL", NOW, read.sla, NOW)
    assert found is not None
    assert NOW < found.warn_at < found.due_at < NOW + 5 * DAY_US


def test_who_promises_nothing_keeps_the_fingerprint() -> None:
    silent = agreement(sla=None, alerts=[])
    # What there was to say before anything could be promised.
    said = silent.model_dump_json(
        include={"stages", "transitions", "bant", "views", "use_cases"}
    ).encode()
    assert silent.fingerprint == hashlib.sha256(said).hexdigest()[:12]
    assert agreement(alerts=[]).fingerprint != agreement().fingerprint
