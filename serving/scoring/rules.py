"""Rules that marketing writes: points for what a lead is and does, in a file anyone can read."""

import hashlib
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from features.contract.category import are_boolean, category_key
from features.contract.document import read_document
from features.contract.document_part import DocumentPart
from features.contract.duration import Duration, format_duration
from features.declaration.feature_set import (
    Behaviour,
    FeatureSet,
    Level,
    ProfileCategory,
    ProfileNumber,
)
from features.declaration.operators import OPERATORS, OperatorName
from features.declaration.table import FeatureTable

ANY_EVENT = "*"

Fired = NDArray[np.bool_]
Points = Annotated[int, Field(strict=True, ge=-1000, le=1000)]
Bound = Annotated[float, Field(allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


class _Rule(DocumentPart):
    de: Text
    en: Text
    points: Points
    at_least: Bound | None = None
    below: Bound | None = None

    @model_validator(mode="after")
    def _can_matter(self) -> Self:
        if self.points == 0:
            raise ValueError("points = 0 never matters; leave the rule out")
        if self.at_least is not None and self.below is not None and self.below <= self.at_least:
            raise ValueError("below must be greater than at_least, or the rule never fires")
        return self

    @property
    def bounded(self) -> bool:
        """Whether the rule asks for a number."""
        return self.at_least is not None or self.below is not None

    def within_bounds(self, numbers: NDArray[np.float64]) -> Fired:
        """Return bool [rows]; a missing number is within no bounds."""
        fired = ~np.isnan(numbers)
        if self.at_least is not None:
            fired &= numbers >= self.at_least
        if self.below is not None:
            fired &= numbers < self.below
        return fired


class FitRule(_Rule):
    """Points for what a lead is.

    Attributes:
        profile: The profile field.
        one_of: Values that fire the rule, as `category_key` compares them.
        missing: Fires where the field is missing.
    """

    profile: Text
    one_of: tuple[str, ...] | None = Field(default=None, min_length=1)
    missing: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> Self:
        if (self.one_of is not None) + self.bounded + (self.missing is not None) != 1:
            raise ValueError(
                "needs one condition: one_of = [..], or at_least and/or below, or missing = true"
            )
        return self

    def fired(self, table: FeatureTable) -> Fired:
        """Return bool [rows]."""
        if self.profile in table.feature_set.numbers:
            numbers = table.numbers[:, table.feature_set.numbers[self.profile]]
            return np.isnan(numbers) if self.missing else self.within_bounds(numbers)
        texts = table.texts[self.profile]
        if self.one_of is None:
            return np.array([text is None for text in texts], dtype=np.bool_)
        wanted, boolean = self._wanted
        return np.array(
            [text is not None and category_key(text, boolean=boolean) in wanted for text in texts],
            dtype=np.bool_,
        )

    @cached_property
    def _wanted(self) -> tuple[frozenset[str], bool]:
        values = self.one_of or ()
        boolean = are_boolean(values)
        return frozenset(category_key(value, boolean=boolean) for value in values), boolean


class BehaviourRule(_Rule):
    """Points for what a lead, or anyone of its account, did.

    Attributes:
        event: The event type; ``*`` is any event.
        within: How far back it looks; without it, the whole history.
        operator: What the bounds are about; the number of events if not given.
        level: Whose events count.
    """

    event: Text
    within: Duration | None = None
    operator: OperatorName = "count"
    level: Level = "lead"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        time = OPERATORS[self.operator].time
        if time == "half_life":
            raise ValueError(f"operator '{self.operator}' is not for rules; use 'count' and within")
        if time == "window" and self.within is None:
            raise ValueError(f"operator '{self.operator}' needs within, such as within = '30d'")
        if not self.bounded:
            raise ValueError("needs a condition: at_least and/or below, such as at_least = 1")
        return self

    @cached_property
    def feature(self) -> Behaviour:
        """The feature that the rule looks at."""
        within = None if self.within is None else format_duration(self.within)
        declared = {"operator": self.operator, "window": within, "level": self.level}
        if self.event != ANY_EVENT:
            declared["event_type"] = self.event
        return Behaviour.model_validate(declared)

    def fired(self, table: FeatureTable) -> Fired:
        """Return bool [rows]."""
        column = table.feature_set.columns[self.feature.name]
        return self.within_bounds(table.numbers[:, column])


Rule = FitRule | BehaviourRule


class Thresholds(DocumentPart):
    """Points from which a lead fits (MAL), is engaged (MQL), is ready for sales (SQL)."""

    mal: Points
    mql: Points
    sql: Points

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not 0 < self.mal < self.mql < self.sql:
            raise ValueError("must ascend: 0 < mal < mql < sql")
        return self


class Anchors(DocumentPart):
    """Probability of becoming SQL at no points and at the threshold for SQL."""

    at_zero: float = Field(ge=1e-6, lt=1)
    at_sql: float = Field(gt=0, le=1 - 1e-6)

    @model_validator(mode="after")
    def _ascending(self) -> Self:
        if not self.at_zero < self.at_sql:
            raise ValueError("at_sql must be greater than at_zero")
        return self


class Rules(DocumentPart):
    """A whole rule file; the tables of the rules are named by their ids."""

    thresholds: Thresholds
    probability: Anchors
    fit: dict[str, FitRule] = Field(default_factory=dict)
    behaviour: dict[str, BehaviourRule] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _some_rule(self) -> Self:
        if not self.fit and not self.behaviour:
            raise ValueError("there is no rule; write at least one [fit.<id>] or [behaviour.<id>]")
        return self

    @model_validator(mode="after")
    def _one_kind_of_field(self) -> Self:
        for name, rule in self.fit.items():
            if rule.one_of is not None and rule.profile in self._numeric:
                raise ValueError(
                    f"rule '{name}': '{rule.profile}' is a number in another rule; "
                    "use at_least and below for it, or one_of everywhere"
                )
        return self

    @cached_property
    def _numeric(self) -> frozenset[str]:
        return frozenset(rule.profile for rule in self.fit.values() if rule.bounded)

    @cached_property
    def all(self) -> tuple[Rule, ...]:
        """Every rule, fit first."""
        return (*self.fit.values(), *self.behaviour.values())

    def feature_of(self, rule: Rule) -> Behaviour | ProfileNumber | ProfileCategory:
        """Return the feature that a rule looks at."""
        if isinstance(rule, BehaviourRule):
            return rule.feature
        if rule.profile in self._numeric:
            return ProfileNumber(field=rule.profile)
        return ProfileCategory(field=rule.profile)

    @cached_property
    def feature_set(self) -> FeatureSet:
        """The features all rules look at, each once."""
        features = [self.feature_of(rule) for rule in self.all]
        return FeatureSet(features=tuple({feature.name: feature for feature in features}.values()))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over all that decides a score, so not the words; 64 hexadecimal digits."""
        words = {"__all__": {"de", "en"}}
        decisive = self.model_dump_json(exclude={"fit": words, "behaviour": words})
        return hashlib.sha256((decisive + self.feature_set.fingerprint).encode()).hexdigest()


SHIPPED = Path(str(files("serving.scoring") / "rules.toml"))
"""The rules that ship with the product."""


def read_rules(path: Path | None = None) -> Rules:
    """Read a rule file; None means the one that ships with the product.

    Raises:
        DocumentError: The file is missing or wrong; the message names file, rule and key.
    """
    return _shipped() if path is None else read_document(path, Rules)


@cache
def _shipped() -> Rules:
    return read_document(SHIPPED, Rules)
