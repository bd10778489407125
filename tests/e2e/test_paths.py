"""Files, requests and the record give the same answers about a small project."""

from pathlib import Path

from experiments.paths.__main__ import Asked, requested
from experiments.paths.comparison import compare
from experiments.paths.ways import csv_answers, parquet_answers
from tests.e2e.command import ENVIRONMENT, free_port, said, served
from tests.tiny import tiny_training
from training.project.project import read_project

_PROJECT = """\
name = "tiny"

[sources.leads]
path = "leads.csv"
columns = { lead_id = "id", created_at = "created", account_id = "company" }

[[sources.events]]
path = "events.csv"
columns = { lead_id = "id", event_type = "what", occurred_at = "at" }

[profile]
numeric = ["employees"]
categorical = ["industry"]
"""


def test_every_way_gives_the_same_answer(tmp_path: Path, record_file: str) -> None:
    tiny_training().save(tmp_path / "model")
    _write(tmp_path)
    for name in ("scores.parquet", "scores.csv"):
        said(tmp_path, "score", "project.toml", name, "--model", "model")
    filed = parquet_answers(tmp_path / "scores.parquet")
    found = [compare(("Parquet", filed), ("CSV", csv_answers(tmp_path / "scores.csv")), {})]
    # On a busy machine the rules would answer what comes too late.
    environment = ENVIRONMENT | {
        "LEADSCORE_DATABASE_URL": record_file, "LEADSCORE_DEADLINE_MS": "60000",
    }  # fmt: skip
    port, file = str(free_port()), tmp_path / "project.toml"
    serve = ["serve", "--project", "project.toml", "--model", "model", "--port", port]
    with served(serve, tmp_path, environment, port) as client:
        asked = Asked(file, "model", sample=10, stored=4, seed=7, language="en")
        found += requested(asked, read_project(file), filed, client)
    assert [(one.one, one.other, one.compared, one.same) for one in found] == [
        ("Parquet", "CSV", 10, True),
        ("Parquet", "request", 10, True),
        ("request", "requests together", 10, True),
        ("request", "record", 4, True),
    ], [line for one in found for line in one.lines()]


def _write(folder: Path) -> None:
    """Write ten leads of five companies, whose ids are no paths, and what most of them did."""
    leads = [f"a/{n} ?%2F,2024-05-0{1 + n % 3}T08:00:00Z,{n // 2},{10 * n},IT" for n in range(10)]
    events = [
        f"a/{n} ?%2F,{what},2024-05-1{n}T1{hour}:00:00Z"
        for n in range(9)
        for hour, what in enumerate(["page_view", "demo_request", "page_view"][: n % 4])
    ]
    for name, lines in (
        ("project.toml", [_PROJECT]),
        ("leads.csv", ["id,created,company,employees,industry", *leads]),
        ("events.csv", ["id,what,at", *events]),
    ):
        (folder / name).write_text("\n".join([*lines, ""]), encoding="utf-8")
