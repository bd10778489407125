"""Leads to be scored as a caller sends them: checked once, as the plain objects of the contract."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BaseModel, ConfigDict, Field, SkipValidation, with_config
from typing_extensions import TypedDict

from features.contract.case import Case
from features.contract.lead import ContractError, Event, Lead, micros, moment
from serving.http.requests.fields import (
    CLOCK_SKEW_US,
    MOST_EVENTS,
    MOST_LEADS,
    AsOf,
    CheckedValue,
    Figure,
    Moment,
    Name,
)
from serving.intake.company import company_facts

_TICK = timedelta(microseconds=1)


_LATEST_US = micros(datetime.fromisoformat("2200-01-01T00:00:00Z"), "as_of")


class SentLead(BaseModel):
    """A lead as the CRM knows it."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name
    created_at: Moment
    account_id: Name | None = None
    profile: dict[Name, CheckedValue] | None = None


@with_config(ConfigDict(extra="forbid"))
class SentEvent(TypedDict):
    """Something a lead did."""

    event_type: Name
    occurred_at: Moment
    recorded_at: NotRequired[Moment | None]
    value: NotRequired[Figure | None]
    item: NotRequired[Name | None]
    event_id: NotRequired[Name | None]


Events = Annotated[list[SentEvent], Field(max_length=MOST_EVENTS)]


class ScoreRequest(BaseModel):
    """One lead and all that it did."""

    model_config = ConfigDict(extra="forbid")

    lead: SentLead
    events: Events | None = Field(default=None, description="The lead's own events, in any order.")
    account_events: Events | None = Field(
        default=None, description="Events of the other leads of the account; null if not known."
    )
    as_of: AsOf | None = Field(default=None, description="Moment to score at; now, if left out.")
    language: Literal["de", "en"] | None = Field(default=None, description="Of the reasons.")

    def case(self, now: int) -> Case:
        """Return what to score.

        Args:
            now: Microseconds since 1970.

        Raises:
            ContractError: `as_of` is before 1970 or after 2200, or `created_at` is after it.
        """
        created = micros(self.lead.created_at, "lead.created_at")
        latest = None
        if self.as_of is not None:
            as_of = micros(self.as_of, "as_of")
        else:
            latest = now + CLOCK_SKEW_US
            as_of = created if now < created <= latest else now
        if not 0 <= as_of <= _LATEST_US:
            raise ContractError("as_of", "must lie between the years 1970 and 2200")
        if created > as_of:
            raise ContractError("lead.created_at", "is after as_of; send a later as_of")
        present = None if latest is None else (moment(as_of), moment(latest))
        others = self.account_events
        sent = self.lead
        # As the record would keep it, so that both give the same answer.
        told = sent.profile or {}
        profile = {**company_facts(told), **told}
        return Case(
            lead=Lead(sent.lead_id, sent.created_at, sent.account_id, profile),
            events=_events(self.events or [], present),
            account_events=None if others is None else _events(others, present),
            as_of=as_of,
            language=self.language,
        )


def _events(sent: list[SentEvent], present: tuple[datetime, datetime] | None) -> list[Event]:
    """Return events as the contract has them.

    Args:
        sent: As they came.
        present: What is dated from the first to the second moment happens just before the first;
            None where the caller has said at which moment to score.
    """
    events = [Event(**event) for event in sent]
    return events if present is None else [_happening(event, *present) for event in events]


def _happening(event: Event, as_of: datetime, latest: datetime) -> Event:
    occurred, recorded = event.occurred_at, event.recorded_at
    if as_of <= occurred <= latest:
        occurred = as_of - _TICK
    if recorded is not None and as_of < recorded <= latest:
        recorded = as_of
    if occurred is event.occurred_at and recorded is event.recorded_at:
        return event
    return event._replace(occurred_at=occurred, recorded_at=recorded)


class BatchRequest(BaseModel):
    """Many leads; each is checked and answered on its own."""

    model_config = ConfigDict(extra="forbid")

    leads: list[SkipValidation[ScoreRequest | Any]] = Field(
        max_length=MOST_LEADS, description="Whatever is no request gets an error of its own."
    )
