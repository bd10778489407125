"""Scores that were given are said again offline, whatever came late since; on both databases."""

import math
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select, update

from features.contract.lead import Event, moment
from serving.intake.events import Whose
from serving.record.database.database import Database
from serving.record.leads.leads import find_lead
from serving.record.privacy.erasure import erase_lead
from serving.record.privacy.policy import Policy
from serving.record.schema import event, lead, profile_value, score_given
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from serving.work.rescoring import rescore_due
from tests.e2e.command import leadscore
from tests.registry import Registry
from tests.serving.record.telling import HOUR, NOW, did, put, told
from tests.tiny import tiny_training
from tests.training.record.market import Market
from training.consistency.bases import GivenBases
from training.consistency.check import NoRecordError, check_consistency
from training.consistency.outcome import Consistency
from training.progress import Progress
from training.project.project import Project, read_project

QUIET = Progress(Console(quiet=True))
PATIENT = Conditions(deadline=math.inf)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Scoring:
    loaded = tiny_training().load(tmp_path_factory.mktemp("model"), "leadscore-tiny/1")
    return Scoring(read_rules(), loaded, PATIENT)


RULES = Scoring(read_rules(), "no_model", PATIENT)


@pytest.fixture
def project(
    tmp_path: Path, registry: Registry, record_url: str, monkeypatch: pytest.MonkeyPatch
) -> Project:
    monkeypatch.setenv("LEADSCORE_DATABASE_URL", record_url)
    path = tmp_path / "project.toml"
    tracking = f'[mlflow]\ntracking_uri = "{registry.tracking_uri}"\n'
    path.write_text(f'name = "tiny"\nsource = "record"\n{tracking}')
    return read_project(path)


def check(
    project: Project, folder: Path, model: str | None = None, since: int | None = None,
    limit: int = 100_000,
) -> Consistency:  # fmt: skip
    bases = GivenBases(project, folder, folder / "cache", model)
    return check_consistency(project, folder, QUIET, bases, since=since, limit=limit)


def score_all(database: Database, scoring: Scoring, at: int) -> int:
    """Score every lead that may be scored, and return how many scores there are now."""
    with database.writing() as connection:
        connection.execute(update(lead).values(due=at))
    while rescore_due(StoredScores(database, Policy()), scoring, at):
        pass
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(score_given)).scalar_one()


