"""What a process begins with, and what it follows: the newest versions of the record."""

import threading
from pathlib import Path

import pytest

from serving.bootstrap import follow, open_record, rules_of
from serving.lifecycle.agreement import SHIPPED
from serving.record.agreements import Version, agree
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Scoring
from serving.settings import Settings
from serving.watch import Watch
from tests.serving.record.telling import NOW

OTHER_RULES = SHIPPED_RULES.read_text(encoding="utf-8").replace("mal = 20", "mal = 25")
OTHER_LIFECYCLE = SHIPPED.read_text(encoding="utf-8").replace('version = "1"', 'version = "2"')


@pytest.fixture
def settings(record_file: str) -> Settings:
    return Settings(database_url=record_file)


def test_a_process_begins_with_the_newest_and_follows(settings: Settings) -> None:
    record = open_record(settings)
    assert record is not None
    assert rules_of(settings, record) == read_rules()
    heard = threading.Event()

    def told(scoring: Scoring, _: str | None) -> None:
        if scoring.rules.thresholds.mal == 25:
            heard.set()

    watch = Watch(None, settings, rules_of(settings, record), told)
    watch.look()
    follow(record, watch)
    with record.database.writing() as connection:
        agree(connection, Version("lifecycle", 1, OTHER_LIFECYCLE, "user 1", NOW))
        agree(connection, Version("rules", 1, OTHER_RULES, "user 1", NOW))
    assert heard.wait(10)
    assert record.lifecycle.version == "2"
    record.close()
    other = open_record(settings)
    assert other is not None
    assert other.lifecycle.version == "2"
    assert rules_of(settings, other).thresholds.mal == 25
    other.close()


def test_without_a_record_the_file_counts(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(OTHER_RULES, encoding="utf-8")
    settings = Settings(rules=file)
    assert open_record(settings) is None
    assert rules_of(settings, None).thresholds.mal == 25
    follow(None, Watch(None, settings, rules_of(settings, None), lambda *_: None))
