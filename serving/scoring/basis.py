"""What an answer rests on: the model, or the rules; both explain themselves on one scale."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from features.contract.language import Language
from features.declaration.feature_set import Feature, FeatureSet
from features.declaration.subject import Subjects, subject_of
from features.declaration.table import FeatureTable, Value
from features.wording.facts import Facts
from features.wording.sentence import Sentences
from serving.model.scorer import Explained, LeadModel, explained
from serving.scoring.missing import Missing
from serving.scoring.odds import odds_factors
from serving.scoring.reasons import FeatureShare, Reason, with_odds
from serving.scoring.rules import FitRule, Rules
from serving.scoring.strongest import Listed

BasisName = Literal["model", "rules"]

SCORE_LIMITS = (1.0, 40.0, 70.0, 90.0, 100.0)
"""Scores at no points, at the thresholds for MAL, MQL and SQL, and at twice that for SQL."""

_POINTS = {"de": "Punkte", "en": "points"}


class ExplainedRow(NamedTuple):
    """What is known of a row and what adds up to its log-odds.

    Attributes:
        numbers: float64 [features], values; NaN is missing, or a category.
        contributions: float64 [terms]; finite.
        values: Of all features, as a reader knows them.
    """

    numbers: NDArray[np.float64]
    contributions: NDArray[np.float64]
    values: Sequence[Value]


class Basis(Protocol):
    """Explains feature rows as sums of terms (features of a model, or rules), told as reasons.

    Attributes:
        version: Of the model; None on rules.
        fingerprint: Of the rules; None of a model.
    """

    name: BasisName
    feature_set: FeatureSet
    version: str | None
    fingerprint: str | None

    @property
    def fit(self) -> NDArray[np.bool_]:
        """Whether each reason is about the profile, bool [reasons]."""

    @property
    def about(self) -> Sequence[tuple[str, Feature]]:
        """For each reason, its subject, and a feature that tells what the subject is called."""

    @property
    def importance(self) -> Mapping[str, float]:
        """How much features tell, in log-odds, by feature name."""

    @property
    def subject_importance(self) -> Mapping[str, float]:
        """How much subjects tell, in log-odds, by subject."""

    @property
    def missing(self) -> Missing:
        """Tells what is missing of a row."""

    def explain(self, table: FeatureTable) -> tuple[Explained, NDArray[np.int64]]:
        """Return log-odds with float64 [rows, terms] contributions; scores, int64 [rows]."""

    def by_reason(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [rows, reasons] from contributions, float64 [rows, terms]."""

    def reasons(self, row: ExplainedRow, listed: Listed, language: Language) -> list[Reason]:
        """Say those reasons of a row that are listed, in order."""

    def has_seen(self, field: str, text: str) -> bool:
        """Tell whether anything was learned from a category of a profile field."""