@pytest.fixture
def disorder(database: Database, model: Scoring) -> int:
    """Tell a record in disorder while scores are given, and return how many were."""
    market = Market(database, seed=8)
    market.begin()
    given = 0
    for at in range(NOW - 89 * HOUR, NOW, HOUR):
        market.happen(at)
        market.happen(at + HOUR // 2)
        if (NOW - at) // HOUR % 6 == 0:
            score_all(database, model, at + HOUR - 1)
            given = score_all(database, RULES, at + HOUR - 1)
    assert given > 150
    return given


def test_nothing_that_came_late_is_a_mismatch(
    project: Project, tmp_path: Path, database: Database, disorder: int
) -> None:
    found = check(project, tmp_path)
    with database.reading() as connection:
        for given in connection.execute(select(score_given)):
            whole = given.base_log_odds + math.fsum(given.contributions.values())
            assert whole == pytest.approx(given.log_odds, abs=1e-9)
    assert found.mismatch == 0, list(found.lines())
    assert found.match + found.missing == disorder
    assert found.otherwise > 50
    assert found.match - found.otherwise > 20
    assert (found.unknowable, found.extra, found.others) == (0, 0, {})
    only = check(project, tmp_path, "models:/leadscore-tiny/1")
    assert only.match + only.missing + only.others.total() == disorder
    assert only.mismatch == 0
    assert min(only.match, only.others.total()) > 100


def prepared(database: Database) -> int:
    """Tell of two colleagues and a stranger, and return the number of the first."""
    market = Market(database, seed=1)
    for lead_id in ("A", "B", "C"):
        firm = None if lead_id == "C" else "firm"
        put(
            database,
            told(
                lead_id, NOW - HOUR, account_id=firm, account_told=True,
                profile={"employees": 100, "industry": "IT"},
            ),
        )  # fmt: skip
        market.consent(lead_id, NOW - HOUR, given=True)
        clicks = [
            Event("demo_request", moment(NOW - 2 * HOUR + n), event_id=str(n)) for n in (1, 2)
        ]
        did(database, Whose("lead_id", lead_id), *clicks, at=NOW - HOUR)
    with database.reading() as connection:
        found = find_lead(connection, "A")
    assert found is not None
    return found.number


@pytest.mark.parametrize(
    ("changed", "subject"),
    [
        (update(event).values(occurred=NOW - 2_000 * HOUR), "event:demo_request"),
        (update(profile_value).where(profile_value.c.field == "employees").values(value=1),
         "profile.employees"),
        (update(lead).values(created=NOW - 5_000 * HOUR), "lead_age_days"),
    ],
    ids=["event", "profile", "lead"],
)  # fmt: skip
def test_what_was_changed_in_the_database_is_found_and_named(
    project: Project, tmp_path: Path, database: Database, model: Scoring, changed: object,
    subject: str,
) -> None:  # fmt: skip
    number = prepared(database)
    assert score_all(database, model, NOW) == 3
    assert check(project, tmp_path).match == 3
    column = "number" if subject == "lead_age_days" else "lead"
    with database.writing() as connection:
        table = changed.table  # type: ignore[attr-defined]
        connection.execute(changed.where(table.c[column] == number))  # type: ignore[attr-defined]
    found = check(project, tmp_path)
    assert found.mismatch >= 1
    assert subject in found.differing
    assert abs(found.furthest[subject]) > 1e-4
    said = "\n".join(found.lines())
    assert f"{subject} differs in " in said
    assert not any(word in said for word in ("'A'", "firm", "industry IT"))


def test_a_score_that_was_changed_is_found(
    project: Project, tmp_path: Path, database: Database
) -> None:
    prepared(database)
    score_all(database, RULES, NOW)
    with database.writing() as connection:
        connection.execute(update(score_given).values(probability=score_given.c.probability + 2e-6))
    found = check(project, tmp_path)
    assert (found.match, found.mismatch) == (0, 3)
    assert {*found.differing} == {"probability"}


def test_what_was_being_written_while_a_lead_was_scored_may_have_been_seen_or_not(
    project: Project, tmp_path: Path, database: Database, model: Scoring
) -> None:
    prepared(database)
    score_all(database, model, NOW)
    # It came in before the score, and was written after it.
    demo = Event("demo_request", moment(NOW - HOUR), event_id="late")
    did(database, Whose("lead_id", "A"), demo, at=NOW - HOUR // 3_600)
    found = check(project, tmp_path)
    assert (found.match, found.otherwise, found.mismatch) == (3, 2, 0)
    # It was written before the score, and came in after its moment.
    did(database, Whose("lead_id", "B"), demo, at=NOW + HOUR + 5)
    score_all(database, model, NOW + HOUR)
    found = check(project, tmp_path)
    assert (found.match, found.mismatch) == (6, 0)


def test_whoever_may_not_be_scored_any_more_is_missing(
    project: Project, tmp_path: Path, database: Database, model: Scoring
) -> None:
    prepared(database)
    score_all(database, model, NOW)
    Market(database, seed=1).consent("C", NOW + 1, given=False)
    found = check(project, tmp_path)
    assert (found.match, found.missing, found.mismatch) == (2, 1, 0)
    assert "Of 1 scores the lead may not be scored any more" in "\n".join(found.lines())


def test_an_erased_colleague_explains_what_cannot_be_replayed(
    project: Project, tmp_path: Path, database: Database, model: Scoring
) -> None:
    number = prepared(database)
    views = [Event("page_view", moment(NOW - HOUR - n), event_id=str(n)) for n in range(20)]
    did(database, Whose("lead_id", "B"), *views, at=NOW - 1)
    score_all(database, model, NOW)
    with database.writing() as connection:
        colleague = find_lead(connection, "B")
        assert colleague is not None
        erase_lead(connection, colleague, "test", NOW + 1)
    found = check(project, tmp_path)
    assert (found.match, found.unknowable, found.mismatch) == (1, 1, 0)
    # Whoever has no company has lost nobody.
    with database.writing() as connection:
        others = event.c.lead != number
        connection.execute(update(event).where(others).values(occurred=NOW - 2_000 * HOUR))
    assert check(project, tmp_path).mismatch == 1


def test_other_models_and_rules_are_counted_apart(
    project: Project, tmp_path: Path, database: Database, model: Scoring
) -> None:
    prepared(database)
    score_all(database, model, NOW)
    score_all(database, RULES, NOW + 1)
    with database.writing() as connection:
        by_model = score_given.c.model_version.is_not(None)
        connection.execute(
            update(score_given).where(by_model).values(model_version="leadscore-tiny/9")
        )
        connection.execute(update(score_given).where(~by_model).values(rules="others"))
    found = check(project, tmp_path)
    assert (found.match, found.mismatch, found.others.total()) == (0, 0, 6)
    assert sorted(why.partition(" gave them")[0] for why in found.others) == [
        "leadscore-tiny/9", "other rules than those of the project",
    ]  # fmt: skip


def test_leads_without_a_score_are_extra_and_the_newest_scores_come_first(
    project: Project, tmp_path: Path, database: Database, model: Scoring
) -> None:
    prepared(database)
    assert check(project, tmp_path).extra == 3
    score_all(database, model, NOW)
    score_all(database, model, NOW + HOUR)
    assert check(project, tmp_path).extra == 0
    assert check(project, tmp_path, limit=4).match == 4
    assert check(project, tmp_path, since=NOW + 1).match == 3
    late = check(project, tmp_path, since=NOW + HOUR + 1)
    assert (late.match, late.extra) == (0, 3)


def test_the_command_tells_by_its_exit_code(
    project: Project, registry: Registry, record_url: str, tmp_path: Path, database: Database,
    model: Scoring,
) -> None:  # fmt: skip
    prepared(database)
    score_all(database, model, NOW)
    text = (tmp_path / "project.toml").read_text(encoding="utf-8")
    (tmp_path / "named.toml").write_text(f'{text}[record]\ndatabase = "{record_url}"\n')
    well = leadscore(tmp_path, "consistency", "named.toml")
    assert (well.returncode, well.stdout.splitlines()[0].split()) == (0, ["match", "3"])
    with database.writing() as connection:
        connection.execute(update(score_given).values(log_odds=0.5))
    ill = leadscore(tmp_path, "consistency", "named.toml", "--model", "models:/leadscore-tiny/1")
    assert ill.returncode == 1, ill.stderr
    assert "log_odds differs in 3 scores" in ill.stdout


def test_the_command_asks_for_the_address_of_the_record(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text('name = "tiny"\nsource = "record"\n')
    assert leadscore(tmp_path, "consistency", "project.toml").stderr.count("is not set") == 1


def test_a_project_of_files_has_no_scores_to_replay(tmp_path: Path) -> None:
    path = tmp_path / "project.toml"
    path.write_text('name = "tiny"\n[sources.leads]\npath = "leads.csv"\n')
    with pytest.raises(NoRecordError, match="set source = 'record'"):
        check(read_project(path), tmp_path, "rules")
