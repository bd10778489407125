"""Why a score changed, as the service shows it."""

import math
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.language import Language
from features.contract.lead import moment
from features.wording.words import WORDS
from serving.scoring.odds import odds_factor
from serving.scoring.reasons import with_odds
from serving.stored.change import Change, Moment


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
