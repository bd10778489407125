"""The agreement of marketing and sales, in a file that both can read: `lifecycle.toml`."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError, model_validator

from features.contract.category import category_key
from features.contract.document import read_document
from features.contract.document_part import DocumentPart
from features.contract.lead import ProfileValue
from serving.lifecycle.alerts import Alert, alert_mistakes
from serving.lifecycle.bant import BantTerms
from serving.lifecycle.criteria import Facts, look
from serving.lifecycle.handover import HandoverTerms
from serving.lifecycle.kpis.terms import KpiTerms
from serving.lifecycle.review import ReviewTerms
from serving.lifecycle.situation import NextActionTerms
from serving.lifecycle.sla import SlaTerms
from serving.lifecycle.soundness import mistakes
from serving.lifecycle.stages import STAGES, Stage
from serving.lifecycle.terms import Name, StageTerms, Transition, UseCase, View, ViewName

_LATER = ("handover", "next_action", "sla", "alerts")
"""What was added since: an agreement without says the same as before there was any."""

MOST_MODELS = 8
"""Different models that use cases may name: each takes memory in every process."""


class Lifecycle(DocumentPart):
    """A whole lifecycle file.

    Attributes:
        version: What those who agreed on it call it.
        stages: Those that there are; `visitor` and `lead` always are.
        transitions: The ways between them; of those that a rule may go, the first that fits counts.
        bant: Which evidence counts.
        views: The first that fits counts.
        use_cases: The first that fits counts; without any, every lead is treated alike.
        kpis: What figures of all this look at.
        review: Which leads of low grades go to people all the same; None is none.
        handover: What calls cost and may bring; without it, criteria alone hand leads over.
        next_action: What counts as interest, and as silence.
        sla: Within how many business hours leads move on.
        alerts: Of what people are alerted; each counts.
    """

    version: Name
    stages: dict[Stage, StageTerms] = Field(min_length=1)
    transitions: tuple[Transition, ...] = Field(min_length=1)
    bant: BantTerms = Field(default_factory=BantTerms)
    views: tuple[View, ...] = ()
    use_cases: tuple[UseCase, ...] = ()
    kpis: KpiTerms = Field(default_factory=KpiTerms)
    review: ReviewTerms | None = None
    handover: HandoverTerms | None = None
    next_action: NextActionTerms = Field(default_factory=NextActionTerms)
    sla: SlaTerms | None = None
    alerts: tuple[Alert, ...] = ()

    @model_validator(mode="after")
    def _names_mean_one_stage(self) -> Self:
        names = [
            category_key(name, boolean=False)
            for stage, terms in self.stages.items()
            for name in (stage, *terms.also)
        ]
        if several := sorted(name for name, times in Counter(names).items() if times > 1):
            raise ValueError(f"stages: '{several[0]}' is said twice; a name means one stage")
        return self

    @model_validator(mode="after")
    def _use_cases_differ(self) -> Self:
        names = Counter(one.name for one in self.use_cases)
        if several := sorted(name for name, times in names.items() if times > 1):
            raise ValueError(f"use_cases: '{several[0]}' is there twice; give each its own name")
        models = {one.model for one in self.use_cases if one.model is not None}
        if len(models) > MOST_MODELS:
            raise ValueError(
                f"use_cases: {len(models)} different models are named, and at most {MOST_MODELS} "
                "are kept; let some share one"
            )
        for one in self.use_cases:
            for stage, needs in one.needs.items():
                asked = {c for way in self.transitions if way.to == stage for c in way.needs.asked}
                if left := sorted(needs.asked.keys() - asked):
                    raise ValueError(
                        f"use case '{one.name}': no transition to '{stage}' asks for {left[0]}; "
                        "write it there first"
                    )
        return self

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ends = {stage for stage, terms in self.stages.items() if terms.end}
        known: set[Stage] = {"visitor", "lead", *self.stages}
        found = mistakes([s for s in STAGES if s in known], ends, self.transitions, self.views)
        for use_case in self.use_cases:
            ways = self._applied[use_case.name]
            found += [f"use case '{use_case.name}': {said}" for said in mistakes(
                [s for s in STAGES if s in known], ends, ways, ()
            ) if said not in found]  # fmt: skip
        found += self._promises(known, ends)
        if found:
            raise ValueError("; ".join(found))
        return self

    @model_validator(mode="after")
    def _rules_hand_over(self) -> Self:
        if self.handover is not None and not any(map(self._hands_over, self.transitions)):
            raise ValueError(
                f"handover: no rule leads to '{self.handover.stage}'; name the stage by which "
                "rules hand leads over, or add rule to a transition there"
            )
        return self

    def _promises(self, known: set[Stage], ends: set[Stage]) -> list[str]:
        """Return what is wrong with promises and alerts."""
        try:
            names = (None, *(one.name for one in self.use_cases))
            promised = {name: self.promised(name) for name in names}
        except ValueError as error:
            return [str(error)]
        own = {"": self.sla} | {f"use case '{one.name}': ": one.sla for one in self.use_cases}
        found = [
            f"{said}sla.stages.{stage}: {mistake}"
            for said, sla in own.items()
            for stage in (() if sla is None else sla.stages)
            for mistake in _mistakes_of_promise(stage, known, ends)
        ]
        return [*found, *alert_mistakes(self.alerts, promised, known)]

    @cached_property
    def fingerprint(self) -> str:
        """What two agreements that say the same share; 12 hexadecimal digits."""
        silent = {name for name in _LATER if getattr(self, name) == self._usual(name)}
        # Neither figures nor a review move a lead.
        said = self.model_dump_json(exclude={"version", "kpis", "review"} | silent)
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    @classmethod
    def _usual(cls, name: str) -> object:
        return cls.model_fields[name].get_default(call_default_factory=True)

    def promised(self, use_case: str | None) -> SlaTerms | None:
        """Return what is promised of the leads of a use case, None where that is nothing."""
        return self._promised.get(use_case or "", self.sla)

    def promises_of(self, stage: Stage) -> dict[str | None, SlaTerms]:
        """Return the terms that promise anything of a stage, by use case; None is the usual one."""
        names = (None, *(one.name for one in self.use_cases))
        every = {name: self.promised(name) for name in names}
        return {n: terms for n, terms in every.items() if terms and stage in terms.stages}

    @property
    def time_zone(self) -> str:
        """Of the hours in which people work, and of the moments that they read."""
        return "UTC" if self.sla is None else self.sla.hours.time_zone

    @property
    def name(self) -> str:
        """Which agreement it is, for the record: its version, and what it says."""
        return f"{self.version} {self.fingerprint}"

    def called(self, name: str) -> Stage | None:
        """Return the stage that a name means, None where it means none."""
        return self._by_name.get(category_key(name, boolean=False))

    def use_case(self, profile: Mapping[str, ProfileValue]) -> str | None:
        """Return the use case of a lead with a profile; None is the usual one."""
        return next((one.name for one in self.use_cases if one.fits(profile)), None)

    def ways(self, facts: Facts) -> tuple[Transition, ...]:
        """Return the ways on from where a lead stands, with the thresholds of its use case.

        Where a threshold of the handover is in force, rules hand over by it alone, whatever else
        the agreement asks of the score.
        """
        use_case = self.use_case(facts.profile)
        every = self.transitions if use_case is None else self._applied[use_case]
        ways = tuple(one for one in every if facts.position.stage in one.origins)
        threshold = facts.threshold
        if threshold is None:
            return ways
        return tuple(
            one.from_threshold(threshold) if self._hands_over(one) else one for one in ways
        )

    def view(self, facts: Facts) -> ViewName | None:
        """Return what kind of lead it is called, None where it is called none."""
        for one in self.views:
            checks = look(one.needs, facts)
            if facts.position.stage in one.stages and all(check.holds for check in checks):
                return one.name
        return None

    def _hands_over(self, way: Transition) -> bool:
        terms = self.handover
        return terms is not None and "rule" in way.by and way.to == terms.stage

    @cached_property
    def _by_name(self) -> dict[str, Stage]:
        usual: dict[Stage, StageTerms] = {"visitor": StageTerms(), "lead": StageTerms()}
        return {
            category_key(name, boolean=False): stage
            for stage, terms in {**usual, **self.stages}.items()
            for name in (stage, *terms.also)
        }

    @cached_property
    def _promised(self) -> dict[str, SlaTerms]:
        """What is promised by use case, where it is other than usual."""
        found = {}
        for one in self.use_cases:
            if one.sla is not None:
                try:
                    found[one.name] = one.sla.over(self.sla)
                except ValueError as error:
                    raise ValueError(f"use case '{one.name}': {_said(error)}") from None
        return found

    @cached_property
    def _applied(self) -> dict[str, tuple[Transition, ...]]:
        return {
            one.name: tuple(one.applied(transition) for transition in self.transitions)
            for one in self.use_cases
        }


def _mistakes_of_promise(stage: Stage, known: set[Stage], ends: set[Stage]) -> Iterator[str]:
    if stage not in known:
        yield f"there is no [stages.{stage}]; add it"
    elif stage in ends:
        yield "the stage is an end; leave it out"


def _said(error: ValueError) -> str:
    """Return what is wrong; a model of pydantic says more around it."""
    if isinstance(error, ValidationError):
        return error.errors()[0]["msg"].removeprefix("Value error, ")
    return str(error)


SHIPPED = Path(str(files("serving.lifecycle") / "lifecycle.toml"))
"""The agreement that ships with the product."""


def read_lifecycle(path: Path | None = None) -> Lifecycle:
    """Read a lifecycle file; None means the one that ships with the product.

    Raises:
        DocumentError: The file is missing or wrong; the message names file, key and what to do.
    """
    return _shipped() if path is None else read_document(path, Lifecycle)


@cache
def _shipped() -> Lifecycle:
    return read_document(SHIPPED, Lifecycle)
