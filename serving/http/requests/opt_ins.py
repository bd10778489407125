"""Whom to ask for consent by e-mail."""

from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from serving.http.requests.fields import Label, Name
from serving.record.privacy.opt_ins import NewOptIn


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
