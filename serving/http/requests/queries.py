"""What a caller asks about leads that the record keeps."""

from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from features.contract.lead import micros
from serving.http.requests.demand import Demand
from serving.http.requests.fields import MOST_LEADS, Label, Moment, Name
from serving.intake.importing.file import Reading
from serving.intake.importing.leads import Terms
from serving.intake.importing.table import MOST_COLUMNS
from serving.lifecycle.alerts import Kind
from serving.model.reference import Grade
from serving.record.scores.listing import Filter, Order

MOST_ROWS = 10_000
"""Of a list of leads that comes by HTTP; other writers wait meanwhile."""

_GRADES: tuple[Grade, ...] = ("A", "B", "C", "D")


class StoredRequest(BaseModel):
    """Which stored leads to score."""

    model_config = ConfigDict(extra="forbid")

    lead_ids: list[Name] = Field(min_length=1, max_length=MOST_LEADS)
    as_of: Moment | None = Field(default=None, description="Moment to score at; now, if left out.")
    language: Language | None = Field(default=None, description="Of the reasons.")


class ScoreQuery(Demand):
    """At which moment a stored lead is scored, in which language, and by what."""

    as_of: Moment | None = Field(default=None, description="Moment to score at; now, if left out.")
    language: Language | None = Field(default=None, description="Of the reasons.")


class HistoryQuery(BaseModel):
    """Between which moments a change of a score is explained."""

    model_config = ConfigDict(extra="forbid")

    since: Moment | None = Field(
        default=None,
        description="A week before `until`, or when the lead was created, if left out.",
    )
    until: Moment | None = Field(default=None, description="Now, if left out.")
    language: Language | None = Field(default=None, description="Of the reasons.")


class LifecycleQuery(BaseModel):
    """In which language a standing is told."""

    model_config = ConfigDict(extra="forbid")

    language: Language | None = Field(default=None, description="Of the sentences.")


class ImportQuery(BaseModel):
    """How a list of leads is read and taken."""

    model_config = ConfigDict(extra="forbid")

    column: list[Name] = Field(
        default_factory=list,
        max_length=MOST_COLUMNS,
        description="`heading=what it becomes`, or `heading=` for one that is not taken; may be "
        "repeated.",
    )
    source: Label = Field(default="import", description="Who tells it.")
    occurred: Moment | None = Field(
        default=None, description="When what the rows say became true; now, if left out."
    )
    event: Label | None = Field(default=None, description="What every lead of the list did.")
    at: Moment | None = Field(default=None, description="When they did it.")
    separator: str | None = Field(
        default=None, description="Of values in CSV; found out, if left out."
    )
    sheet: Name | None = Field(
        default=None, description="Of a workbook; the one that holds anything, if left out."
    )
    dry_run: bool = Field(default=False, description="Only tell what would be done.")
    skip_bad_rows: bool = Field(
        default=False, description="Keep the other rows where one is refused."
    )

    def reading(self) -> Reading:
        """Return how the list is read."""
        return Reading(MOST_ROWS, self.separator, self.sheet)

    def terms(self) -> Terms:
        """Return how it is taken."""
        return Terms(
            source=self.source,
            occurred=None if self.occurred is None else micros(self.occurred, "occurred"),
            event=self.event,
            at=None if self.at is None else micros(self.at, "at"),
            dry_run=self.dry_run,
            skip_bad_rows=self.skip_bad_rows,
        )


class ListQuery(BaseModel):
    """Which leads are listed, and in which order."""

    model_config = ConfigDict(extra="forbid")

    min_grade: Grade | None = Field(default=None, description="This grade or a better one.")
    stage: str | None = Field(default=None, description="The newest stage.")
    account: str | None = Field(default=None, description="The company.")
    owner: Label | None = Field(default=None, description="Who owns it, as `owner` says.")
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
            owner=self.owner,
        )


class AlertsQuery(BaseModel):
    """Which alerts are listed."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = Field(default=None, description="Of this kind only.")
    since: Moment | None = Field(default=None, description="Raised since this moment only.")
    language: Language | None = Field(default=None, description="Of the sentences.")
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1_000)


class DuplicatesQuery(BaseModel):
    """Which leads that may be one person are listed."""

    model_config = ConfigDict(extra="forbid")

    lead_id: Name | None = Field(
        default=None, description="Of this lead alone; of all if left out."
    )
    cursor: str | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: int = Field(default=100, ge=1, le=1_000)
