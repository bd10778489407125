"""Small files and histories for tests."""

import gzip
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from features.history.history import END_OF_TIME, History
from features.history.sources import ProfileFields, Sources

LEADS: dict[str, object] = {
    "path": "leads.csv",
    "columns": {"lead_id": "id", "created_at": "created", "account_id": "company"},
}
LEAD_LINES = (
    "id,created,company,employees,industry",
    "1,2026-01-01T00:00:00Z,a,10,Bau",
    "2,2026-01-02T00:00:00Z,a,,Handel",
    "3,2026-01-03T00:00:00Z,,0.5,",
)


def events(path: str = "events.csv", **columns: str) -> dict[str, object]:
    """Declare a source of events with columns id, at, type, and further ones."""
    standard = {"lead_id": "id", "occurred_at": "at", "event_type": "type"}
    return {"path": path, "columns": standard | columns}


def write(folder: Path, name: str, lines: Sequence[str]) -> None:
    content = "\n".join(lines) + "\n"
    if name.endswith(".gz"):
        (folder / name).write_bytes(gzip.compress(content.encode()))
    else:
        (folder / name).write_text(content, encoding="utf-8")


def read(
    folder: Path,
    *,
    leads: Mapping[str, object] = LEADS,
    profile: ProfileFields | None = None,
    carried: Mapping[str, str] | None = None,
    now: int = END_OF_TIME,
    on_step: Callable[[str], None] = lambda step: None,
    **others: Sequence[Mapping[str, object]],
) -> History:
    """Open a history; the standard leads are written unless they are there."""
    if not (folder / "leads.csv").exists():
        write(folder, "leads.csv", LEAD_LINES)
    sources = Sources.model_validate({"leads": leads, **others})
    return History.open(
        sources, profile or ProfileFields(), folder, now=now, carried=carried, on_step=on_step
    )


def all_events(history: History) -> list[tuple[object, ...]]:
    """Return (lead_id or None, type, occurred, recorded, value, has an item) of all events."""
    return history.connection.execute("""
        SELECT l.lead_id, e.type, e.occurred, e.recorded, e.value, e.item >= 0
        FROM events e LEFT JOIN leads l ON e.lead = l.lead
        ORDER BY ALL
    """).fetchall()
