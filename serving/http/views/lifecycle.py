"""The agreement, and where a lead stands in it, as the service shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from features.contract.duration import HOUR_US
from features.contract.language import Language
from features.contract.lead import moment
from serving.http.views.bant import BantView
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.alerts import Alert
from serving.lifecycle.bant import BantTerms
from serving.lifecycle.criteria import Check, Criteria, look
from serving.lifecycle.handover import HandoverTerms
from serving.lifecycle.situation import NextActionTerms
from serving.lifecycle.sla import Sla, SlaState, SlaTerms
from serving.lifecycle.stages import STAGES, Cause, Role, Stage, cause_of, is_ahead
from serving.lifecycle.terms import StageTerms, Transition, UseCase, View, ViewName
from serving.lifecycle.words import check_text, shown
from serving.model.reference import Grade
from serving.record.lifecycle.stages import StageEntry
from serving.stored.standing import Standing, promise


class WayTerms(BaseModel):
    """A way from stages to another one, as it was agreed on."""

    from_stages: tuple[Stage, ...]
    to_stage: Stage
    by: tuple[Role, ...] = Field(description="Who may move a lead on it.")
    needs: Criteria
    reasons: tuple[str, ...] | None = Field(description="One of them must be given.")

    @classmethod
    def of(cls, way: Transition) -> Self:
        """Return how a way is shown."""
        return cls(
            from_stages=way.origins, to_stage=way.to, by=way.by, needs=way.needs,
            reasons=way.reasons,
        )  # fmt: skip


class LifecycleView(BaseModel):
    """The agreement in force."""

    version: str
    fingerprint: str = Field(description="Changes with what the file says, its version aside.")
    stages: dict[Stage, StageTerms]
    transitions: list[WayTerms]
    bant: BantTerms
    views: tuple[View, ...]
    use_cases: tuple[UseCase, ...]
    handover: HandoverTerms | None = Field(description="Null where no call has a price.")
    next_action: NextActionTerms
    sla: SlaTerms | None = Field(description="Within how many business hours leads move on.")
    alerts: tuple[Alert, ...] = Field(description="Of what people are alerted.")

    @classmethod
    def of(cls, lifecycle: Lifecycle) -> Self:
        """Return how an agreement is shown."""
        return cls(
            version=lifecycle.version,
            fingerprint=lifecycle.fingerprint,
            stages=lifecycle.stages,
            transitions=[WayTerms.of(way) for way in lifecycle.transitions],
            bant=lifecycle.bant,
            views=lifecycle.views,
            use_cases=lifecycle.use_cases,
            handover=lifecycle.handover,
            next_action=lifecycle.next_action,
            sla=lifecycle.sla,
            alerts=lifecycle.alerts,
        )


class SlaView(BaseModel):
    """A promise that runs for a lead."""

    due_at: datetime = Field(description="The last moment at which it is kept.")
    warn_at: datetime = Field(description="From when on it is a warning.")
    hours_left: float = Field(description="In business hours; below 0 where it is broken.")
    state: SlaState

    @classmethod
    def of(cls, found: Sla) -> Self:
        """Return how a promise is shown."""
        return cls(
            due_at=moment(found.due_at),
            warn_at=moment(found.warn_at),
            hours_left=round(found.left / HOUR_US, 2),
            state=found.state,
        )


class CheckView(BaseModel):
    """A criterion, looked at."""

    criterion: str
    wanted: bool | float | str | tuple[str, ...] = Field(
        description="What it takes; times are in days."
    )
    value: bool | float | str | tuple[str, ...] | None = Field(
        description="What is there; null where it is not known."
    )
    holds: bool
    text: str = Field(description="The same as a sentence.")

    @classmethod
    def of(cls, check: Check, language: Language) -> Self:
        """Return how a criterion is shown."""
        return cls(
            criterion=check.criterion,
            wanted=shown(check.criterion, check.wanted),
            value=shown(check.criterion, check.value),
            holds=check.holds,
            text=check_text(check, language),
        )


class WayView(BaseModel):
    """A way on from where a lead stands."""

    to_stage: Stage
    by: tuple[Role, ...]
    reasons: tuple[str, ...] | None = Field(description="One of them must be given.")
    open: bool = Field(description="Whether all that it needs holds.")
    needs: list[CheckView]


class MoveView(BaseModel):
    """A stage that a lead was said to be in."""

    from_stage: str | None = Field(description="Null where the agreement knows no stage before.")
    to_stage: str = Field(description="As it was told, where the agreement does not know it.")
    at: datetime
    cause: Cause
    role: Role
    by: str = Field(description="Who told or decided it.")
    reason: str | None
    note: str | None
    allowed: bool | None = Field(
        description="Whether the agreement has this way; null before there was one."
    )
    agreement: str | None = Field(description="Version and fingerprint of the one in force then.")
    use_case: str | None
    probability: float | None = Field(description="At that moment; null where it was not asked.")
    grade: Grade | None

    @classmethod
    def of(cls, entry: StageEntry) -> Self:
        """Return how a move is shown."""
        return cls.model_validate(
            {
                **entry._asdict(),
                "from_stage": entry.came_from,
                "to_stage": entry.stage,
                "at": moment(entry.at),
                "cause": cause_of(entry.role),
                "by": entry.source,
            }
        )


class LeadLifecycle(BaseModel):
    """Where a lead stands, and what it takes to move it on."""

    lead_id: str
    stage: Stage | None = Field(
        description="Null where the newest that was told is no stage of the agreement."
    )
    since: datetime
    view: ViewName | None = Field(description="Cold, warm or sales lead; null where it is none.")
    use_case: str | None = Field(description="Whose thresholds count; null are the usual ones.")
    agreement: str = Field(description="Version and fingerprint.")
    not_scored: str | None = Field(description="Why it has no score; null where it has one.")
    next_stage: Stage | None = Field(description="The nearest one ahead.")
    sla: SlaView | None = Field(description="Null where nothing is promised of its stage.")
    ways: list[WayView] = Field(description="All ways on, those to the next stage among them.")
    bant: BantView
    history: list[MoveView] = Field(description="The oldest first.")

    @classmethod
    def of(
        cls, lifecycle: Lifecycle, one: Standing, not_scored: str | None, language: Language
    ) -> Self:
        """Return how a lead's standing is shown."""
        facts, lead_id = one.facts, one.lead.lead_id
        ways = lifecycle.ways(facts)
        sla = promise(lifecycle, one, facts.now)
        return cls(
            lead_id=lead_id,
            stage=facts.position.stage,
            since=moment(facts.position.since),
            view=lifecycle.view(facts),
            use_case=lifecycle.use_case(facts.profile),
            agreement=lifecycle.name,
            not_scored=not_scored,
            next_stage=_next(facts.position.stage, ways),
            sla=None if sla is None else SlaView.of(sla),
            ways=[
                WayView(
                    to_stage=way.to,
                    by=way.by,
                    reasons=way.reasons,
                    open=all(check.holds for check in look(way.needs, facts)),
                    needs=[CheckView.of(check, language) for check in look(way.needs, facts)],
                )
                for way in ways
            ],
            bant=BantView.of(lead_id, facts.bant, language),
            history=[MoveView.of(entry) for entry in _changes(lifecycle, one.history)],
        )


def _next(stage: Stage | None, ways: Sequence[Transition]) -> Stage | None:
    ahead = [way.to for way in ways if stage == "recycled" or (stage and is_ahead(way.to, stage))]
    return min((to for to in ahead if to != "disqualified"), key=STAGES.index, default=None)


def _changes(lifecycle: Lifecycle, history: Sequence[StageEntry]) -> list[StageEntry]:
    """Return the entries that changed the stage; a CRM may confirm what was decided here."""
    found: list[StageEntry] = []
    for entry in history:
        said = lifecycle.called(entry.stage)
        if not found or said is None or said != lifecycle.called(found[-1].stage):
            found.append(entry)
    return found
