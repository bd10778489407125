"""What is sent is what the exports hold, and no difference between two ways stays untold."""

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from experiments.paths.__main__ import main
from experiments.paths.comparison import Answer, compare
from experiments.paths.exports import Exports, ExportsError
from experiments.paths.ways import csv_answers, parquet_answers, request_of
from serving.batch.schema import SCORES
from serving.batch.score_file import score_file
from training.project.project import read_project

_PROJECT = """\
name = "firm"

[sources.leads]
path = "leads.csv.gz"
columns = { lead_id = "id", created_at = "created", account_id = "company" }
time_format = "%d.%m.%Y %H:%M"
timezone = "Europe/Berlin"
delimiter = ";"

[[sources.events]]
path = "visits.csv"
columns = { lead_id = "id", occurred_at = "at", item = "page", value = "minutes" }
constants = { event_type = "visit" }
known_after = "1d"

[profile]
numeric = ["employees"]
categorical = ["industry"]
"""

_LEADS = """\
id;created;company;employees;industry
1;31.03.2024 01:30;7;12;it
2.0;31.03.2024 03:30;7.0;;
1;01.01.2020 00:00;8;99;other
3;01.04.2024 00:00;;5;Bau
"""

_VISITS = """\
id,at,page,minutes
1,2024-04-02T10:00:00+02:00,prices,2.5
2,2024-04-02T09:00:00Z,,
9,2024-04-02T09:00:00Z,,
"""


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    (tmp_path / "project.toml").write_text(_PROJECT, encoding="utf-8")
    (tmp_path / "leads.csv.gz").write_bytes(gzip.compress(_LEADS.encode()))
    (tmp_path / "visits.csv").write_text(_VISITS, encoding="utf-8")
    return Exports(read_project(tmp_path / "project.toml"), tmp_path)


def test_a_request_holds_what_the_exports_do(exports: Exports) -> None:
    visit = {
        "event_type": "visit",
        "occurred_at": "2024-04-02T08:00:00+00:00",
        "recorded_at": "2024-04-03T08:00:00+00:00",
        "value": 2.5,
        "item": "prices",
    }
    others = {
        "event_type": "visit",
        "occurred_at": "2024-04-02T09:00:00+00:00",
        "recorded_at": "2024-04-03T09:00:00+00:00",
    }
    answer = {"lead_id": "1", "as_of": "2024-05-01T00:00:00+00:00"}
    assert request_of(exports, answer, "de") == {
        "lead": {
            "lead_id": "1",
            "created_at": "2024-03-31T00:30:00+00:00",
            "account_id": "7",
            "profile": {"employees": 12.0, "industry": "it"},
        },
        "events": [visit],
        "account_events": [others],
        "as_of": "2024-05-01T00:00:00+00:00",
        "language": "de",
    }
    # An hour that clocks left out lies in between.
    assert exports.lead("2")["created_at"] == "2024-03-31T01:30:00+00:00"
    assert exports.colleagues("2") == ["1"]
    assert (exports.colleagues("3"), exports.events("3")) == ([], [])


def test_other_sources_are_refused(tmp_path: Path) -> None:
    text = _PROJECT.replace('constants = { event_type = "visit" }', 'counters = ["minutes"]')
    text = text.replace(', value = "minutes"', "")
    (tmp_path / "project.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ExportsError, match="only events with the key of a lead"):
        Exports(read_project(tmp_path / "project.toml"), tmp_path)


def _answer(lead_id: str, value: str | None = "240.0") -> dict[str, Any]:
    share = {"feature": "profile.employees", "value": value, "contribution": 0.1 + 0.2}
    reason = {
        "subject": "profile.employees", "contribution": 0.1 + 0.2, "direction": "up",
        "text": 'Beschäftigte = "240", also', "features": [share],
    }  # fmt: skip
    parts = ("probability", "log_odds", "base_log_odds", "fit", "behaviour", "other_contribution")
    return {
        "lead_id": lead_id, "as_of": datetime(2024, 5, 1, microsecond=1, tzinfo=UTC), "score": 97,
        "grade": "A", "basis": "model", "fallback_reason": None, "reasons": [reason],
        "missing": ["events", "industry"], "unknown": [], "model_version": "firm/1", "rules": None,
        "use_case": None, "use_case_away": None,
        **dict.fromkeys(parts, 1 / 3),
    }  # fmt: skip


def test_files_are_read_back_alike(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pylist([_answer("a"), _answer("b", None)], SCORES)
    for name in ("scores.parquet", "scores.csv"):
        with score_file(tmp_path / name) as file:
            file.write(file.form(batch))
    parquet = parquet_answers(tmp_path / "scores.parquet")
    comparison = compare(("Parquet", parquet), ("CSV", csv_answers(tmp_path / "scores.csv")), {})
    assert (comparison.compared, comparison.equal, comparison.same) == (2, 2, True)


def test_equal_answers_in_another_order_are_the_same() -> None:
    found = compare(("file", _answers("a", "b")), ("request", _answers("b", "a")), {})
    assert found.same
    assert [*found.lines()] == [
        "file / request: 2 leads compared, 2 equal bit for bit; 0 answered by one alone"
    ]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("fit", {"fit": 1 / 3 + 1e-16}),
        ("behaviour", {"behaviour": -0.0}),
        ("missing[]", {"missing": ["events", "role"]}),
        ("missing", {"missing": ["events"]}),
        ("reasons[].text", {"reasons": [_answer("a")["reasons"][0] | {"text": "another"}]}),
        ("reasons", {"reasons": []}),
        ("", {"more": 1}),
    ],
)
def test_no_difference_stays_untold(name: str, change: Answer) -> None:
    one, other = [answer | {"behaviour": 0.0} for answer in _answers("a", "b")], _answers("a", "b")
    other = [other[0] | {"behaviour": 0.0}, other[1] | {"behaviour": 0.0} | change]
    found = compare(("file", one), ("request", other), {})
    assert not found.same
    assert (found.compared, found.equal, found.unequal) == (2, 1, {name: 1})
    apart = {name.partition("[")[0]: "said so"}
    assert compare(("file", one), ("request", other), apart).same == (name != "")


def test_a_lead_that_one_way_leaves_out_is_told() -> None:
    found = compare(("file", _answers("a", "b")), ("request", _answers("a")), {})
    assert (found.same, found.compared, found.alone) == (False, 1, 1)


def test_where_nothing_is_compared_nothing_is_the_same() -> None:
    found = compare(("file", _answers()), ("request", _answers()), {})
    assert (found.same, found.compared, found.alone) == (False, 0, 0)


@pytest.mark.parametrize("option", ["--sample", "--stored"])
@pytest.mark.parametrize("number", ["0", "1001", "-1", "ten"])
def test_as_many_leads_as_one_request_may_ask_about(
    option: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["project.toml", f"{option}={number}"])
    assert f"{option}: '{number}' is no number from 1 to 1000" in capsys.readouterr().err


def _answers(*lead_ids: str) -> list[Answer]:
    return [_answer(lead_id) for lead_id in lead_ids]
