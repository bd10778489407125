"""A payload of another system, read by its mapping into what senders of our own would write."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from features.contract.lead import ContractError
from serving.intake.mapping import Sender, Take, Way

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"epoch_ms": "milliseconds", "epoch_s": "seconds"}

_ABSENT = object()
"""What is not in a payload says nothing; what is null there is taken back."""

Told = dict[str, Any]
"""As the body of a request would be, yet unchecked."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a record says, each part as a request of our own would say it.

    Attributes:
        lead_id: Of whom; None where only a contact is told.
        lead: As of `PATCH /v1/leads/{id}`.
        event: As one of `POST /v1/events`.
        stage: As one of `POST /v1/stages`.
    """

    lead_id: str | None
    lead: Told | None
    event: Told | None
    stage: Told | None


def records_of(body: object, sender: Sender) -> list[tuple[object, list[Take]]]:
    """Return the records of a body, each with the takes that it fits."""
    fits: list[tuple[object, list[Take]]] = []
    for way in dict.fromkeys(take.records for take in sender.take):
        there = body if way is None else _at(body, way)
        takes = [take for take in sender.take if take.records == way]
        for record in there if isinstance(there, list) else [there]:
            if record is not None and record is not _ABSENT:
                fits.append((record, [take for take in takes if _fits(record, take)]))
    return fits


def read_record(record: object, take: Take, sender: Sender, name: str) -> Said:
    """Return what a record says; `name` is the sender's.

    Raises:
        ContractError: A moment or an id that is none; the field is the key of the mapping.
    """
    reading = _Reading(record, take, sender, name)
    lead_id = reading.id("lead_id", take.lead_id)
    return Said(lead_id, reading.lead(), reading.event(lead_id), reading.stage(lead_id))


@dataclass(frozen=True, slots=True)
class _Reading:
    record: object
    take: Take
    sender: Sender
    name: str

    def lead(self) -> Told | None:
        take = self.take
        told_of = take.contact or take.profile or take.consents or take.created_at
        if take.lead_id is None or not told_of:
            return None
        told: Told = {
            "contact": self.contact(),
            "profile": {
                field: self.fact(field, way)
                for field, way in take.profile.items()
                if _at(self.record, way) is not _ABSENT
            },
            "consents": list(self.consents()),
            "occurred_at": self.moment("occurred_at", take.occurred_at),
            "created_at": self.moment("created_at", take.created_at),
        }
        if take.account_id is not None:
            told["account_id"] = self.id("account_id", take.account_id)
        return told

    def event(self, lead_id: str | None) -> Told | None:
        take = self.take
        if take.event_type is None:
            return None
        whose = {"lead_id": lead_id} if lead_id else self.contact()
        item = self.value(take.item)
        return {
            **{kind: whose.get(kind) for kind in ("lead_id", "email", "phone") if whose.get(kind)},
            "event_type": take.event_type,
            "event_id": self.event_id(),
            "occurred_at": self.moment("occurred_at", take.occurred_at),
            "value": _number(self.value(take.value)),
            "item": str(item) if isinstance(item, int) else item,
        }

    def stage(self, lead_id: str | None) -> Told | None:
        told = self.value(self.take.stage)
        stage = self.sender.stages.get(str(told)) if told is not None else None
        if stage is None:
            return None
        at = self.moment("occurred_at", self.take.occurred_at)
        return {"lead_id": lead_id, "stage": stage, "at": at}

    def contact(self) -> Told:
        found = {kind: self.value(way) for kind, way in self.take.contact.items()}
        return {
            kind: str(value) if isinstance(value, int) else value for kind, value in found.items()
        }

    def consents(self) -> Iterator[Told]:
        at = self.moment("occurred_at", self.take.occurred_at)
        for purpose, way in self.take.consents.items():
            told = _at(self.record, way)
            if _one_of(told, self.sender.given) or _one_of(told, self.sender.withdrawn):
                given = _one_of(told, self.sender.given)
                yield {"purpose": purpose, "given": given, "source": self.name, "at": at}

    def fact(self, field: str, way: Way) -> object:
        told = self.value(way)
        meant = self.sender.values.get(field, {})
        if isinstance(told, str) and told in meant:
            return meant[told]
        return _number(told) if field in self.sender.numbers else told

    def event_id(self) -> object:
        told = self.value(self.take.event_id)
        if told is None and self.take.occurred_at is None:
            # Sent again, it would else have happened again.
            whole = json.dumps(self.record, sort_keys=True).encode()
            return blake2b(whole, digest_size=16).hexdigest()
        return str(told) if isinstance(told, int) else told

    def id(self, key: str, way: Way | None) -> str | None:
        told = self.value(way)
        if told is None:
            return None
        if isinstance(told, bool) or not isinstance(told, str | int):
            raise ContractError(key, "is no id; an id is a text or an integer")
        return f"{self.sender.prefix}{told}"

    def moment(self, key: str, way: Way | None) -> datetime | None:
        told = self.value(way)
        return None if told is None else _moment(told, self.sender, key)

    def value(self, way: Way | None) -> object:
        told = _ABSENT if way is None else _at(self.record, way)
        return None if told is _ABSENT or _one_of(told, self.sender.empty) else told


def _fits(record: object, take: Take) -> bool:
    return isinstance(record, Mapping) and all(
        _one_of(_at(record, tuple(way.split("."))), values) for way, values in take.when.items()
    )


def _at(there: object, way: Way) -> object:
    for step in way:
        if isinstance(there, Mapping):
            there = there.get(step, _ABSENT)
        elif isinstance(there, list) and step.isdecimal() and len(step) < 6:
            there = there[int(step)] if int(step) < len(there) else _ABSENT
        else:
            return _ABSENT
    return there


def _one_of(told: object, values: tuple[object, ...]) -> bool:
    # 0, 0.0 and false are equal, and not the same.
    return any(type(told) is type(value) and told == value for value in values)


def _number(told: object) -> object:
    if not isinstance(told, str):
        return told
    try:
        return float(told)
    except ValueError:
        return told


def _moment(told: object, sender: Sender, key: str) -> datetime:
    with suppress(ValueError, OverflowError):
        if sender.moments == "iso" and isinstance(told, str):
            at = datetime.fromisoformat(told.strip())
            return at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(sender.zone))
        if sender.moments != "iso" and type(told) in (int, str):
            return _EPOCH + timedelta(**{_UNITS[sender.moments]: int(str(told))})
    raise ContractError(key, f"is no moment ({sender.moments})")
