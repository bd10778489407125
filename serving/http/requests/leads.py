"""Leads that a sender tells: their profile, their contacts, what may be done with them."""

from pydantic import BaseModel, ConfigDict, Field

from features.contract.lead import micros
from serving.http.requests.fields import CheckedValue, Label, Moment, Name, moment_until
from serving.intake.leads import ToldLead
from serving.record.privacy.consents import NewConsent


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
