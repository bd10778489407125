"""Stored leads and accounts as the service shows them."""

import math
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from features.contract.lead import moment
from features.wording.words import WORDS
from serving.http.errors import Problem
from serving.model.reference import Grade
from serving.record.identity.duplicates import Suggestion
from serving.record.identity.merges import StoredMerge
from serving.record.leads.leads import StoredLead
from serving.record.scores.listing import ListedLead
from serving.scoring.answer import Answer
from serving.scoring.odds import odds_factor
from serving.scoring.reasons import with_odds
from serving.stored.change import Change, Moment


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


class ScoreMoment(BaseModel):
    """A score at one end of a change."""

    model_config = ConfigDict(protected_namespaces=())

    as_of: datetime
    probability: float
    log_odds: float
    model_version: str | None


class SubjectChangeView(BaseModel):
    """What one subject added."""

    subject: str
    label: str
    contribution: float = Field(description="In log-odds.")


class StepView(BaseModel):
    """One cause of a change."""

    cause: Literal["model", "time", "lead", "company", "profile"]
    contribution: float = Field(description="What it adds to the log-odds.")
    text: str = Field(description="A sentence for a reader.")
    changes: list[SubjectChangeView] = Field(description="What changed most, strongest first.")
    other_contribution: float = Field(description="What the subjects not listed add.")


class ChangeView(BaseModel):
    """Why a score changed; the steps add up from `start` to `end`, in log-odds."""

    lead_id: str
    start: ScoreMoment
    end: ScoreMoment
    steps: list[StepView]

    @classmethod
    def of(cls, lead_id: str, change: Change, language: Language) -> Self:
        """Return how a change is shown."""
        return cls(
            lead_id=lead_id,
            start=_moment(change.start),
            end=_moment(change.end),
            steps=[
                StepView(
                    cause=step.cause,
                    contribution=step.contribution,
                    text=with_odds(
                        WORDS[language][f"cause {step.cause}"],
                        odds_factor(step.contribution, language),
                        language,
                    ),
                    changes=[SubjectChangeView(**one._asdict()) for one in step.changes],
                    other_contribution=step.contribution
                    - sum(one.contribution for one in step.changes),
                )
                for step in change.steps
            ],
        )


def _moment(at: Moment) -> ScoreMoment:
    return ScoreMoment(
        as_of=moment(at.as_of),
        probability=1.0 / (1.0 + math.exp(-at.log_odds)),
        log_odds=at.log_odds,
        model_version=at.model_version,
    )


class AccountView(BaseModel):
    """A company, by its leads."""

    model_config = ConfigDict(protected_namespaces=())

    account_id: str
    leads: list[StoredResult]
    best_probability: float | None = Field(description="Of the most promising lead.")
    combined_probability: float | None = Field(
        description="That any of its leads becomes SQL, if they decided by themselves."
    )


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
