"""How payloads of other systems are read, from a file: their fields, values and moments."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    field_validator,
)

from features.contract.document import read_document
from features.contract.document_part import DocumentPart, several

Scalar = StrictBool | StrictInt | StrictFloat | StrictStr

ContactKind = Literal["email", "phone", "name", "company", "user_id", "anonymous_id"]


def _steps(written: object) -> object:
    return tuple(written.split(".")) if isinstance(written, str) and written else written


Way = Annotated[
    tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_steps), Field(min_length=1)
]
"""Where a value is: keys, and places of lists from 0; `a.b.0`, or `["a.b", "0"]` with dots."""

Values = Annotated[tuple[Scalar, ...], BeforeValidator(several)]


class Take(DocumentPart):
    """What one kind of record says; ways lead from the record to a value.

    Attributes:
        records: Where in the body the record, or a list of them, is; without it, the body itself.
        when: Values that must be there, by way; without any, every record is taken.
        lead_id: The sender's id of the lead.
        occurred_at: When it happened; without it, when it came.
        created_at: When it became a lead.
        account_id: Its company.
        contact: By kind.
        profile: By field of the profile.
        consents: By purpose.
        stage: The stage it is in now.
        event_type: What happened.
        event_id: The sender's id of it.
        value: A figure of the event.
        item: What the event was about.
    """

    records: Way | None = None
    when: dict[str, Values] = Field(default_factory=dict)
    lead_id: Way | None = None
    occurred_at: Way | None = None
    created_at: Way | None = None
    account_id: Way | None = None
    contact: dict[ContactKind, Way] = Field(default_factory=dict)
    profile: dict[str, Way] = Field(default_factory=dict)
    consents: dict[str, Way] = Field(default_factory=dict)
    stage: Way | None = None
    event_type: str | None = Field(default=None, min_length=1, max_length=200)
    event_id: Way | None = None
    value: Way | None = None
    item: Way | None = None


class Sender(DocumentPart):
    """How one system writes.

    Attributes:
        prefix: Set before its ids, so that two systems do not share them.
        moments: ISO 8601, or milliseconds or seconds since 1970.
        zone: Of moments without one.
        empty: What it writes where there is nothing; null is always nothing.
        numbers: Profile fields that it writes as texts, and that are numbers.
        values: By profile field, what it writes and what is meant.
        stages: By what it writes, the stage; others are no stages of a lead.
        given: What it writes where consent is given.
        withdrawn: What it writes where consent is withdrawn.
        take: Kinds of records; one record may be of several.
    """

    prefix: str = ""
    moments: Literal["iso", "epoch_ms", "epoch_s"] = "iso"
    zone: str = "UTC"
    empty: Values = ("",)
    numbers: tuple[str, ...] = ()
    values: dict[str, dict[str, Scalar]] = Field(default_factory=dict)
    stages: dict[str, str] = Field(default_factory=dict)
    given: Values = (True,)
    withdrawn: Values = (False,)
    take: tuple[Take, ...] = Field(min_length=1)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("is no time zone; write one such as Europe/Berlin") from None
        return zone


class Mapping(DocumentPart):
    """A whole mapping file."""

    senders: dict[str, Sender] = Field(default_factory=dict)


def read_mapping(path: Path | None) -> Mapping:
    """Read a mapping file; without one, no sender is known.

    Raises:
        DocumentError: The file is missing or wrong; the message names file and key.
    """
    return Mapping() if path is None else read_document(path, Mapping)
