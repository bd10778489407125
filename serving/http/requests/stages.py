"""Stages that leads have reached, as a sender tells them."""

from pydantic import BaseModel, ConfigDict, Field

from serving.http.requests.fields import MOST_LEADS, Label, Moment, Name, moment_until


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
