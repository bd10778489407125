"""Stored leads and accounts as the service shows them."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.lead import moment
from serving.http.errors import Problem
from serving.model.reference import Grade
from serving.record.leads.leads import StoredLead
from serving.record.scores.listing import ListedLead
from serving.scoring.answer import Answer


class LeadView(BaseModel):
    """A lead of the record, without its contacts."""

    lead_id: str = Field(description="Of the lead that stands for the id that was asked for.")
    kind: Literal["lead", "visitor"] = Field(description="A visitor has not told who they are.")
    created_at: datetime
    account_id: str | None
    changed_at: datetime = Field(description="When anything was last recorded of it.")
    owner: str | None = Field(
        description="A user of the workspace, such as `user 7`, or an id of yours; null is nobody."
    )

    @classmethod
    def of(cls, lead: StoredLead, owner: str | None) -> Self:
        """Return how a lead is shown that somebody owns."""
        return cls(
            lead_id=lead.lead_id,
            kind=lead.kind,
            created_at=moment(lead.created),
            account_id=lead.account_id,
            changed_at=moment(lead.changed),
            owner=owner,
        )


class ListedView(LeadView):
    """A lead of a list, with the newest score the service keeps fresh."""

    stage: str | None
    probability: float | None = Field(description="Null where it was not scored yet.")
    grade: Grade | None
    scored_at: datetime | None

    @classmethod
    def listed(cls, listed: ListedLead) -> Self:
        """Return how a listed lead is shown."""
        score = listed.score
        return cls(
            **LeadView.of(listed.lead, listed.owner).model_dump(),
            stage=listed.stage,
            probability=None if score is None else score.probability,
            grade=None if score is None else score.grade,
            scored_at=None if score is None else moment(score.as_of),
        )


class LeadList(BaseModel):
    """A page of leads."""

    leads: list[ListedView]
    next_cursor: str | None = Field(description="Send it as `cursor`; null on the last page.")


class StoredResult(BaseModel):
    """What became of one id: an answer or an error."""

    index: int = Field(ge=0, description="Position in the request, from 0.")
    lead_id: str
    answer: Answer | None
    error: Problem | None


class StoredAnswers(BaseModel):
    """Results in the order of the request."""

    results: list[StoredResult]


class AccountView(BaseModel):
    """A company, by its leads."""

    model_config = ConfigDict(protected_namespaces=())

    account_id: str
    leads: list[StoredResult]
    best_probability: float | None = Field(description="Of the most promising lead.")
    combined_probability: float | None = Field(
        description="That any of its leads becomes SQL, if they decided by themselves."
    )
