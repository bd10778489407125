"""What sales says of leads and of reasons."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from features.contract.lead import ContractError
from serving.http.requests.fields import Label, Moment, Name, Note, moment_until


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
