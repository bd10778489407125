"""Moves of a lead that somebody decides: checked once, then handed on."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.http.auth import caller
from serving.http.requests.fields import Label, Note
from serving.lifecycle.moves import Wish
from serving.lifecycle.stages import Stage
from serving.lifecycle.terms import Code
from serving.stored.moving import Asked


class TransitionBody(BaseModel):
    """A move of a lead."""

    model_config = ConfigDict(extra="forbid")

    to: Stage = Field(description="The stage to move it to.")
    expected: Stage = Field(
        description="The stage in which you think it is; where it is in another one, nothing is "
        "changed."
    )
    role: Literal["sales", "marketing", "crm", "admin"] = Field(
        description="In which it is decided; `admin` takes a key of that scope."
    )
    by: Label = Field(
        default_factory=caller,
        description="Who decides it; an id, no name. If left out, the name of the key, which owns "
        "no lead.",
    )
    reason: Code | None = Field(default=None, description="Of those that the agreement lists.")
    note: Note | None = Field(default=None, description="Free text; goes with the lead.")

    def asked(self) -> Asked:
        """Return the move that is asked for."""
        wish, named = Wish(self.to, self.role, self.reason), "by" in self.model_fields_set
        return Asked(wish, self.expected, self.by, self.note, somebody=named)
