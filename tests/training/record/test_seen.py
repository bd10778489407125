"""Training sees of the record what the service answers by at every past moment; on both kinds."""

from collections.abc import Iterator

import numpy as np
import pytest

from features.declaration.feature_set import Behaviour, FeatureSet, ProfileCategory
from features.local import LocalFeatures
from features.online import OnlineFeatures
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import leads_by_number, parts_of
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.privacy.policy import Policy, Profiling
from tests.serving.record.telling import HOUR, NOW, put, told
from tests.tiny import FEATURE_SET
from tests.training.record.market import LEADS, Market
from training.consistency.replay import fields_of
from training.record.declared import NUMBER
from training.record.history import record_history
from training.record.opened import Record

FEATURES = FeatureSet(
    features=(
        *FEATURE_SET.features,
        ProfileCategory(field="role"),
        Behaviour(operator="sum", event_type="demo_request"),
        Behaviour(operator="distinct_items"),
        Behaviour(operator="days_since_first", level="account"),
    )
)
MOMENTS = range(NOW - 80 * HOUR, NOW, 5 * HOUR)


@pytest.fixture(scope="module")
def market(shared_url: str) -> Iterator[Database]:
    """Return a record in disorder, of which one takes back their consent; no test may change it."""
    database = Database(shared_url)
    market = Market(database, seed=3)
    market.begin()
    for at in range(NOW - 89 * HOUR, NOW, HOUR // 4):
        market.happen(at)
    market.consent("L3", NOW, given=False)
    yield database
    database.close()


def test_training_sees_what_the_service_does(market: Database) -> None:
    with market.reading() as connection:
        policy = Policy()
        with record_history(Record(connection, policy), fields_of(FEATURES)) as history:
            numbers = [int(number) for number in history.leads().carried[NUMBER]]
            lead = np.repeat(np.arange(len(numbers)), len(MOMENTS))
            as_of = np.tile(np.array(MOMENTS), len(numbers))
            seen = LocalFeatures(FEATURES, history).table(lead, as_of)
        online = OnlineFeatures(FEATURES, strict=False)
        by_number = {one.number: one for one in leads_by_number(connection, numbers)}
        for row, (code, moment) in enumerate(zip(lead, as_of.tolist(), strict=True)):
            stored = by_number[numbers[code]]
            [case] = stored_cases(
                connection, [stored], parts_of(connection, [stored.number]), moment, None
            )
            table = online.row(case.lead, case.events, moment, case.account_events).table
            # Sums of the same figures in the same order; nothing is missing, and nothing more.
            assert np.array_equal(seen.numbers[row], table.numbers[0], equal_nan=True)
            assert {f: seen.texts[f][row] for f in seen.texts} == {
                f: table.texts[f][0] for f in table.texts
            }
    assert len(numbers) > 5
    assert len(np.unique(seen.numbers[:, 3])) > 3
    assert len(np.unique(seen.numbers[:, 4])) > 10


def test_what_rules_decided_is_not_learned(database: Database) -> None:
    number = put(database, told("L")).number
    by_rule = StageEntry(number, "MQL", NOW - 2, "rule", "rule", came_from="MAL", allowed=True)
    by_sales = StageEntry(number, "SAL", NOW - 1, "u-17", "sales", came_from="MQL", allowed=True)
    with database.writing() as connection:
        add_stages(connection, [StageEntry(number, "MAL", NOW - 3, "crm"), by_rule, by_sales], NOW)
        consent = NewConsent("profiling", "consent", True, "test", None, None, NOW - 4)
        add_consent(connection, number, consent, NOW)
    with (
        database.reading() as connection,
        record_history(Record(connection, Policy()), fields_of(FEATURES)) as history,
    ):
        assert history.names()[1] == {"MAL", "SAL"}


def test_whoever_may_not_be_profiled_is_absent_and_counted(market: Database) -> None:
    for bases, more in ((("consent",), 0), (("nothing",), len(LEADS))):
        policy = Policy(profiling=Profiling(bases=bases))
        with market.reading() as connection:
            record = Record(connection, policy)
            with record_history(record, fields_of(FEATURES)) as history:
                ids = {*history.leads().lead_id}
                [barred, *_] = history.report.left_out
        assert not {"L3", LEADS[-1]} & ids
        assert (len(ids) == 0) == bool(more)
        assert "leads left out: no basis for profiling is recorded and not withdrawn" in barred
        assert any("visitors left out" in said for said in history.report.left_out)
        assert any("are no numbers" in said for said in history.report.left_out) != bool(more)


def test_contacts_stay_in_the_record(market: Database) -> None:
    with market.reading() as connection:
        record = Record(connection, Policy())
        with record_history(record, fields_of(FEATURES)) as history:
            tables = history.connection.execute(
                "SELECT table_name FROM information_schema.tables"
            ).fetchall()
            for (name,) in tables:
                for row in history.connection.execute(f'SELECT * FROM "{name}"').fetchall():
                    assert not [value for value in row if "cookie" in str(value)]
    assert len(tables) > 2
