"""Reasons: the strongest contributions, said in German or English; never a made-up one."""

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from features.declaration import Language
from features.labels import feature_label, number_text, value_text
from features.table import FeatureTable

ACCOUNT_EVENTS = "account_events"

_ODDS = {"de": "Chance", "en": "odds"}


class Reason(BaseModel):
    """One reason of an answer."""

    feature: str = Field(description="Name of the feature, such as `count(demo_request,30d)`.")
    value: float | str | None = Field(description="The feature's value; null is missing.")
    contribution: float = Field(description="What it adds to the log-odds.")
    direction: Literal["up", "down"]
    text: str = Field(description="A sentence for a reader.")


def reason(
    table: FeatureTable, row: int, feature: str, contribution: float, sentence: str
) -> Reason:
    """Return a reason about a feature of a row."""
    return Reason(
        feature=feature,
        value=table.value(row, table.feature_set.columns[feature]),
        contribution=contribution,
        direction="up" if contribution > 0 else "down",
        text=sentence,
    )


def strongest(contributions: NDArray[np.float64], up: int, down: int) -> list[int]:
    """Return positions of the strongest contributions, strongest first; never one of zero.

    Args:
        contributions: float64 [terms], finite.
        up: How many raising ones at most.
        down: How many lowering ones at most.
    """
    order = np.argsort(-np.abs(contributions), kind="stable").tolist()
    raising = [term for term in order if contributions[term] > 0][:up]
    lowering = [term for term in order if contributions[term] < 0][:down]
    chosen = {*raising, *lowering}
    return [term for term in order if term in chosen]


def feature_sentence(
    table: FeatureTable, row: int, column: int, contribution: float, language: Language
) -> str:
    """Return a model's reason: ``Demo requested, 7 days: count = 2 (odds × 1.8)``."""
    label = feature_label(table.feature_set.features[column], table.feature_set, language)
    value = table.value(row, column)
    said = f"{label}: " if value is None else f"{label} = "
    factor = odds_factor(contribution, language)
    return f"{said}{value_text(value, language)} ({_ODDS[language]} × {factor})"


def odds_factor(contribution: float, language: Language) -> str:
    """Return the factor on the odds with two significant digits, three where close to one."""
    factor = math.exp(contribution)
    if factor >= 10:
        return f"{float(f'{factor:.2g}'):.0f}"
    if 0.9 < factor < 1.1:
        factor = float(f"{factor:.3f}")
        return f"{factor:g}".replace(".", "," if language == "de" else ".")
    return number_text(float(f"{factor:.2g}"), language)


def missing(
    table: FeatureTable, row: int, importance: Mapping[str, float], *, account_events: bool
) -> list[str]:
    """Return what is missing of a lead, by importance: profile fields, then perhaps events.

    Args:
        table: Holds the lead's row.
        row: Its row.
        importance: Mean absolute contribution by feature name.
        account_events: Whether the events of its account are missing.
    """
    features = table.feature_set.features
    weights = {
        feature.field: importance.get(feature.name, 0.0)
        for column, feature in enumerate(features)
        if feature.kind in ("number", "category") and table.value(row, column) is None
    }
    of_account = table.feature_set.behaviours("account") if account_events else []
    if of_account:
        weights[ACCOUNT_EVENTS] = sum(importance.get(f.name, 0.0) for _, f in of_account)
    return sorted(weights, key=lambda name: (-weights[name], name))