class ModelBasis:
    """A trained model; its terms are the features."""

    name: BasisName = "model"
    fingerprint: str | None = None

    def __init__(self, model: LeadModel) -> None:
        """Rest on a loaded model."""
        self.model = model
        self.feature_set = model.manifest.feature_set
        self.version: str | None = model.version
        self.importance = model.manifest.importance
        self.subject_importance = model.manifest.subject_importance
        self.missing = Missing(self.feature_set, self.subject_importance)
        self._names = tuple(self.feature_set.columns)
        self._subjects = Subjects(self.feature_set)
        firsts = [self.feature_set.features[columns[0]] for columns in self._subjects.columns]
        self.fit = np.array([first.part == "fit" for first in firsts], dtype=np.bool_)
        self.about = list(zip(self._subjects.names, firsts, strict=True))
        self.facts = Facts(self.feature_set, self._subjects)
        self.sentences = Sentences(self.feature_set, self._subjects)

    def __reduce__(self) -> tuple[type["ModelBasis"], tuple[LeadModel]]:
        """Travel to another process as the model alone."""
        return ModelBasis, (self.model,)

    def explain(self, table: FeatureTable) -> tuple[Explained, NDArray[np.int64]]:
        """Return contributions by feature; scores are percentiles among the reference leads."""
        explained = self.model.explain(table)
        return explained, self.model.manifest.reference.scores(explained.log_odds)

    def by_reason(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [rows, subjects] from float64 [rows, features]."""
        return self._subjects.sums(contributions)

    def reasons(self, row: ExplainedRow, listed: Listed, language: Language) -> list[Reason]:
        """Say what the features of some subjects contribute together."""
        chosen = self.facts.choose(
            listed.position, listed.row, row.numbers[None], row.contributions[None]
        )
        values, shares, names = row.values, row.contributions.tolist(), self._names
        reasons = []
        for position, total, factor, columns, facts in zip(
            listed.position.tolist(),
            listed.contribution.tolist(),
            odds_factors(listed.contribution, language),
            chosen.columns.tolist(),
            chosen.facts,
            strict=True,
        ):
            sentence = self.sentences.say(
                position, values[columns[0]], facts, language, down=total < 0.0
            )
            features: list[FeatureShare] = [
                {"feature": names[c], "value": values[c], "contribution": shares[c]}
                for c in columns
                if c >= 0 and shares[c]
            ]
            name, text = self._subjects.names[position], with_odds(sentence, factor, language)
            reasons.append(Reason.about(name, total, text, features))
        return reasons

    def has_seen(self, field: str, text: str) -> bool:
        """Tell whether any training row had a category."""
        return self.model.encoder.seen(field, text)


class RulesBasis:
    """Rules; each that fires adds its points times one slope to the log-odds."""

    name: BasisName = "rules"
    version: str | None = None

    def __init__(self, rules: Rules) -> None:
        """Rest on a rule file."""
        self.rules = rules
        self.fingerprint: str | None = rules.fingerprint
        self.feature_set = rules.feature_set
        self.fit = np.array([isinstance(rule, FitRule) for rule in rules.all], dtype=np.bool_)
        self._base = _short(_logit(rules.probability.at_zero))
        distance = _logit(rules.probability.at_sql) - self._base
        self._slope = _short(distance / rules.thresholds.sql)
        features = [rules.feature_of(rule) for rule in rules.all]
        self._subjects = [subject_of(feature) for feature in features]
        self.about = list(zip(self._subjects, features, strict=True))

    @cached_property
    def importance(self) -> dict[str, float]:
        """The most that any rule about a feature can add or take, by feature name."""
        return self._most([self.rules.feature_of(rule).name for rule in self.rules.all])

    @cached_property
    def subject_importance(self) -> dict[str, float]:
        """The most that any rule about a subject can add or take, by subject."""
        return self._most(self._subjects)

    @cached_property
    def missing(self) -> Missing:
        """Tells what is missing of a row."""
        return Missing(self.feature_set, self.subject_importance)

    def _most(self, names: Sequence[str]) -> dict[str, float]:
        most: dict[str, float] = {}
        for name, rule in zip(names, self.rules.all, strict=True):
            most[name] = max(most.get(name, 0.0), abs(rule.points) * self._slope)
        return most

    def explain(self, table: FeatureTable) -> tuple[Explained, NDArray[np.int64]]:
        """Return contributions by rule; scores are linear in points between the thresholds."""
        fired = [rule.fired(table) * rule.points for rule in self.rules.all]
        points: NDArray[np.int64] = np.stack(fired, axis=1).astype(np.int64)
        limits = self.rules.thresholds
        at = (0, limits.mal, limits.mql, limits.sql, 2 * limits.sql)
        scores = np.floor(np.interp(points.sum(axis=1), at, SCORE_LIMITS)).astype(np.int64)
        return explained(self._base, self._slope * points.astype(np.float64)), scores

    def by_reason(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return them as they are: each rule is a reason."""
        return contributions

    def reasons(self, row: ExplainedRow, listed: Listed, language: Language) -> list[Reason]:
        """Say which rules fired and their points."""
        told = zip(listed.position.tolist(), listed.contribution.tolist(), strict=True)
        return [self._reason(row, position, total, language) for position, total in told]

    def _reason(
        self, row: ExplainedRow, position: int, contribution: float, language: Language
    ) -> Reason:
        name = self.rules.feature_of(self.rules.all[position]).name
        value = row.values[self.feature_set.columns[name]]
        return Reason.about(
            self._subjects[position],
            contribution,
            self.said(position, language),
            [{"feature": name, "value": value, "contribution": contribution}],
        )

    def said(self, position: int, language: Language) -> str:
        """Return what is said where a rule fires."""
        rule = self.rules.all[position]
        said = rule.de if language == "de" else rule.en
        return f"{said} ({rule.points:+d} {_POINTS[language]})"

    def has_seen(self, field: str, text: str) -> bool:
        """Tell that they have: rules learn from nobody, and lack nothing."""
        return True


def _logit(probability: float) -> float:
    return float(np.log(probability) - np.log1p(-probability))


def _short(number: float) -> float:
    """Return a number of 24 bits: whole points times it, and their sums, are exact.

    So leads with equal points have equal log-odds, in whatever order their rules are added up.
    """
    return float(np.float32(number))
