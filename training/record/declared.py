"""What a project says of the record, and the tables that the record becomes."""

import re
from pathlib import Path

from pydantic import Field, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from features.contract.document_part import DocumentPart
from features.history.sources import ProfileFields, ProfileSource, Sources, expand

LEADS, PROFILES, STAGES = "leads.parquet", "profiles.parquet", "stages.parquet"
EVENTS, COMPANY_EVENTS = "events.parquet", "company_events.parquet"

NUMBER = "number"
"""Column of the leads that holds the record's own number of each."""

LEAD_ID, RECORDED_AT = "lead.lead_id", "lead.recorded_at"
"""Columns of the profiles that are no fields."""

_EVENT = {
    "event_type": "event_type",
    "occurred_at": "occurred_at",
    "recorded_at": "recorded_at",
    "value": "value",
    "item": "item",
    "event_id": "event_id",
}

TABLES = Sources.model_validate(
    {
        "leads": {
            "path": LEADS,
            "columns": {
                "lead_id": "lead_id",
                "created_at": "created_at",
                "account_id": "account_id",
            },
        },
        "events": (
            {"path": EVENTS, "columns": {"lead_id": "lead_id", **_EVENT}},
            {"path": COMPANY_EVENTS, "columns": {"account_id": "account_id", **_EVENT}},
        ),
        "stages": (
            {"path": STAGES, "columns": {"lead_id": "lead_id", "stage": "stage", "at": "at"}},
        ),
    }
)
"""What the record becomes, without the profiles, whose fields a project names."""

_SQLITE = "sqlite:///"
_VARIABLE = re.compile(r"\$\{\w+(?::-([^}]*))?\}")


def tables_with(profile: ProfileFields) -> Sources:
    """Return what the record becomes, with the profile fields that are wanted."""
    fields = (*profile.numeric, *profile.categorical)
    if not fields:
        return TABLES
    columns = {"lead_id": LEAD_ID, "recorded_at": RECORDED_AT}
    source = ProfileSource.model_validate({"path": PROFILES, "columns": columns, "fields": fields})
    return TABLES.model_copy(update={"profiles": (source,)})


class RecordSource(DocumentPart):
    """Where the record is, and who of it may be learned from.

    Attributes:
        database: SQLAlchemy URL (sqlite, postgresql); a password comes from the environment.
        policy: The policy file; empty means the strict one.
    """

    database: str = Field(default="${LEADSCORE_DATABASE_URL}", min_length=1)
    policy: str = "${LEADSCORE_POLICY:-}"

    @field_validator("database")
    @classmethod
    def _without_password(cls, database: str) -> str:
        written = _VARIABLE.sub(lambda found: found[1] or "", database)
        try:
            url = make_url(written)
        except ArgumentError:
            # It is whole with its variables only; whoever opens it tells what is wrong.
            return database
        if url.password or "password" in url.query:
            raise ValueError(
                "holds a password; leave it to LEADSCORE_DATABASE_URL, or write it as ${VARIABLE}"
            )
        return database

    def beside(self, folder: Path) -> "RecordSource":
        """Return it with relative paths taken from a folder.

        What comes from the environment is relative to where the command runs, as for the service.
        """
        database, policy = self.database, self.policy
        if database.startswith(_SQLITE):
            database = f"{_SQLITE}{folder.resolve() / database.removeprefix(_SQLITE)}"
        if policy and not policy.startswith("$"):
            policy = str(folder / policy)
        return self.model_copy(update={"database": database, "policy": policy})

    @property
    def policy_file(self) -> Path | None:
        """The policy file, None where none is named.

        Raises:
            ValueError: A variable is not set.
        """
        found = expand(self.policy)
        return Path(found) if found else None
