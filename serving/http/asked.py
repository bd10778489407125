"""What a caller asks about leads that the record keeps."""

from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from features.contract.lead import micros
from serving.http.request import MOST_LEADS, Moment, Name
from serving.model.reference import Grade
from serving.record.listing import Filter, Order

_GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


class StoredRequest(BaseModel):
    """Which stored leads to score."""

    model_config = ConfigDict(extra="forbid")

    lead_ids: list[Name] = Field(min_length=1, max_length=MOST_LEADS)
    as_of: Moment | None = Field(default=None, description="Moment to score at; now, if left out.")
    language: Language | None = Field(default=None, description="Of the reasons.")


class ListQuery(BaseModel):
    """Which leads are listed, and in which order."""

    model_config = ConfigDict(extra="forbid")

    min_grade: Grade | None = Field(default=None, description="This grade or a better one.")
    stage: str | None = Field(default=None, description="The newest stage.")
    account: str | None = Field(default=None, description="The company.")
    changed_since: Moment | None = None
    sort: Order = "probability"
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1_000)

    def filter(self) -> Filter:
        """Return which leads are wanted."""
        since = self.changed_since
        return Filter(
            grades=_GRADES[: _GRADES.index(self.min_grade) + 1] if self.min_grade else None,
            stage=self.stage,
            account_id=self.account,
            changed_since=None if since is None else micros(since, "changed_since"),
        )


class DuplicatesQuery(BaseModel):
    """Which leads that may be one person are listed."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name | None = Field(
        default=None, description="Of this lead alone; of all if left out."
    )
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1_000)
