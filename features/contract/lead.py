"""The data contract: lead, event, stage change, and the two clocks they live by.

`occurred_at` says when something happened, `recorded_at` when it could be known; `visibility` says
which of it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

ProfileValue = str | float | int | bool | None

LARGEST_NUMBER = 1e15
"""Numbers beyond this are no figures of a lead; sums of them would leave the float range."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class ContractError(ValueError):
    """Data that breaks the contract, with the field that does.

    Attributes:
        field: Path of the offending field, such as ``lead.created_at``.
        message: What is wrong and what to do, without the offending value.
    """

    def __init__(self, field: str, message: str) -> None:
        """Name the field and what is wrong with it."""
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def micros(moment: datetime, field: str) -> int:
    """Return a moment as microseconds since 1970 in UTC.

    Raises:
        ContractError: The datetime has no time zone.
    """
    if moment.tzinfo is None:
        raise ContractError(field, "has no time zone; send UTC, such as 2026-03-01T09:30:00Z")
    return (moment - _EPOCH) // _TICK


def moment(micros: int) -> datetime:
    """Return microseconds since 1970 as a UTC datetime."""
    return _EPOCH + timedelta(microseconds=micros)


@dataclass(frozen=True, slots=True)
class Lead:
    """A contact that showed interest.

    Attributes:
        lead_id: The CRM's key.
        created_at: When it became a lead; timezone-aware.
        account_id: The company it belongs to; a lead without one is an account of its own.
        profile: Explicit data by field name; None and absence both mean missing.
    """

    lead_id: str
    created_at: datetime
    account_id: str | None = None
    profile: Mapping[str, ProfileValue] = field(default_factory=dict)


class Event(NamedTuple):
    """Something a lead did.

    Attributes:
        event_type: Such as ``demo_request``.
        occurred_at: When it happened; timezone-aware.
        recorded_at: When it could be known; `occurred_at` if not given.
        value: A figure that belongs to it (minutes, amount); None if it has none.
        item: What it was done to (page, paper, webinar); None if nothing.
        event_id: The source's key; events of one type with the same one count once.
    """

    event_type: str
    occurred_at: datetime
    recorded_at: datetime | None = None
    value: float | None = None
    item: str | None = None
    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class StageChange:
    """A lead reaches a stage (MAL, MQL, SAL, SQL, or a company's own) at a moment."""

    lead_id: str
    stage: str
    at: datetime
