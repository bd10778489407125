"""The handover to sales, and what to do next with a lead, as the service shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from features.contract.duration import DAY_US
from features.contract.language import Language
from features.contract.lead import ProfileValue, moment
from serving.lifecycle.action_words import ACTIONS
from serving.lifecycle.handover import HandoverTerms, Point, expected_value, lacking_keys
from serving.lifecycle.lists import WeekList
from serving.lifecycle.next_action import Kind, NextAction
from serving.lifecycle.stages import Stage
from serving.record.lifecycle.thresholds import ThresholdEntry
from serving.stored.handover import Handover
from serving.stored.next_question import Question

MOST_POINTS = 100
"""Of the curve; that of the highest expected value is among them."""


class PointView(BaseModel):
    """What comes of a threshold this week."""

    threshold: float
    leads: int = Field(description="Of this probability or a higher one.")
    called: int = Field(description="Of these, for how many there is time; the best first.")
    conversions: float = Field(description="Of those, how many become SQL, by expectation.")
    value: float = Field(description="What they bring, less what the calls cost.")
    too_early: float = Field(description="What calls lose that do not pay.")
    too_late: float = Field(
        description="What leads would bring that pay, and are not handed over though there is time."
    )

    @classmethod
    def of(cls, point: Point) -> Self:
        """Return how a point is shown."""
        return cls(**point._asdict())


class InForceView(BaseModel):
    """The threshold by which rules hand over, and what it promised when it came into force."""

    threshold: float
    since: datetime
    by: str = Field(description="Who brought it into force; `rule` is the service by itself.")
    agreement: str = Field(description="Version and fingerprint of the one in force then.")
    leads: int
    called: int
    conversions: float
    value: float
    currency: str

    @classmethod
    def of(cls, entry: ThresholdEntry) -> Self:
        """Return how a threshold in force is shown."""
        return cls.model_validate({**entry._asdict(), "since": moment(entry.at)})


class ListView(BaseModel):
    """What the leads that were handed over in a week were to bring, and brought."""

    week: datetime = Field(description="When it began, on Monday in UTC.")
    leads: int
    unknown: int = Field(description="Of how many no probability is known; the rest leaves them.")
    expected: float = Field(description="How many were to become SQL within the horizon.")
    low: int = Field(description="Fewer in at most 1 of 40 such weeks, if the figures are true.")
    high: int = Field(description="More in at most 1 of 40.")
    converted: int = Field(description="How many became SQL within the horizon.")
    mature: bool = Field(description="Whether the horizon has passed for that whole week.")

    @classmethod
    def of(cls, one: WeekList) -> Self:
        """Return how a list is shown."""
        return cls.model_validate({**one._asdict(), "week": moment(one.week)})


class HandoverView(BaseModel):
    """From which probability it pays to hand leads over to sales, and what came of it."""

    as_of: datetime
    terms: HandoverTerms | None
    missing: list[str] = Field(description="Keys of [handover] in the lifecycle file that lack.")
    break_even: float | None = Field(description="Probability at which a call just pays.")
    candidates: int = Field(description="Leads of the week: that wait, or were handed over lately.")
    waiting: int = Field(description="Of these, how many wait.")
    best: PointView | None = Field(description="The threshold of the highest expected value.")
    in_force: InForceView | None = Field(description="Null where the criteria decide.")
    in_force_brings: PointView | None = Field(description="What it brings this week.")
    one_call_more: float | None = Field(description="What one call more a week would bring.")
    curve: list[PointView] = Field(description="From the highest threshold to the lowest.")
    basis: str = Field(description="What says the probabilities: `model` or `rules`.")
    horizon_days: float
    lists: list[ListView] = Field(description="This week's first.")

    @classmethod
    def of(cls, found: Handover, basis: str) -> Self:
        """Return how the handover is shown."""
        candidates, in_force = found.candidates, found.in_force
        terms = None if candidates is None else candidates.terms
        return cls(
            as_of=moment(found.as_of),
            terms=terms,
            missing=[] if terms else lacking_keys(),
            break_even=None if terms is None else terms.break_even,
            candidates=0 if candidates is None else len(candidates.ranked),
            waiting=len(found.waiting),
            best=None if candidates is None else PointView.of(candidates.at(candidates.threshold)),
            in_force=None if in_force is None else InForceView.of(in_force),
            in_force_brings=None
            if candidates is None or in_force is None
            else PointView.of(candidates.at(in_force.threshold)),
            one_call_more=None if candidates is None else candidates.one_call_more,
            curve=[]
            if candidates is None
            else [PointView.of(point) for point in candidates.curve(MOST_POINTS)],
            basis=basis,
            horizon_days=found.horizon / DAY_US,
            lists=[ListView.of(one) for one in found.lists],
        )


class ActionView(BaseModel):
    """What to do next."""

    kind: Kind
    label: str = Field(description="What it is called.")
    code: str = Field(description="The row of the table of actions that decided.")
    why: str = Field(description="The facts that decided, as a sentence.")

    @classmethod
    def of(cls, action: NextAction, language: Language) -> Self:
        """Return how an action is shown."""
        return cls(
            kind=action.kind,
            label=ACTIONS[language][action.kind],
            code=action.code,
            why=action.why[language],
        )


class WorthView(BaseModel):
    """What a call is worth."""

    amount: float = Field(description="Probability times value, less the cost of the call.")
    currency: str

    @classmethod
    def of(cls, probability: float, terms: HandoverTerms) -> Self:
        """Return how the worth of a call is shown."""
        return cls(amount=expected_value(probability, terms), currency=terms.currency)


class AnswerView(BaseModel):
    """A value that a field may have."""

    model_config = ConfigDict(from_attributes=True)

    value: ProfileValue
    share: float = Field(description="Of the leads whose values were tried.")
    probability: float = Field(description="That the lead would have.")


class QuestionView(BaseModel):
    """A field that is missing, and by how much its value would move the probability."""

    model_config = ConfigDict(from_attributes=True)

    field: str
    label: str
    expected_move: float = Field(description="Of the probability, up or down, on average.")
    low: float = Field(description="The lowest probability that it would have.")
    high: float = Field(description="The highest.")
    leads: int = Field(description="How many other leads' values were tried.")
    answers: list[AnswerView] = Field(description="The most frequent first.")


class NextView(BaseModel):
    """What to do next with a lead, and what to ask it."""

    lead_id: str
    stage: Stage | None
    action: ActionView
    not_scored: str | None = Field(description="Why it has no score; null where it has one.")
    probability: float | None
    expected_value: WorthView | None = Field(
        description="Null without a score, or terms of the handover."
    )
    questions: list[QuestionView] = Field(description="What would move most comes first.")


def question_views(questions: Sequence[Question]) -> list[QuestionView]:
    """Return how questions are shown."""
    return [QuestionView.model_validate(one) for one in questions]
