"""A small firm's exports and its project file, as a user has them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

PROJECT = """\
name = "firm"

[sources.leads]
path = "leads.csv"
columns = { lead_id = "id", created_at = "created", account_id = "company" }

[[sources.events]]
path = "events.csv"

[sources.events.columns]
event_id = "event"
lead_id = "id"
event_type = "type"
occurred_at = "at"
recorded_at = "known"
value = "minutes"

[[sources.stages]]
path = "stages.csv"
columns = { lead_id = "id", stage = "stage", at = "at" }

[profile]
numeric = ["employees"]
categorical = ["industry"]

[stages]
target = "SQL"
closing = ["lost"]

[rows]
horizon = "20d"
every = "5d"
max_age = "30d"
"""

_START = datetime(2025, 1, 1, tzinfo=UTC)
_DAYS = 300


def write_firm(folder: Path, *, leads: int = 60, seed: int = 5) -> Path:
    """Write leads, events, stages and the project, and return the path of the project."""
    random = np.random.default_rng(seed)
    created = np.sort(random.uniform(0, _DAYS, leads))
    demos = random.uniform(size=leads) < 0.4
    _write(folder / "leads.csv", "id,created,company,employees,industry", _leads(created, random))
    _write(folder / "events.csv", "event,id,type,at,known,minutes", _events(created, demos, random))
    _write(folder / "stages.csv", "id,stage,at", _stages(created, demos, random))
    return write_project(folder)


def write_project(folder: Path, changes: Mapping[str, str] | None = None) -> Path:
    """Write the project with parts of its text replaced, and return its path."""
    text = PROJECT
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "project.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _write(path: Path, head: str, lines: Iterator[str]) -> None:
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")


def _at(day: float) -> str:
    return (_START + timedelta(days=day)).isoformat(timespec="microseconds")


def _leads(created: np.ndarray, random: np.random.Generator) -> Iterator[str]:
    for lead, day in enumerate(created):
        company = random.choice(["", f"C{lead // 3}"])
        employees = random.choice(["", str(random.integers(1, 900))])
        industry = random.choice(["", "IT", "Handel", "Bau"])
        yield f"L{lead},{_at(day)},{company},{employees},{industry}"


def _events(created: np.ndarray, demos: np.ndarray, random: np.random.Generator) -> Iterator[str]:
    number = 0
    for lead, day in enumerate(created):
        for _ in range(random.poisson(4 + 6 * demos[lead])):
            at = day + random.exponential(10)
            known = at + random.choice([0.0, 0.5, 3.0])
            kind = random.choice(["page_view", "demo_request" if demos[lead] else "page_view"])
            number += 1
            yield f"E{number},L{lead},{kind},{_at(at)},{_at(known)},{random.integers(1, 30)}"


def _stages(created: np.ndarray, demos: np.ndarray, random: np.random.Generator) -> Iterator[str]:
    for lead, day in enumerate(created):
        if random.uniform() < (0.7 if demos[lead] else 0.15):
            yield f"L{lead},SQL,{_at(day + random.uniform(1, 25))}"
        elif random.uniform() < 0.4:
            yield f"L{lead},lost,{_at(day + random.uniform(5, 40))}"
