"""What must hold of a lead before it is moved, and what is found when that is looked at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.contract.duration import Duration
from features.contract.lead import ProfileValue
from serving.lifecycle.bant import Finding, Subject, established
from serving.lifecycle.position import Position
from serving.model.reference import Grade

Share = Annotated[float, Field(ge=0, le=1)]
FieldName = Annotated[str, Field(min_length=1, max_length=200)]

Wanted = float | str | bool | tuple[str, ...]
Value = Wanted | None

OF_SCORE = frozenset(
    {"fit_at_least", "behaviour_at_least", "grade", "probability_at_least", "probability_below"}
)
"""Criteria that ask a model, or the rules that stand in for it."""


class Criteria(DocumentPart):
    """What must hold; what is left out is not asked.

    Attributes:
        fit_at_least: What the profile adds, in log-odds; above 0 is better than usual.
        behaviour_at_least: What the behaviour adds, in log-odds.
        grade: This one or a better one.
        probability_at_least: Of becoming SQL.
        probability_below: Of becoming SQL; for leads that have cooled down.
        consent: A basis for profiling stands.
        contactable: An e-mail address or a telephone number is known.
        known: Profile fields that must be known.
        bant_at_least: Of how many of budget, authority, need, timeline enough is known.
        in_stage_at_least: How long the lead must have been in its stage.
    """

    fit_at_least: float | None = None
    behaviour_at_least: float | None = None
    grade: Grade | None = None
    probability_at_least: Share | None = None
    probability_below: Share | None = None
    consent: Literal[True] | None = None
    contactable: Literal[True] | None = None
    known: tuple[FieldName, ...] | None = Field(default=None, min_length=1)
    bant_at_least: int | None = Field(default=None, strict=True, ge=1, le=4)
    in_stage_at_least: Duration | None = None

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        least, below = self.probability_at_least, self.probability_below
        if least is not None and below is not None and below <= least:
            raise ValueError(
                "probability_below must be greater than probability_at_least, or it never holds"
            )
        return self

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked, by criterion."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if value is not None}

    def under(self, other: "Criteria") -> "Criteria":
        """Return these, with what others say of what is asked here."""
        said = {name: value for name, value in other.asked.items() if name in self.asked}
        return Criteria(**{**self.asked, **said})

    def from_threshold(self, threshold: float) -> "Criteria":
        """Return these, with a probability in place of all that they ask of the score."""
        others = {name: value for name, value in self.asked.items() if name not in OF_SCORE}
        return Criteria(**others, probability_at_least=threshold)


class Score(NamedTuple):
    """What was said of a lead; parts are in log-odds."""

    probability: float
    grade: Grade
    fit: float
    behaviour: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a lead at a moment.

    Attributes:
        position: Where it stands.
        now: Microseconds since 1970.
        profile: By field.
        consent: Whether a basis for profiling stands.
        contactable: Whether an e-mail address or a telephone number is known.
        bant: By subject.
        score: None where it is not scored.
        threshold: From which probability rules hand leads over to sales; None leaves that to the
            criteria of the agreement.
    """

    position: Position
    now: int
    profile: Mapping[str, ProfileValue]
    consent: bool
    contactable: bool
    bant: Mapping[Subject, Finding]
    score: Score | None
    threshold: float | None = None


class Check(NamedTuple):
    """One criterion, looked at.

    Attributes:
        criterion: Its key.
        wanted: What the agreement asks; of a time, in microseconds.
        value: What is there, in the same form; None where it is not known.
        holds: Whether that is enough.
    """

    criterion: str
    wanted: Wanted
    value: Value
    holds: bool


def look(criteria: Criteria, facts: Facts) -> tuple[Check, ...]:
    """Return what is found of each criterion that is asked."""
    return tuple(_look(name, wanted, facts) for name, wanted in criteria.asked.items())


def _look(name: str, wanted: Any, facts: Facts) -> Check:  # noqa: ANN401 - of any criterion
    value = _VALUES[name](facts, wanted)
    enough = _ENOUGH.get(name, _reaches)
    return Check(name, wanted, value, value is not None and enough(value, wanted))


def _reaches(there: Any, least: Any) -> bool:  # noqa: ANN401 - of any criterion
    return bool(there >= least)


def _of_score(name: str) -> Callable[[Facts, Any], Value]:
    return lambda facts, _: None if facts.score is None else getattr(facts.score, name)


_VALUES: Mapping[str, Callable[[Facts, Any], Value]] = {
    "fit_at_least": _of_score("fit"),
    "behaviour_at_least": _of_score("behaviour"),
    "grade": _of_score("grade"),
    "probability_at_least": _of_score("probability"),
    "probability_below": _of_score("probability"),
    "consent": lambda facts, _: facts.consent,
    "contactable": lambda facts, _: facts.contactable,
    "known": lambda facts, fields: tuple(
        field for field in fields if facts.profile.get(field) is not None
    ),
    "bant_at_least": lambda facts, _: established(facts.bant),
    "in_stage_at_least": lambda facts, _: facts.now - facts.position.since,
}

_ENOUGH: Mapping[str, Callable[[Any, Any], bool]] = {
    # A comes before B.
    "grade": lambda there, worst: there <= worst,
    "probability_below": lambda there, limit: there < limit,
    "known": lambda there, fields: len(there) == len(fields),
}
"""What is enough where it is not a value that must be reached."""
