import filecmp
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from experiments.simulator import Simulation, simulate
from experiments.simulator.behaviour import EVENT_TYPES, draw_events
from experiments.simulator.market import CHANNELS, NEVER, draw_market
from experiments.simulator.outcome import drift_until
from features.contract.duration import DAY_US
from tests.experiments.simulated import (
    UNTIL,
    UNTIL_US,
    column,
    lead_of_events,
    moments,
    stage_moments,
)
from training.project.project import read_project

DATA = ("leads.parquet", "events.parquet", "stages.parquet", "truth.parquet")


def test_same_seed_gives_the_same_files_and_another_seed_does_not(tmp_path: Path) -> None:
    for folder, seed in (("a", 3), ("b", 3), ("c", 4)):
        simulate(tmp_path / folder, leads=300, seed=seed)
    for file in DATA:
        assert filecmp.cmp(tmp_path / "a" / file, tmp_path / "b" / file, shallow=False)
        assert not filecmp.cmp(tmp_path / "a" / file, tmp_path / "c" / file, shallow=False)


def test_several_chunks_have_their_own_leads_and_events(tmp_path: Path) -> None:
    simulation = simulate(tmp_path, leads=20_050)
    leads = column(simulation, "leads.parquet", "lead_id")
    assert len(set(leads)) == len(leads) == 20_050
    events = column(simulation, "events.parquet", "event_id")
    assert len(set(events)) == len(events) == simulation.events
    assert 15 <= simulation.events / simulation.leads <= 25


def test_times_are_utc_and_in_order(simulation: Simulation) -> None:
    created = moments(simulation, "leads.parquet", "created_at")
    occurred = moments(simulation, "events.parquet", "occurred_at")
    recorded = moments(simulation, "events.parquet", "recorded_at")
    stages = moments(simulation, "stages.parquet", "at")
    lead = lead_of_events(simulation)
    assert (occurred >= created[lead]).all()
    assert (recorded >= occurred).all()
    assert max(created.max(), recorded.max(), stages.max()) <= UNTIL_US
    closed = np.minimum(stage_moments(simulation, "SQL"), stage_moments(simulation, "DISQUALIFIED"))
    assert (occurred < closed[lead]).all()
    for file, name in (("leads", "created_at"), ("events", "occurred_at"),
                       ("events", "recorded_at"), ("stages", "at")):  # fmt: skip
        schema = pq.read_schema(simulation.folder / f"{file}.parquet")
        assert schema.field(name).type == pa.timestamp("us", tz="UTC")


def test_only_webinars_and_trade_fairs_come_late(simulation: Simulation) -> None:
    late = moments(simulation, "events.parquet", "recorded_at") - moments(
        simulation, "events.parquet", "occurred_at"
    )
    kind = np.array(column(simulation, "events.parquet", "event_type"))
    assert DAY_US < late[kind == "webinar"].max() <= 3 * DAY_US
    assert 4 * DAY_US < late[kind == "trade_fair_visit"].max() <= 7 * DAY_US
    assert not late[~np.isin(kind, ["webinar", "trade_fair_visit"])].any()


def test_stages_come_in_their_order(simulation: Simulation) -> None:
    mal, mql, sal, sql, disqualified = (
        stage_moments(simulation, stage) for stage in ("MAL", "MQL", "SAL", "SQL", "DISQUALIFIED")
    )
    created = moments(simulation, "leads.parquet", "created_at")
    became = sql != NEVER
    assert became.any()
    assert not (became & (disqualified != NEVER)).any()
    assert (sal[became] < sql[became]).all()
    assert (sal[became] != NEVER).all()
    for earlier, later in ((created, mal), (mal, mql), (mql, sal), (sal, sql)):
        assert (earlier <= later)[later != NEVER].all()
    lost = disqualified != NEVER
    assert ((mql < disqualified) | (mql == NEVER))[lost].all()
    assert (created < np.minimum(sql, disqualified)).all()


def test_every_channel_and_lead_magnet_occurs(simulation: Simulation) -> None:
    assert set(column(simulation, "leads.parquet", "channel")) == set(CHANNELS)
    assert set(column(simulation, "events.parquet", "event_type")) == set(EVENT_TYPES)


def test_some_profile_values_are_missing(simulation: Simulation) -> None:
    for field in ("account_id", "industry", "employees", "role"):
        values = column(simulation, "leads.parquet", field)
        assert 0.02 < sum(value is None for value in values) / len(values) < 0.2


