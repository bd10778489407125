"""Telling a record of leads, and asking it back."""

from collections.abc import Sequence

from features.contract.lead import Event, micros, moment
from serving.intake.events import ToldEvent, Whose, take_events
from serving.intake.leads import ToldLead, take_lead
from serving.record.database.database import Database
from serving.record.leads.cases import stored_cases
from serving.record.leads.leads import StoredLead, find_lead, parts_of
from serving.record.scores.scores import GivenScore

NOW = 1_790_000_000_000_000
HOUR = 3_600_000_000


def told(lead_id: str, at: int = NOW, **other: object) -> ToldLead:
    known: dict[str, object] = {
        "created": NOW - 100 * HOUR, "account_id": None, "account_told": False, "profile": {},
        "occurred": at, "recorded": at,
    }  # fmt: skip
    return ToldLead(lead_id, **(known | other))  # type: ignore[arg-type]


def put(database: Database, *leads: ToldLead) -> StoredLead:
    found = None
    for lead in leads:
        with database.writing() as connection:
            found = take_lead(connection, lead, lead.recorded)
    assert found is not None
    return found


def did(
    database: Database, whose: Whose, *events: Event, at: int = NOW, source: str = "test"
) -> tuple[int, int]:
    sent = [
        ToldEvent(
            whose, e.event_type, e.event_id, micros(e.occurred_at, ""),
            micros(e.recorded_at or e.occurred_at, ""), e.value, e.item,
        )
        for e in events
    ]  # fmt: skip
    with database.writing() as connection:
        return take_events(connection, sent, at, source)


def given(lead: int, at: int, chance: float, version: str | None) -> GivenScore:
    basis, why = ("rules", "deadline") if version is None else ("model", None)
    return GivenScore(
        lead, at, at, chance, 50, "B", basis, why, version, None, 0.0, 0.0, {}
    )  # fmt: skip


def profile(database: Database, lead_id: str, as_of: int) -> dict[str, object]:
    with database.reading() as connection:
        lead = find_lead(connection, lead_id)
        assert lead is not None
        [case] = stored_cases(connection, [lead], parts_of(connection, [lead.number]), as_of, None)
    return dict(case.lead.profile)


def events(database: Database, lead_id: str, as_of: int = NOW) -> list[Event]:
    with database.reading() as connection:
        lead = find_lead(connection, lead_id)
        assert lead is not None
        [case] = stored_cases(connection, [lead], parts_of(connection, [lead.number]), as_of, None)
    return case.events


def ids(found: Sequence[Event]) -> list[str | None]:
    return sorted((event.event_id for event in found), key=str)


def event(kind: str, at: int, event_id: str | None = None, recorded: int | None = None) -> Event:
    return Event(kind, moment(at), moment(at if recorded is None else recorded), event_id=event_id)
