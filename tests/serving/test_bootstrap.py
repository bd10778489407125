"""What a process begins with, and what it follows: the newest versions of the record."""

import threading
from pathlib import Path

import pytest

from serving.bootstrap import agreed_of, follow, open_record
from serving.lifecycle.agreement import SHIPPED, read_lifecycle
from serving.record.lifecycle.agreements import Version, agree
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.watches import Watches
from tests.serving.record.telling import NOW

OTHER_RULES = SHIPPED_RULES.read_text(encoding="utf-8").replace("mal = 20", "mal = 25")
OTHER_LIFECYCLE = SHIPPED.read_text(encoding="utf-8").replace('version = "1"', 'version = "2"')


@pytest.fixture
def settings(record_file: str) -> Settings:
    return Settings(database_url=record_file)


def test_a_process_begins_with_the_newest_and_follows(settings: Settings) -> None:
    record = open_record(settings)
    assert record is not None
    assert agreed_of(settings, record) == (read_lifecycle(), read_rules())
    heard = threading.Event()

    def told(scoring: Scoring, _: str | None) -> None:
        if scoring.rules.thresholds.mal == 25:
            heard.set()

    watches = Watches(settings, agreed_of(settings, record), told)
    watches.look()
    follow(record, watches)
    with record.database.writing() as connection:
        agree(connection, Version("lifecycle", 1, OTHER_LIFECYCLE, "user 1", NOW))
        agree(connection, Version("rules", 1, OTHER_RULES, "user 1", NOW))
    assert heard.wait(10)
    assert record.lifecycle.version == "2"
    record.close()
    other = open_record(settings)
    assert other is not None
    assert other.lifecycle.version == "2"
    assert agreed_of(settings, other)[1].thresholds.mal == 25
    other.close()


def test_without_a_record_the_files_count(tmp_path: Path) -> None:
    file, lifecycle = tmp_path / "rules.toml", tmp_path / "lifecycle.toml"
    file.write_text(OTHER_RULES, encoding="utf-8")
    lifecycle.write_text(OTHER_LIFECYCLE, encoding="utf-8")
    settings = Settings(rules=file, lifecycle=lifecycle)
    assert open_record(settings) is None
    assert agreed_of(settings, None)[1].thresholds.mal == 25
    assert agreed_of(settings, None)[0].version == "2"
    follow(None, Watches(settings, agreed_of(settings, None), lambda *_: None))
