"""What somebody decides of leads that may be one person: checked once, then handed on."""

from pydantic import BaseModel, ConfigDict, Field

from serving.http.auth import caller
from serving.http.requests.fields import Name


class MergeBody(BaseModel):
    """Two leads that are one person."""

    model_config = ConfigDict(extra="forbid")

    kept: Name = Field(description="The lead that will stand for both.")
    joined: Name = Field(description="The lead that it will stand for.")
    by: Name = Field(
        default_factory=caller,
        description="Who says it; an id, no name. If left out, the name of the key.",
    )


class DifferentBody(BaseModel):
    """Two leads that are different people."""

    model_config = ConfigDict(extra="forbid")

    lead_ids: list[Name] = Field(min_length=2, max_length=2)
    by: Name = Field(
        default_factory=caller,
        description="Who says it; an id, no name. If left out, the name of the key.",
    )
