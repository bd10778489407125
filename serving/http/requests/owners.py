"""Who is to own a lead: checked once, then handed on."""

from pydantic import BaseModel, ConfigDict, Field

from serving.http.auth import caller
from serving.http.requests.fields import Label, Name


class OwnerBody(BaseModel):
    """Who is to own a lead."""

    model_config = ConfigDict(extra="forbid")

    owner: Name | None = Field(
        description="E-mail address of a user of the workspace, or an id of yours; null is nobody."
    )
    by: Label = Field(
        default_factory=caller,
        description="Who says it; an id, no name. If left out, the name of the key.",
    )
