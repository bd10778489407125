"""What a sender tells of leads that the record keeps: checked once, then handed on."""

from datetime import datetime
from typing import Annotated, Literal, NotRequired

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, with_config
from typing_extensions import TypedDict

from features.contract.language import Language
from features.contract.lead import ContractError, micros
from serving.http.requests.score import (
    CLOCK_SKEW_US,
    MOST_EVENTS,
    MOST_LEADS,
    CheckedValue,
    Figure,
    Label,
    Moment,
    Name,
    Note,
)
from serving.intake.contact import canonical_contact
from serving.intake.events import ToldEvent, Whose
from serving.intake.leads import ToldLead
from serving.mail import MAIL_TO, OWNER, TO_OWNER, mail_to
from serving.record.privacy.consents import NewConsent
from serving.record.privacy.opt_ins import NewOptIn
from serving.record.queue.outbox import Shape

Target = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$")]

MailTo = Annotated[
    str,
    Field(pattern="^mailto:[^@?]+@[^@?]+$", max_length=400),
    AfterValidator(mail_to),
]

_IDS = ("lead_id", "email", "phone", "user_id", "anonymous_id")


class ToldContact(BaseModel):
    """How a person can be reached; kept apart, and never a feature."""

    model_config = ConfigDict(extra="forbid")

    email: str | None = Field(default=None, max_length=320)
    phone: str | None = Field(default=None, max_length=50)
    name: Name | None = None
    company: Name | None = None
    user_id: Name | None = None
    anonymous_id: Name | None = None


class ToldConsent(BaseModel):
    """What may be done with a lead's data, or no longer."""

    model_config = ConfigDict(extra="forbid")

    purpose: Label = Field(description="`profiling` for scores; others are kept for you.")
    basis: Label = Field(default="consent", description="Such as `legitimate_interest`.")
    given: bool = Field(
        default=True, strict=True, description="False where it is withdrawn or objected to."
    )
    source: Label = Field(description="Where, such as `form:webinar`.")
    wording: Name | None = Field(default=None, description="Version of what was agreed to.")
    proof: Name | None = Field(default=None, description="How it can be shown.")
    at: Moment | None = Field(default=None, description="When; now, if left out.")

    def new(self, now: int) -> NewConsent:
        """Return the ledger's entry."""
        at = now if self.at is None else micros(self.at, "at")
        said = self.model_dump(exclude={"at"})
        return NewConsent(**said, at=min(at, now))


class LeadBody(BaseModel):
    """A lead to keep."""

    model_config = ConfigDict(extra="forbid")

    created_at: Moment | None = Field(default=None, description="When it became a lead.")
    account_id: Label | None = None
    profile: dict[Label, CheckedValue] = Field(default_factory=dict)
    contact: ToldContact = Field(default_factory=ToldContact)
    consents: list[ToldConsent] = Field(default_factory=list, max_length=100)
    occurred_at: Moment | None = Field(
        default=None, description="When all this became true; now, if left out."
    )
    recorded_at: Moment | None = Field(
        default=None, description="When it could be known; now, if left out."
    )
    source: Label = "api"

    def told(self, lead_id: str, now: int, *, whole: bool) -> ToldLead:
        """Return what is told.

        Args:
            lead_id: The sender's id.
            now: Microseconds since 1970.
            whole: Whether fields left out are taken back.

        Raises:
            ContractError: A moment lies ahead.
        """
        return ToldLead(
            lead_id=lead_id,
            created=None
            if self.created_at is None
            else moment_until(self.created_at, "created_at", now),
            account_id=self.account_id,
            account_told=whole or "account_id" in self.model_fields_set,
            profile=self.profile,
            contact=self.contact.model_dump(),
            whole=whole,
            occurred=moment_until(self.occurred_at, "occurred_at", now),
            recorded=moment_until(self.recorded_at, "recorded_at", now),
            source=self.source,
        )


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


