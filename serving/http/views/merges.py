"""Leads that may be one person, and those that became one, as the service shows them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from features.contract.lead import moment
from serving.record.identity.duplicates import Suggestion
from serving.record.identity.merges import StoredMerge


class EvidenceView(BaseModel):
    """Why two leads may be one person; it holds no contacts."""

    email: bool = Field(description="They have the same e-mail address.")
    phone: bool = Field(description="They have the same telephone number.")
    name_company: float | None = Field(
        description="How alike their names are, up to 1, where they are of one company."
    )


class DuplicateView(BaseModel):
    """Two leads that may be one person."""

    kept: str = Field(description="The older one, which should stand for both.")
    joined: str
    evidence: EvidenceView
    strength: float = Field(description="How much the evidence tells.")

    @classmethod
    def of(cls, found: Suggestion) -> Self:
        """Return how a suggestion is shown."""
        return cls(
            kept=found.kept,
            joined=found.joined,
            evidence=EvidenceView(
                email=found.email, phone=found.phone, name_company=found.name_company
            ),
            strength=found.strength,
        )


class DuplicateList(BaseModel):
    """A page of leads that may be one person."""

    duplicates: list[DuplicateView]
    waiting: int = Field(ge=0, description="Leads that were not compared with others yet.")
    next_cursor: str | None = Field(description="Send it as `cursor`; null on the last page.")


class MergeView(BaseModel):
    """Two leads that became one."""

    merge_id: int
    kept: str = Field(description="The lead that stands for both.")
    joined: str
    by: str = Field(description="Who said so; `identified` where a visitor told who it is.")
    at: datetime
    undone_at: datetime | None = Field(description="When they were taken apart again.")

    @classmethod
    def of(cls, found: StoredMerge) -> Self:
        """Return how a merge is shown."""
        return cls(
            merge_id=found.number,
            kept=found.kept,
            joined=found.joined,
            by=found.by,
            at=moment(found.at),
            undone_at=None if found.undone is None else moment(found.undone),
        )


class MergeList(BaseModel):
    """The merges of a lead, in the order they were made."""

    merges: list[MergeView]
