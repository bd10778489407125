"""When leads start of which no column tells when they were created."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.contract.duration import HOUR_US
from features.contract.lead import micros, moment
from features.declaration.feature_set import Behaviour, FeatureSet, LeadAge
from features.local import LocalFeatures
from tests.features.files import events, read, write


def us(year: int, month: int, day: int) -> int:
    return micros(datetime(year, month, day, tzinfo=UTC), "test")


def test_leads_may_be_created_when_first_seen(tmp_path: Path) -> None:
    lines = ["id,company", "1,a", "2,a", "3,", "4,", "5,"]
    write(tmp_path, "seen.csv", lines)
    write(
        tmp_path,
        "events.csv",
        [
            "id,at,type,seen",
            "1,2026-02-03T00:00:00Z,page,",
            "1,2026-02-02T00:00:00Z,page,",
            "2,2026-02-02T00:00:00Z,page,2026-02-07T00:00:00Z",
            "2,2026-02-03T00:00:00Z,page,2026-02-04T00:00:00Z",
            "3,2026-02-09T00:00:00Z,page,",
            "4,1960-01-01T00:00:00Z,page,",
            "5,2027-01-01T00:00:00Z,page,",
        ],
    )
    write(tmp_path, "visits.csv", ["company,at", "a,2026-01-20T00:00:00Z"])
    write(tmp_path, "stages.csv", ["id,at", "3,2026-02-05T00:00:00Z", "4,1970-01-01T00:00:00Z"])
    visits = {
        "path": "visits.csv",
        "columns": {"account_id": "company", "occurred_at": "at"},
        "constants": {"event_type": "visit"},
    }
    at = {"lead_id": "id", "at": "at"}
    stages = {"path": "stages.csv", "columns": at, "constants": {"stage": "MQL"}}
    leads = {
        "path": "seen.csv",
        "columns": {"lead_id": "id", "account_id": "company"},
        "created": "first_seen",
    }
    now = us(2026, 6, 1)
    with read(
        tmp_path,
        leads=leads,
        now=now,
        events=[events(recorded_at="seen"), visits],
        stages=[stages],
    ) as history:
        created = dict(zip(history.leads().lead_id, history.leads().created, strict=True))
        never = us(2026, 1, 20)
        assert created == {
            "1": us(2026, 2, 2) + 1,
            "2": us(2026, 2, 4),
            "3": us(2026, 2, 5),
            "4": never,
            "5": never,
        }
        assert history.report.leads_never_seen == 2
        assert not history.leads().dated
        assert [end.section for end in history.report.ends] == [
            "sources.events.0",
            "sources.events.1",
        ]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(-4, 9)), min_size=1, max_size=9
    )
)
def test_a_lead_starts_once_something_is_known_of_it(told: list[tuple[int, int, int]]) -> None:
    """Leads, hours and lags in hours: at its creation at least one event of a lead counts."""
    start, hour = us(2026, 2, 1), timedelta(hours=1)
    leads = {"path": "ids.csv", "columns": {"lead_id": "id"}, "created": "first_seen"}
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, "ids.csv", ["id", *"0123"])
        lines = [
            f"{lead},{moment(start) + at * hour},page,{moment(start) + (at + lag) * hour}"
            for lead, at, lag in told
        ]
        write(folder, "events.csv", ["id,at,type,seen", *lines])
        with read(folder, leads=leads, events=[events(recorded_at="seen")]) as history:
            seen = np.unique([lead for lead, _, _ in told])
            created = history.leads().created[seen]
            count = FeatureSet(features=(Behaviour(operator="count"),))
            assert (LocalFeatures(count, history).table(seen, created).numbers > 0).all()
    first = {
        lead: min(
            start + max(at * HOUR_US + 1, (at + lag) * HOUR_US)
            for other, at, lag in told
            if other == lead
        )
        for lead in seen
    }
    assert dict(zip(seen, created, strict=True)) == first


def test_leads_may_all_be_created_at_one_moment(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", ["id,at,type", "1,2026-02-02T00:00:00Z,page"])
    leads = {
        "path": "leads.csv",
        "columns": {"lead_id": "id"},
        "created": datetime(2026, 1, 1, tzinfo=UTC),
    }
    with read(tmp_path, leads=leads, events=[events()]) as history:
        assert history.leads().created.tolist() == [us(2026, 1, 1)] * 3
        assert history.complete_until() == us(2026, 2, 2)
        assert history.report.leads_never_seen == 0


@pytest.mark.parametrize("created", ["first_seen", datetime(2026, 1, 1, tzinfo=UTC)])
def test_a_creation_that_no_column_tells_is_no_age(tmp_path: Path, created: object) -> None:
    write(tmp_path, "events.csv", ["id,at,type", "1,2026-02-02T00:00:00Z,page"])
    leads = {"path": "leads.csv", "columns": {"lead_id": "id"}, "created": created}
    age = FeatureSet(features=(LeadAge(),))
    lead, as_of = np.arange(3), np.full(3, us(2026, 3, 1))
    with read(tmp_path, leads=leads, events=[events()]) as history:
        assert np.isnan(LocalFeatures(age, history).table(lead, as_of).numbers).all()
