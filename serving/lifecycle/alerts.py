"""Of what people are alerted, and whom; whether something that happened is such a case."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import ConfigDict, Field, model_validator

from features.contract.category import category_key
from features.contract.document_part import DocumentPart
from features.contract.duration import DAY_US, Duration
from features.declaration.feature_set import DisplayName
from serving.lifecycle.business_hours import BusinessHours
from serving.lifecycle.business_time import BusinessTime
from serving.lifecycle.sla import SlaTerms
from serving.lifecycle.stages import Stage
from serving.lifecycle.terms import Code, Name, Stages
from serving.model.reference import Grade

Kind = Literal["event", "grade", "sla_warning", "sla_broken"]


class AlertTerms(DocumentPart):
    """What every alert has.

    Attributes:
        name: Yours; by which it is known that it was raised.
        tell: Targets, such as `sales`; a receiver is registered for some of them.
        stages: A lead in any of these; without any, in whichever.
        use_cases: A lead of any of these; without any, of whichever.
        label: What people read; the name, if left out.
    """

    name: Code
    tell: tuple[Code, ...] = Field(min_length=1)
    stages: Stages | None = None
    use_cases: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    label: DisplayName | None = None

    def concerns(self, stage: Stage | None, use_case: str | None) -> bool:
        """Tell whether a lead in a stage is one that it is about."""
        return (self.stages is None or stage in self.stages) and (
            self.use_cases is None or use_case in self.use_cases
        )


class EventAlert(AlertTerms):
    """A lead did something that shows what it wants.

    Attributes:
        kind: `event`.
        events: Types of events.
        items: To what it was done, with `*` for anything, and whatever its case; without any, to
            whatever.
        quiet_for: For so long it is not raised for a lead again.
    """

    kind: Literal["event"]
    events: tuple[Name, ...] = Field(min_length=1)
    items: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    quiet_for: Duration = DAY_US

    def is_about(self, event_type: str, item: str | None) -> bool:
        """Tell whether an event is one of these."""
        return event_type in self.events and (
            self.items is None
            or any(fnmatchcase(_key(item or ""), _pattern(wanted)) for wanted in self.items)
        )


class GradeAlert(AlertTerms):
    """A lead's grade has become better.

    Attributes:
        kind: `grade`.
        origin: It was this one or a worse one before, `from` in the file; without it, any worse
            than `to`, or none at all.
        to: It is this one or a better one.
        quiet_for: For so long it is not raised for a lead again.
    """

    model_config = ConfigDict(serialize_by_alias=True)

    kind: Literal["grade"]
    origin: Grade | None = Field(default=None, alias="from")
    to: Grade
    quiet_for: Duration = DAY_US

    @model_validator(mode="after")
    def _rises(self) -> Self:
        # A comes before B.
        if self.origin is not None and self.origin <= self.to:
            raise ValueError("from must be a worse grade than to")
        return self

    def is_about(self, before: Grade | None, now: Grade) -> bool:
        """Tell whether a change of grade is one of these."""
        if now > self.to:
            return False
        if self.origin is None:
            return before is None or before > self.to
        return before is not None and before >= self.origin


class SlaAlert(AlertTerms):
    """A promise is about to be broken, or is.

    Attributes:
        kind: `sla_warning` or `sla_broken`.
        after: So much business time after it was broken; for whoever looks after others.
    """

    kind: Literal["sla_warning", "sla_broken"]
    after: BusinessTime | None = None

    @model_validator(mode="after")
    def _after_what(self) -> Self:
        if self.after is not None and self.kind == "sla_warning":
            raise ValueError("after is of sla_broken; the share warn_at says when a warning is")
        return self

    def raised_at(self, warn_at: int, due_at: int, hours: BusinessHours) -> int:
        """Return when it is to be raised, microseconds since 1970, as is all else."""
        if self.kind == "sla_warning":
            return warn_at
        # The last moment at which it is kept is none at which it is broken.
        return 1 + (due_at if self.after is None else hours.add_business(due_at, self.after))


Alert = Annotated[EventAlert | GradeAlert | SlaAlert, Field(discriminator="kind")]


class Occurrence(NamedTuple):
    """Something that happened and that an alert is about.

    Attributes:
        alert: Which it is.
        lead: Number of the lead it belongs to, whichever stands for that one.
        key: What nothing else of that lead has that the alert is about.
        at: When it came to be known, microseconds since 1970.
        because: What happened, for its readers.
    """

    alert: Alert
    lead: int
    key: str
    at: int
    because: Mapping[str, str | None]


class Raised(NamedTuple):
    """An alert that was raised; `at` is in microseconds since 1970."""

    name: str
    key: str
    at: int


def news(occurrences: Iterable[Occurrence], raised: Collection[Raised]) -> list[Occurrence]:
    """Return what somebody is to be alerted of, of each alert the newest at most.

    Nobody is told twice: not of what was raised, nor of what came while an alert of an event or a
    grade was quiet after it.

    Args:
        occurrences: Of one lead.
        raised: Of the same lead, and of all that it stands for.
    """
    known = {(one.name, one.key) for one in raised}
    last = {one.name: one.at for one in sorted(raised, key=lambda one: one.at)}
    found: dict[str, Occurrence] = {}
    for one in sorted(occurrences, key=lambda one: one.at):
        name = one.alert.name
        quiet = 0 if isinstance(one.alert, SlaAlert) else one.alert.quiet_for
        silent = quiet > 0 and name in last and one.at <= last[name] + quiet
        if (name, one.key) not in known and not silent:
            found[name] = one
    return list(found.values())


def alert_mistakes(
    alerts: Collection[Alert],
    promised: Mapping[str | None, SlaTerms | None],
    stages: Collection[Stage],
) -> Iterator[str]:
    """Yield what contradicts the rest of the agreement, each as a sentence that says what to do.

    Args:
        alerts: Of the agreement.
        promised: What is promised of the leads of every use case; None are those of none.
        stages: That there are.
    """
    names = [one.name for one in alerts]
    for one in alerts:
        said = f"alert '{one.name}'"
        if names.count(one.name) > 1:
            yield f"{said} is there twice; give each its own name"
        for stage in one.stages or ():
            if stage not in stages:
                yield f"{said}: there is no [stages.{stage}]; add it"
        for use_case in one.use_cases or ():
            if use_case not in promised:
                yield f"{said}: there is no use case '{use_case}'; add it, or leave it out"
        if isinstance(one, SlaAlert):
            concerned = [name for name in promised if name in (one.use_cases or promised)]
            terms = [promised[name] for name in concerned]
            if terms:
                yield from _unpromised(one, [each for each in terms if each is not None], said)


def _unpromised(one: SlaAlert, promised: Collection[SlaTerms], said: str) -> Iterator[str]:
    if not promised:
        yield f"{said}: nothing is promised; add [sla], or leave the alert out"
        return
    for stage in one.stages or ():
        if not any(stage in terms.stages for terms in promised):
            yield f"{said}: nothing is promised of {stage}; add [sla.stages.{stage}]"
    if one.after is not None:
        try:
            for terms in promised:
                terms.hours.require(one.after, "after")
        except ValueError as error:
            yield f"{said}: {error}"


def _pattern(written: str) -> str:
    """Return what `fnmatch` takes, where only `*` means anything else than itself."""
    return _key(written).translate({ord("["): "[[]", ord("?"): "[?]"})


def _key(name: str) -> str:
    return category_key(name, boolean=False)