class StageOfLead(BaseModel):
    """A stage that a lead has reached."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name
    stage: Label
    at: Moment | None = Field(default=None, description="When; now, if left out.")

    def reached(self, field: str, now: int) -> int:
        """Return when, microseconds since 1970.

        Raises:
            ContractError: It lies ahead.
        """
        return moment_until(self.at, f"{field}.at", now)


class StagesBody(BaseModel):
    """Stages to keep: all of them, or none where one is wrong."""

    model_config = ConfigDict(extra="forbid")

    stages: list[StageOfLead] = Field(min_length=1, max_length=MOST_LEADS)
    source: Label = "api"


class FeedbackBody(BaseModel):
    """What sales says of a lead, or of a reason."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name
    kind: Literal["accepted", "rejected", "wrong_reason"]
    reason: Label | None = Field(default=None, description="Why it was rejected.")
    subject: Label | None = Field(default=None, description="The reason that is wrong.")
    by: Label | None = Field(default=None, description="Who says it; an id, no name.")
    at: Moment | None = Field(default=None, description="When; now, if left out.")
    note: Note | None = Field(default=None, description="Free text; goes with the lead.")

    def said(self, now: int) -> int:
        """Return when it was said, microseconds since 1970.

        Raises:
            ContractError: It lies ahead, or does not say what was rejected or wrong.
        """
        if self.kind == "rejected" and self.reason is None:
            raise ContractError("reason", "is missing; say why the lead was rejected")
        if self.kind == "wrong_reason" and self.subject is None:
            raise ContractError("subject", "is missing; name the reason's subject that is wrong")
        return moment_until(self.at, "at", now)


class WebhookBody(BaseModel):
    """Who is to be told of changes."""

    model_config = ConfigDict(extra="forbid")

    url: Literal["mailto:owner"] | HttpUrl | MailTo = Field(
        description="Where messages are posted; `mailto:` and an address gets alerts as e-mails, "
        "`mailto:owner` is each time the user who owns the lead."
    )
    events: list[Literal["score.changed", "stage.changed", "owner.changed", "alert.raised"]] = (
        Field(min_length=1, max_length=10)
    )
    shape: Literal["standard", "slack", "teams"] = Field(
        default="standard", description="Of alerts: as Slack or Teams show them, or as they are."
    )
    targets: list[Target] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Of alerts, as `tell` of the agreement names them; all, if left out.",
    )

    def shown_as(self) -> Shape:
        """Return what messages look like.

        Raises:
            ContractError: People are told of alerts only; of other messages they read nothing.
        """
        shape: Shape = "mail" if str(self.url).startswith(MAIL_TO) else self.shape
        if shape != "standard" and set(self.events) != {"alert.raised"}:
            raise ContractError(
                "events", f"must be alert.raised alone, which people read ({shape})"
            )
        if shape == "mail" and self.shape != "standard":
            raise ContractError("shape", "is of what is posted; leave it out for an e-mail")
        return shape

    def told_of(self) -> list[str] | None:
        """Return the targets of alerts that it gets; None is all.

        Raises:
            ContractError: Owners get what is for owners, and nothing else.
        """
        if self.url != TO_OWNER:
            return self.targets
        if self.targets not in (None, [OWNER]):
            raise ContractError("targets", "must be owner alone, or left out, for mailto:owner")
        return [OWNER]


class OptInBody(BaseModel):
    """Whom to ask for consent by e-mail, and for what."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name
    purpose: Label = Field(description="Such as `profiling`, `newsletter`.")
    wording: Name = Field(description="Version of the text, as the policy file names it.")
    language: Language = Field(description="Of the text.")
    source: Label = Field(description="Where the person asked for it, such as `form:newsletter`.")

    def new(self, text: str) -> NewOptIn:
        """Return what is asked for in these words."""
        return NewOptIn(**self.model_dump(exclude={"lead_id"}), text=text)


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


def moment_until(sent: datetime | None, field: str, now: int) -> int:
    """Return a moment, now if none was sent; one that is minutes ahead is taken as now.

    Raises:
        ContractError: It lies before 1970, or further ahead than clocks differ.
    """
    at = now if sent is None else micros(sent, field)
    if at < 0:
        raise ContractError(field, "is before 1970; send when it happened, in UTC")
    if at > now + CLOCK_SKEW_US:
        raise ContractError(field, "lies in the future; send when it happened, in UTC")
    return min(at, now)
