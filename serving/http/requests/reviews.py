"""Of which week a review is asked for."""

from pydantic import BaseModel, ConfigDict, Field


class ReviewsQuery(BaseModel):
    """Of which week a review is told."""

    model_config = ConfigDict(extra="forbid")

    week: str | None = Field(
        default=None,
        pattern="^[0-9]{4}-W[0-9]{2}$",
        description="As of ISO 8601, such as `2026-W09`; this one, if left out.",
    )
