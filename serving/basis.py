"""What an answer rests on: the model, or the rules; both explain themselves on one scale."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet, Language
from features.table import FeatureTable
from serving.model.scorer import Explained, LeadModel, explained
from serving.reasons import Reason, feature_sentence, reason
from serving.rules import Rule, Rules

BasisName = Literal["model", "rules"]

SCORE_LIMITS = (1.0, 40.0, 70.0, 90.0, 100.0)
"""Scores at no points, at the thresholds for MAL, MQL and SQL, and at twice that for SQL."""

_POINTS = {"de": "Punkte", "en": "points"}


class Basis(Protocol):
    """Explains feature rows as sums of terms: features of a model, or rules."""

    name: BasisName
    feature_set: FeatureSet
    version: str | None

    @property
    def fit(self) -> NDArray[np.bool_]:
        """Bool [terms], true where a term is about the profile."""

    @property
    def importance(self) -> Mapping[str, float]:
        """How much features tell, in log-odds, by feature name."""

    def explain(self, table: FeatureTable) -> Explained:
        """Return log-odds and float64 [rows, terms] contributions."""

    def scores(self, table: FeatureTable, explained: Explained) -> NDArray[np.int64]:
        """Return int64 [rows], 1 to 100."""

    def reason(
        self, table: FeatureTable, row: int, term: int, contribution: float, language: Language
    ) -> Reason:
        """Say one contribution."""


class ModelBasis:
    """A trained model; its terms are the features."""

    name: BasisName = "model"

    def __init__(self, model: LeadModel) -> None:
        """Rest on a loaded model."""
        self.model = model
        self.feature_set = model.manifest.feature_set
        self.version: str | None = model.version
        self.importance = model.manifest.importance
        self.fit = np.array([f.part == "fit" for f in self.feature_set.features], dtype=np.bool_)

    def explain(self, table: FeatureTable) -> Explained:
        """Return log-odds and float64 [rows, features] contributions."""
        return self.model.explain(table)

    def scores(self, table: FeatureTable, explained: Explained) -> NDArray[np.int64]:
        """Return the rows' percentiles among the reference leads."""
        return self.model.manifest.reference.scores(explained.log_odds)

    def reason(
        self, table: FeatureTable, row: int, term: int, contribution: float, language: Language
    ) -> Reason:
        """Say what a feature contributes."""
        feature = self.feature_set.features[term].name
        sentence = feature_sentence(table, row, term, contribution, language)
        return reason(table, row, feature, contribution, sentence)


class RulesBasis:
    """Rules; each that fires adds its points times one slope to the log-odds."""

    name: BasisName = "rules"
    version: str | None = None

    def __init__(self, rules: Rules) -> None:
        """Rest on a rule file."""
        self.rules = rules
        self.feature_set = rules.feature_set
        self.fit = np.arange(len(rules.all)) < len(rules.fit)
        self._base = _logit(rules.probability.at_zero)
        distance = _logit(rules.probability.at_sql) - self._base
        self._slope = distance / rules.thresholds.sql

    @cached_property
    def importance(self) -> dict[str, float]:
        """The most that any rule about a feature can add or take, by feature name."""
        most: dict[str, float] = {}
        for rule in self.rules.all:
            name = self.rules.feature_of(rule).name
            most[name] = max(most.get(name, 0.0), abs(rule.points) * self._slope)
        return most

    def points(self, table: FeatureTable) -> NDArray[np.int64]:
        """Return int64 [rows, rules], zero where a rule does not fire."""
        columns = [rule.fired(table) * rule.points for rule in self.rules.all]
        return np.stack(columns, axis=1).astype(np.int64)

    def explain(self, table: FeatureTable) -> Explained:
        """Return log-odds and float64 [rows, rules] contributions."""
        return explained(self._base, self._slope * self.points(table).astype(np.float64))

    def scores(self, table: FeatureTable, explained: Explained) -> NDArray[np.int64]:
        """Return scores that are linear in points between the thresholds."""
        limits = self.rules.thresholds
        at = (0, limits.mal, limits.mql, limits.sql, 2 * limits.sql)
        total = self.points(table).sum(axis=1)
        scores: NDArray[np.float64] = np.interp(total, at, SCORE_LIMITS)
        return np.floor(scores).astype(np.int64)

    def reason(
        self, table: FeatureTable, row: int, term: int, contribution: float, language: Language
    ) -> Reason:
        """Say which rule fired and its points."""
        rule: Rule = self.rules.all[term]
        text = rule.de if language == "de" else rule.en
        sentence = f"{text} ({rule.points:+d} {_POINTS[language]})"
        return reason(table, row, self.rules.feature_of(rule).name, contribution, sentence)


def _logit(probability: float) -> float:
    return float(np.log(probability) - np.log1p(-probability))
