"""Which features a project gets from its data, and what it can change about them."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from features.contract.duration import parse_duration
from features.declaration.feature_set import FeatureSet
from features.history.history import EventTypeSummary
from training.project.project import Project
from training.rows.derivation import Derived, FeatureChoiceError, derive_feature_set

WEEK = parse_duration("7d")

DEMO = EventTypeSummary("demo_request", events=90, leads=40, value_share=0.0, item_share=0.0)
PAGE = EventTypeSummary("page_view", events=50, leads=40, value_share=0.5, item_share=1.0)


def _project(**sections: object) -> Project:
    return Project.model_validate(
        {
            "name": "firm",
            "sources": {"leads": {"path": "leads.csv", "columns": {"created_at": "created_at"}}},
            "profile": {"numeric": ["employees"], "categorical": ["industry"]},
            "stages": {"target": "SQL"},
            "rows": {"horizon": "30d"},
            **sections,
        }
    )


def _names(project: Project, *types: EventTypeSummary, accounts: bool = False) -> list[str]:
    return list(_feature_set(project, *types, accounts=accounts).columns)


def _feature_set(project: Project, *types: EventTypeSummary, accounts: bool = False) -> FeatureSet:
    return derive_feature_set(project, list(types), accounts_tell_more=accounts).feature_set


def test_profile_and_age_are_all_there_is_without_events() -> None:
    assert _names(_project(), accounts=True) == [
        "profile.employees",
        "profile.industry",
        "profile_missing",
        "lead_age_days",
        "season.sine",
        "season.cosine",
    ]


def test_each_event_type_is_counted_in_every_window() -> None:
    names = _names(_project(), DEMO, PAGE)
    for inside in ("*", "demo_request", "page_view"):
        for window in ("1d", "7d", "30d", "90d"):
            assert f"count({inside},{window})" in names
    assert "days_since_last(demo_request)" in names
    assert "days_since_first(page_view)" in names
    assert len(names) == len(set(names))


def test_figures_and_items_are_looked_at_only_where_events_have_them() -> None:
    names = _names(_project(), DEMO, PAGE)
    for operator in ("sum", "max", "mean", "distinct_items"):
        assert f"{operator}(page_view,30d)" in names
        assert f"{operator}(demo_request,30d)" not in names


def test_only_the_most_frequent_event_types_count() -> None:
    names = _names(_project(features={"top_event_types": 1, "windows": ["14d"]}), DEMO, PAGE)
    assert "count(demo_request,14d)" in names
    assert not any("page_view" in name or "(demo_request,7d)" in name for name in names)


def test_accounts_get_features_only_where_they_tell_more() -> None:
    alone = _names(_project(), DEMO)
    together = _names(_project(), DEMO, accounts=True)
    assert {n for n in together if n not in alone} == {
        *(f"account.count(*,{w})" for w in ("1d", "7d", "30d", "90d")),
        "account.active_days(*,30d)",
        "account.days_since_last(*)",
        "account.count(demo_request,30d)",
    }
    assert _names(_project(features={"account": False}), DEMO, accounts=True) == alone


def test_features_are_removed_by_name_and_by_pattern() -> None:
    removed = ["lead_age_days", "count(demo_request,*)"]
    before = _names(_project(), DEMO, PAGE)
    after = _names(_project(features={"remove": removed}), DEMO, PAGE)
    gone = {"lead_age_days", *(f"count(demo_request,{w})" for w in ("1d", "7d", "30d", "90d"))}
    assert after == [name for name in before if name not in gone]


def test_removing_what_is_not_there_is_a_mistake_with_a_suggestion() -> None:
    with pytest.raises(FeatureChoiceError, match=r"did you mean 'lead_age_days'\?"):
        _names(_project(features={"remove": ["lead_age"]}), DEMO)


def test_features_are_added_once() -> None:
    added = [
        {"kind": "behaviour", "operator": "count", "event_type": "demo_request", "window": "7d"},
        {"kind": "behaviour", "operator": "active_days", "window": "2d"},
    ]
    names = _names(_project(features={"add": added}), DEMO)
    assert names[-1] == "active_days(*,2d)"
    assert names.count("count(demo_request,7d)") == 1


def test_windows_and_features_named_twice_count_once() -> None:
    added = {"kind": "behaviour", "operator": "active_days", "window": "2d"}
    names = _names(_project(features={"windows": ["7d", "1w"], "add": [added, added]}), DEMO)
    assert len(names) == len(set(names))


def test_features_of_the_lead_itself_are_added_too() -> None:
    without = {"features": {"remove": ["lead_age_days"]}}
    assert "lead_age_days" not in _names(_project(**without))
    flat = {"stages": None, "rows": None, "flat": {"label": "y", "positive": "1"}}
    leads = {"sources": {"leads": {"path": "leads.csv"}}, "profile": {}}
    added = {"features": {"add": [{"kind": "missing_count"}]}}
    assert _names(_project(**flat, **leads, **added)) == ["profile_missing"]


@pytest.mark.parametrize("kind", ["number", "category"])
def test_a_profile_field_is_not_added_but_declared(kind: str) -> None:
    with pytest.raises(ValidationError, match=r"features\.add"):
        _project(features={"add": [{"kind": kind, "field": "employees"}]})


def test_an_event_type_that_is_personal_becomes_no_feature() -> None:
    personal = EventTypeSummary("mail to erika@example.com", 9, 1, value_share=0, item_share=0)
    with pytest.raises(FeatureChoiceError, match="hold e-mail addresses") as caught:
        _names(_project(), DEMO, personal)
    assert "erika" not in str(caught.value)


def test_no_feature_at_all_is_a_mistake() -> None:
    with pytest.raises(FeatureChoiceError, match="no feature is left"):
        _names(_project(features={"remove": ["*"]}), DEMO)


WEEKLY = EventTypeSummary("opened", 80, 40, value_share=1.0, item_share=0.0, shortest_lag=WEEK)


def _derived(*types: EventTypeSummary, **features: object) -> Derived:
    return derive_feature_set(_project(features=features), list(types), accounts_tell_more=True)


def test_windows_that_events_are_too_old_for_when_known_are_left_out_and_told() -> None:
    derived = _derived(DEMO, WEEKLY)
    names = {*derived.feature_set.columns}
    assert not {"count(opened,1d)", "count(opened,6d)"} & names
    # An event that is known at once when a week old is just inside of a week.
    assert {"count(opened,7d)", "count(opened,30d)", "sum(opened,30d)", "count(*,1d)"} < names
    assert {"count(demo_request,1d)", "days_since_last(opened)", "account.count(*,1d)"} < names
    assert derived.notes == (
        "No event 'opened' is known before 7 days after it happens: windows of 24 hours, always "
        "empty, were left out.",
    )


def test_windows_over_every_event_are_left_out_if_every_type_comes_late() -> None:
    late = replace(WEEKLY, event_type="called", shortest_lag=2 * WEEK + 1)
    together = {*_derived(WEEKLY, late).feature_set.columns}
    assert not {"count(*,1d)", "account.count(*,1d)"} & together
    assert {"count(*,7d)", "trend(*,7d)", "decayed_count(*,7d)"} < together
    alone = _derived(late)
    assert not {"count(*,7d)", "trend(*,7d)"} & {*alone.feature_set.columns}
    assert alone.notes[0] == (
        "No event is known before 14 days after it happens: windows of 24 hours, 7 days, always "
        "empty, were left out."
    )


def test_a_trend_looks_at_the_window_before_too() -> None:
    late = replace(WEEKLY, shortest_lag=WEEK + 1)
    names = {*_derived(late).feature_set.columns}
    assert "count(*,7d)" not in names
    assert "trend(*,7d)" in names


def test_what_the_project_adds_is_computed_and_what_it_removes_is_known_however_late() -> None:
    added = {"kind": "behaviour", "operator": "count", "event_type": "opened", "window": "1d"}
    names = {*_derived(WEEKLY, windows=["1d", "2d"], add=[added]).feature_set.columns}
    assert "count(opened,1d)" in names
    assert "count(opened,2d)" not in names
    assert _derived(WEEKLY, remove=["*,1d)"]).notes == ()


@pytest.mark.parametrize("created", ["first_seen", "2024-01-01T00:00:00Z"])
def test_leads_whose_creation_no_column_tells_have_no_age(created: str) -> None:
    sources = {
        "leads": {"path": "leads.csv", "created": created},
        "stages": [
            {
                "path": "s.csv",
                "columns": {"lead_id": "id", "at": "at"},
                "constants": {"stage": "SQL"},
            }
        ],
    }
    assert "lead_age_days" not in _names(_project(sources=sources), DEMO)


def test_flat_data_know_no_age() -> None:
    flat = _project(
        sources={"leads": {"path": "leads.csv"}},
        stages=None,
        rows=None,
        flat={"label": "y", "positive": "1"},
    )
    assert "lead_age_days" not in _names(flat)


def test_display_names_go_with_the_features() -> None:
    labels = {"demo_request": {"de": "Demo angefragt", "en": "Demo requested"}}
    assert _feature_set(_project(labels=labels), DEMO).names["demo_request"].en == "Demo requested"
