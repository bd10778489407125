"""Where data come from: the `[sources]` and `[profile]` sections of a project file.

A source is a file, a glob of files, or a query. `columns` maps the names of the data contract to
the names that the export happens to use.
"""

import os
import re
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    model_validator,
)

from features.contract.document_part import DocumentPart
from features.contract.duration import Duration
from features.contract.moment import parse_moment
from features.contract.time_zone import time_zones

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def _known_timezone(name: str) -> str:
    if name not in time_zones():
        raise ValueError(f"'{name}' is no IANA time zone; write one such as 'Europe/Berlin'")
    return name


Timezone = Annotated[str, AfterValidator(_known_timezone)]


class Source(DocumentPart):
    """What every source has in common.

    Attributes:
        path: File or glob, CSV (also .gz) or Parquet by its suffix, or the folder of a Delta table;
            relative to the project file.
        query: SQL instead of a file, run against `database`.
        database: SQLAlchemy URL (postgresql, sqlite) or ``duckdb:///file.duckdb``.
        timezone: IANA zone that timestamps without an offset are meant in.
        time_format: strptime format of timestamps that are not ISO 8601.
        delimiter: Of the columns of a CSV file.
    """

    path: str | None = None
    query: str | None = None
    database: str | None = None
    timezone: Timezone | None = None
    time_format: str | None = None
    delimiter: str = Field(default=",", min_length=1, max_length=1)

    @model_validator(mode="after")
    def _file_or_query(self) -> Self:
        if (self.path is None) == (self.query is None):
            raise ValueError("a source needs either 'path' or 'query'")
        if (self.query is None) != (self.database is None):
            raise ValueError("'query' and 'database' belong together; give both or neither")
        return self


class LeadColumns(DocumentPart):
    """Columns of leads. Flat exports may lack `lead_id` (then ``row-1``...) and `created_at`."""

    lead_id: str | None = None
    created_at: str | None = None
    account_id: str | None = None
    person_id: str | None = None


def _creation(value: object) -> object:
    if value == "first_seen":
        return value
    try:
        at = parse_moment(value)
    except ValueError:
        at = 0
    if at <= 0:
        raise ValueError(
            "write 'first_seen', or a moment after 1970 with a time zone, such as "
            "2024-01-01T00:00:00Z; a column is named by columns.created_at"
        )
    return at


Creation = Annotated[Literal["first_seen"] | int, BeforeValidator(_creation)]
"""How leads without a date of creation start: with what they do first, or all at one moment."""


class LeadSource(Source):
    """One row per lead, with the profile as it is today.

    Attributes:
        columns: The mapping.
        created: In place of a column: ``first_seen``, or microseconds since 1970 for all leads.
    """

    columns: LeadColumns = LeadColumns()
    created: Creation | None = None

    @model_validator(mode="after")
    def _one_creation(self) -> Self:
        if self.created is not None and self.columns.created_at is not None:
            raise ValueError(
                "'created' takes the place of columns.created_at; leave one of them out"
            )
        return self

    @property
    def dated(self) -> bool:
        """Whether the source tells of each lead when it was created."""
        return self.columns.created_at is not None

    @property
    def creation(self) -> str | None:
        """Key that says when leads start; None if none does."""
        if self.dated:
            return "columns.created_at"
        return None if self.created is None else "created"


class EventColumns(DocumentPart):
    """Columns of events; exactly one of the three keys."""

    occurred_at: str
    lead_id: str | None = None
    account_id: str | None = None
    person_id: str | None = None
    event_type: str | None = None
    value: str | None = None
    item: str | None = None
    recorded_at: str | None = None
    event_id: str | None = None


class EventConstants(DocumentPart):
    """What every event of a source has in common."""

    event_type: str | None = None


