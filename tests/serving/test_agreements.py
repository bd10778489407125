"""What is agreed on is taken up while the service runs, and never at the price of what counts."""

import threading
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from serving.agreements import Agreements, parse_agreement
from serving.lifecycle.agreement import SHIPPED, Lifecycle
from serving.record.database.database import Database
from serving.record.lifecycle.agreements import Kind, Version, agree
from serving.scoring.rules import SHIPPED as SHIPPED_RULES
from serving.scoring.rules import Rules
from tests.serving.record.telling import NOW

LIFECYCLE = SHIPPED.read_text(encoding="utf-8")
RULES = SHIPPED_RULES.read_text(encoding="utf-8")
OTHER_RULES = RULES.replace("mal = 20", "mal = 25")


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


def keep(database: Database, kind: Kind, number: int, text: str) -> None:
    with database.writing() as connection:
        agree(connection, Version(kind, number, text, "user 7", NOW))


def test_the_record_comes_before_the_files(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES.replace("mal = 20", "mal = 21"), encoding="utf-8")
    agreements = Agreements(database, None, file)
    agreements.look()
    assert agreements.rules.said.thresholds.mal == 21
    keep(database, "rules", 1, OTHER_RULES)
    agreements.look()
    assert (agreements.rules.version, agreements.rules.said.thresholds.mal) == (1, 25)
    assert agreements.rules.text == OTHER_RULES
    assert (agreements.lifecycle.version, agreements.lifecycle.text) == (0, LIFECYCLE)
    assert agreements.in_force("rules") is agreements.rules
    assert agreements.in_force("lifecycle") is agreements.lifecycle


def test_what_cannot_be_used_leaves_what_counts(database: Database) -> None:
    agreements = Agreements(database, None, None)
    keep(database, "lifecycle", 1, LIFECYCLE.replace('version = "1"', 'version = "2"'))
    agreements.look()
    keep(database, "lifecycle", 2, "version = 3")
    agreements.look()
    assert agreements.lifecycle.said.version == "2"
    assert "version 2 of the lifecycle: version" in agreements.unusable["lifecycle"]
    keep(database, "lifecycle", 3, LIFECYCLE)
    agreements.look()
    assert (agreements.lifecycle.version, agreements.unusable) == (3, {})


def test_a_record_that_is_away_leaves_what_counts(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none' / 'record.db'}")
    agreements = Agreements(database, None, None)
    agreements.look()
    assert agreements.rules.version == 0
    database.close()


def test_it_is_told_at_the_start_and_within_seconds(database: Database) -> None:
    heard: list[tuple[Lifecycle, Rules]] = []
    changed = threading.Event()

    def told(lifecycle: Lifecycle, rules: Rules) -> None:
        heard.append((lifecycle, rules))
        changed.set()

    agreements = Agreements(database, None, None)
    agreements.start(told)
    assert heard == [(agreements.lifecycle.said, agreements.rules.said)]
    changed.clear()
    keep(database, "rules", 1, OTHER_RULES)
    assert changed.wait(10)
    assert heard[-1][1].thresholds.mal == 25
    changed.clear()
    keep(database, "rules", 2, RULES)
    agreements.look_soon()
    assert changed.wait(1)
    agreements.stop()
    keep(database, "rules", 3, OTHER_RULES)
    assert agreements.rules.version == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "[" * 5_000, "nested too deeply"),
        ("x = " + "9" * 5_000, "is not TOML"),
        ("version = \nx", "line 1"),
        ("", "key 'version' is missing"),
        ("\ufeffversion = 1", "is not TOML"),
    ],
)
def test_no_text_breaks_the_reader(text: str, said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        parse_agreement("lifecycle", text)
