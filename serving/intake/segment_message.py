"""Messages of the Segment protocol: what they say, of whom, and when it happened by our clock.

Clocks of senders are corrected by the moment they say they sent at (Segment's own rule: received -
(sentAt - timestamp)).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from typing_extensions import TypeIs

from features.contract.lead import LARGEST_NUMBER, ContractError, ProfileValue, micros
from features.contract.personal import holds_email
from serving.intake.events import ToldEvent, Whose

Call = Literal["identify", "track", "page", "screen", "group", "alias"]

CALLS: tuple[Call, ...] = get_args(Call)
"""What a message can be; each has a path of its own as well."""

LONGEST = 200

_CONTACTS = ("email", "phone", "name", "company")
_PERSONAL = frozenset(
    ("address", "avatar", "birthday", "description", "firstName", "id", "lastName", "username")
)
"""Traits that tell who somebody is, and so are no features."""

_ITEMS = ("item", "path", "url", "title", "product_id", "sku", "name")
_FIGURES = ("value", "revenue")


class Message(BaseModel):
    """One message, of any of the protocol's calls; what is not read is left to others."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    type: Call
    user_id: str | None = Field(default=None, alias="userId", max_length=LONGEST)
    anonymous_id: str | None = Field(default=None, alias="anonymousId", max_length=LONGEST)
    previous_id: str | None = Field(default=None, alias="previousId", max_length=LONGEST)
    group_id: str | None = Field(default=None, alias="groupId", max_length=LONGEST)
    event: str | None = Field(default=None, max_length=LONGEST)
    name: str | None = None
    properties: dict[str, Any] | None = None
    traits: dict[str, Any] | None = None
    context: dict[str, Any] | None = None
    timestamp: datetime | None = None
    sent_at: datetime | None = Field(default=None, alias="sentAt")
    message_id: str | None = Field(default=None, alias="messageId", max_length=LONGEST)

    @property
    def told(self) -> dict[str, Any]:
        """Traits, wherever the sender's library puts them."""
        inner = (self.context or {}).get("traits")
        return {**(inner if isinstance(inner, dict) else {}), **(self.traits or {})}

    @property
    def whose(self) -> Whose | None:
        """Whom it is about: who is known goes before who is not."""
        if self.user_id:
            return Whose("user_id", self.user_id)
        return Whose("anonymous_id", self.anonymous_id) if self.anonymous_id else None


class Refused(NamedTuple):
    """A message that was not kept, and why; `place` is its position."""

    place: int
    field: str | None
    message: str


_MESSAGES = TypeAdapter(Message)


def read_messages(
    sent: Sequence[object], kind: str | None, sent_at: datetime | None
) -> tuple[list[tuple[int, Message]], list[Refused]]:
    """Return the messages that can be read, by position, and those that cannot.

    Args:
        sent: As they came.
        kind: The call they came by, None where each says its own.
        sent_at: When the batch was sent, for messages that do not say it.
    """
    messages, refused = [], []
    for index, raw in enumerate(sent):
        if not isinstance(raw, dict):
            refused.append(Refused(index, None, "must be an object"))
            continue
        try:
            message = _MESSAGES.validate_python(raw if kind is None else {**raw, "type": kind})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(map(str, first["loc"]))
            refused.append(Refused(index, field, first["msg"].removeprefix("Input ")))
            continue
        if message.sent_at is None:
            message.sent_at = sent_at
        if message.whose is None:
            refused.append(Refused(index, "userId", "needs userId or anonymousId"))
        else:
            messages.append((index, message))
    return messages, refused


def whose_of(message: Message) -> Whose:
    """Return whom a message that was read is about."""
    whose = message.whose
    assert whose is not None, "it was read"
    return whose


def occurred_at(message: Message, now: int) -> int:
    """Return when it happened by our clock; never ahead of it."""
    if message.timestamp is None:
        return now
    try:
        at = micros(message.timestamp, "timestamp")
        if message.sent_at is not None:
            at = now - (micros(message.sent_at, "sentAt") - at)
    except ContractError:
        return now
    return min(max(at, 0), now)


def event_of(message: Message, now: int) -> ToldEvent:
    """Return what happened, by a call of `track`, `page` or `screen`.

    Raises:
        ContractError: It has no name.
    """
    properties = message.properties or {}
    kind = message.event if message.type == "track" else f"{message.type}_view"
    if not kind or "\0" in kind:
        raise ContractError("event", "needs a name")
    if holds_email(kind):
        raise ContractError("event", "holds an e-mail address; send a name of the kind of event")
    named = {**properties, "name": properties.get("name", message.name)}
    items = (named.get(key) for key in _ITEMS)
    item = next((text for text in items if text and _tells_nobody(text)), None)
    figures = (properties.get(key) for key in _FIGURES)
    value = next((v for v in figures if _is_figure(v)), None)
    return ToldEvent(
        whose=whose_of(message),
        type=kind,
        event_id=message.message_id,
        occurred=occurred_at(message, now),
        recorded=now,
        value=None if value is None else float(value),
        item=None if item is None else item[:LONGEST].replace("\0", ""),
    )


def facts_of(traits: Mapping[str, Any]) -> tuple[dict[str, str | None], dict[str, ProfileValue]]:
    """Return contacts and profile values among traits; what may be personal is no profile value."""
    company = traits.get("company")
    named = {**traits, "company": company.get("name")} if isinstance(company, dict) else traits
    contact: dict[str, str | None] = {
        kind: value[:LONGEST] for kind in _CONTACTS if isinstance(value := named.get(kind), str)
    }
    profile: dict[str, ProfileValue] = {
        name: value
        for name, value in traits.items()
        if name not in _CONTACTS and is_fact(name, value)
    }
    if isinstance(company, dict):
        profile |= {
            f"company_{name}": value
            for name, value in company.items()
            if name != "name" and is_fact(name, value)
        }
    return contact, profile


def is_fact(name: str, value: object) -> bool:
    """Tell whether a trait can be a profile value: it is of a kind, and tells nobody who it is."""
    if name in _PERSONAL or not 0 < len(name) <= LONGEST or "\0" in name or holds_email(name):
        return False
    if isinstance(value, str):
        return len(value) <= LONGEST and not holds_email(value) and "\0" not in value
    return isinstance(value, bool) or _is_figure(value)


def _tells_nobody(value: object) -> TypeIs[str]:
    return isinstance(value, str) and not holds_email(value)


def _is_figure(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= LARGEST_NUMBER