def test_accounts_are_buying_groups(simulation: Simulation) -> None:
    accounts = [a for a in column(simulation, "leads.parquet", "account_id") if a is not None]
    sizes = np.unique(np.array(accounts), return_counts=True)[1]
    assert sizes.min() == 1
    assert 4 <= sizes.max() <= 6


def test_e_mails_go_only_to_who_opted_in_and_did_not_leave(simulation: Simulation) -> None:
    lead = lead_of_events(simulation)
    kind = np.array(column(simulation, "events.parquet", "event_type"))
    occurred = moments(simulation, "events.parquet", "occurred_at")
    opted_in = np.array(column(simulation, "leads.parquet", "newsletter"))
    left = np.full(simulation.leads, NEVER)
    leaving = kind == "unsubscribe"
    left[lead[leaving]] = occurred[leaving]
    assert len(set(lead[leaving].tolist())) == leaving.sum()
    mail = np.isin(kind, ["email_open", "email_click"])
    assert opted_in[lead[mail]].all()
    assert (occurred[mail] <= left[lead[mail]]).all()


def test_channels_events_and_conversion_drift() -> None:
    market = draw_market(20_000, 0, UNTIL_US, np.random.default_rng(5))
    early = market.created < UNTIL_US - 365 * DAY_US
    late = market.created > UNTIL_US - 183 * DAY_US
    social, sea = (
        market.channel == CHANNELS.index("social"),
        market.channel == CHANNELS.index("sea"),
    )
    assert social[late].mean() > 1.3 * social[early].mean()
    assert sea[early].mean() > 1.1 * sea[late].mean()

    events = draw_events(market, np.full(20_000, NEVER), UNTIL_US, np.random.default_rng(6))
    half = events.occurred > UNTIL_US - 274 * DAY_US
    webinar = events.kind == EVENT_TYPES.index("webinar")
    opened = events.kind == EVENT_TYPES.index("email_open")
    assert (
        webinar[half].sum() / opened[half].sum() > 1.2 * webinar[~half].sum() / opened[~half].sum()
    )

    drift = drift_until(UNTIL_US).log_drift
    assert (drift[12:18, CHANNELS.index("sea")] < drift[0:6, CHANNELS.index("sea")]).all()


def test_behaviour_rises_before_and_in_the_buying_phase() -> None:
    market = draw_market(20_000, 0, UNTIL_US, np.random.default_rng(5))
    events = draw_events(market, np.full(20_000, NEVER), UNTIL_US, np.random.default_rng(6))
    begins = market.buying_from[events.lead]
    whole = (market.buying_from - market.created > 50 * DAY_US)[events.lead] & (begins != NEVER)
    whole &= begins < UNTIL_US
    before = (events.occurred - begins)[whole]
    calm = ((before >= -50 * DAY_US) & (before < -29 * DAY_US)).sum()
    reading_up = ((before >= -21 * DAY_US) & (before < 0)).sum()
    assert reading_up > 2 * calm


def test_project_file_reads_the_folder(simulation: Simulation) -> None:
    project = read_project(simulation.project)
    assert project.target == "SQL"
    assert set(EVENT_TYPES) <= project.labels.keys()
    assert {*project.profile.numeric, *project.profile.categorical} <= project.labels.keys()
    sources = tomllib.loads(simulation.project.read_text())["sources"]
    for source in (sources["leads"], *sources["events"], *sources["stages"]):
        names = pq.read_schema(simulation.folder / source["path"]).names
        assert set(source["columns"].values()) <= set(names)


def test_any_end_with_a_time_zone_is_meant_in_utc(tmp_path: Path) -> None:
    berlin = datetime(2025, 3, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    simulate(tmp_path / "berlin", leads=50, until=berlin)
    simulate(tmp_path / "utc", leads=50, until=datetime(2025, 3, 1, tzinfo=UTC))
    for file in DATA:
        assert filecmp.cmp(tmp_path / "berlin" / file, tmp_path / "utc" / file, shallow=False)


def test_the_smallest_market_is_one_lead(tmp_path: Path) -> None:
    simulation = simulate(tmp_path, leads=1)
    assert column(simulation, "leads.parquet", "lead_id") == ["L0000001"]


@pytest.mark.parametrize(
    ("leads", "seed", "until", "message"),
    [
        (0, 7, UNTIL, "simulate at least 1"),
        (10, -1, UNTIL, "give 0 or more"),
        (10, 7, UNTIL.replace(tzinfo=None), "until: has no time zone"),
    ],
)
def test_a_market_that_cannot_be_is_refused(
    tmp_path: Path, leads: int, seed: int, until: datetime, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        simulate(tmp_path, leads=leads, seed=seed, until=until)