class EventSource(Source):
    """Events, one per row; or one row per key and period with many counters.

    Attributes:
        columns: The mapping.
        constants: For a file that holds events of one type only.
        counters: Columns of a wide activity table; each that is neither empty nor zero becomes an
            event of that type with the figure as its value.
        seen: Event type that each row of a wide table becomes besides, whatever its counters are.
        known_after: How long after `occurred_at` a row could be known.
    """

    columns: EventColumns
    constants: EventConstants = EventConstants()
    counters: tuple[str, ...] = ()
    seen: str | None = Field(default=None, min_length=1)
    known_after: Duration | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Self:
        columns = self.columns
        _exactly_one("key", lead_id=columns.lead_id, account_id=columns.account_id,
                     person_id=columns.person_id)  # fmt: skip
        _exactly_one(
            "event type",
            columns_event_type=columns.event_type,
            constants_event_type=self.constants.event_type,
            counters=self.counters or None,
        )
        if len(set(self.counters)) < len(self.counters):
            raise ValueError("'counters' names a column twice")
        if self.counters and (columns.value or columns.event_id):
            raise ValueError("'counters' are the values, and have no 'value' and 'event_id' column")
        if self.seen is not None and not self.counters:
            raise ValueError(
                "'seen' belongs to 'counters'; every row of another source is an event"
            )
        if self.seen in self.counters:
            raise ValueError(f"'seen' cannot be '{self.seen}', which is one of the counters")
        if self.known_after is not None and columns.recorded_at:
            raise ValueError("'known_after' and a 'recorded_at' column exclude each other")
        return self


class StageColumns(DocumentPart):
    """Columns of stage changes; a row without `at` is a stage that was not reached."""

    lead_id: str
    at: str
    stage: str | None = None


class StageConstants(DocumentPart):
    """What every stage change of a source has in common."""

    stage: str | None = None


class StageSource(Source):
    """Stage changes, one per row."""

    columns: StageColumns
    constants: StageConstants = StageConstants()

    @model_validator(mode="after")
    def _one_stage(self) -> Self:
        _exactly_one(
            "stage", columns_stage=self.columns.stage, constants_stage=self.constants.stage
        )
        return self


class ProfileColumns(DocumentPart):
    """Columns of a history of profile values."""

    lead_id: str
    recorded_at: str


class ProfileSource(Source):
    """Profile values with the moment they were recorded; the last one by `as_of` counts.

    Attributes:
        columns: The mapping.
        fields: Profile fields this source holds; their columns in the leads source are not read.
    """

    columns: ProfileColumns
    fields: tuple[str, ...] = Field(min_length=1)


class Sources(DocumentPart):
    """All sources of a project."""

    leads: LeadSource
    events: tuple[EventSource, ...] = ()
    stages: tuple[StageSource, ...] = ()
    profiles: tuple[ProfileSource, ...] = ()

    @model_validator(mode="after")
    def _leads_can_be_seen(self) -> Self:
        if self.leads.created == "first_seen" and not self.events and not self.stages:
            raise ValueError(
                "leads.created = 'first_seen' needs [[sources.events]] or [[sources.stages]] to "
                "see leads in"
            )
        return self

    @model_validator(mode="after")
    def _one_history_per_field(self) -> Self:
        _no_field_twice(field for source in self.profiles for field in source.fields)
        return self


class ProfileFields(DocumentPart):
    """Columns of the leads source that are features, under their own names."""

    numeric: tuple[str, ...] = ()
    categorical: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _no_field_twice(self) -> Self:
        _no_field_twice((*self.numeric, *self.categorical))
        return self


def expand(text: str) -> str:
    """Replace ``${VARIABLE}`` and ``${VARIABLE:-default}`` by environment variables.

    Raises:
        ValueError: A variable without default is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1]) or match[2]
        if found is None:
            raise ValueError(f"environment variable {match[1]} is not set; set it")
        return found

    return _VARIABLE.sub(value, text)


def _exactly_one(what: str, **settings: object) -> None:
    if sum(setting is not None for setting in settings.values()) != 1:
        names = ", ".join(name.replace("columns_", "columns.").replace("constants_", "constants.")
                          for name in settings)  # fmt: skip
        raise ValueError(f"the {what} must come from exactly one of {names}")


def _no_field_twice(fields: Iterable[str]) -> None:
    seen: set[str] = set()
    for field in fields:
        if field in seen:
            raise ValueError(f"profile field '{field}' is named twice")
        seen.add(field)
