"""Events that a sender tells: each of one person, known by an id or a contact."""

from typing import Annotated, NotRequired

from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from features.contract.lead import ContractError
from serving.http.requests.fields import MOST_EVENTS, Figure, Label, Moment, Name, moment_until
from serving.intake.contact import canonical_contact
from serving.intake.events import ToldEvent, Whose

_IDS = ("lead_id", "email", "phone", "user_id", "anonymous_id")


@with_config(ConfigDict(extra="forbid"))
class EventOfLead(TypedDict):
    """Something that somebody did, by an id or by a contact of theirs."""

    lead_id: NotRequired[Name | None]
    email: NotRequired[Annotated[str, Field(max_length=320)] | None]
    phone: NotRequired[Annotated[str, Field(max_length=50)] | None]
    user_id: NotRequired[Name | None]
    anonymous_id: NotRequired[Name | None]
    event_type: Label
    occurred_at: NotRequired[Moment | None]
    recorded_at: NotRequired[Moment | None]
    value: NotRequired[Figure | None]
    item: NotRequired[Label | None]
    event_id: NotRequired[Name | None]


class EventsBody(BaseModel):
    """Events to keep: all of them, or none where one is wrong."""

    model_config = ConfigDict(extra="forbid")

    events: list[EventOfLead] = Field(min_length=1, max_length=MOST_EVENTS)
    source: Label = "api"

    def told(self, now: int) -> list[ToldEvent]:
        """Return what is told.

        Raises:
            ContractError: An event is of nobody, of several, or lies ahead.
        """
        return [_told(event, f"events.{place}", now) for place, event in enumerate(self.events)]


def _told(event: EventOfLead, field: str, now: int) -> ToldEvent:
    given = [kind for kind in _IDS if event.get(kind) is not None]
    if len(given) != 1:
        raise ContractError(field, f"needs exactly one of {', '.join(_IDS)}")
    [kind] = given
    value = str(event[kind])  # type: ignore[literal-required]
    return ToldEvent(
        whose=Whose(kind, canonical_contact(kind, value, f"{field}.{kind}")),
        type=event["event_type"],
        event_id=event.get("event_id"),
        occurred=moment_until(event.get("occurred_at"), f"{field}.occurred_at", now),
        recorded=moment_until(event.get("recorded_at"), f"{field}.recorded_at", now),
        value=event.get("value"),
        item=event.get("item"),
    )
