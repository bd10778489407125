"""What there is to learn from at a moment: the rows mature by then, encoded."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet
from features.declaration.table import FeatureTable
from training.learning.baseline import age_column, fit_baseline
from training.learning.columns import Columns, informative
from training.learning.examples import Examples, row_weights
from training.rows.dataset import Dataset
from training.rows.grid import LabelledRows

FEWEST_LEADS = 10
"""Fewest leads of the rarer outcome from which anything is learned."""

_YEAR = 365 * DAY_US
"""A season is learned only from rows of a year or more."""

_RAREST_CATEGORY_LEADS = 20
_MOST_CATEGORIES = 100


@dataclass(frozen=True, slots=True)
class Ground:
    """The mature rows of a moment.

    Attributes:
        rows: Which they are.
        columns: The features that tell anything there, and what was left out.
        encoder: Frozen on them.
        matrix: float64 [rows, features], encoded.
    """

    rows: LabelledRows
    columns: Columns
    encoder: Encoder
    matrix: NDArray[np.float64]

    @property
    def feature_set(self) -> FeatureSet:
        """What the columns mean."""
        return self.columns.kept

    def without_season(self) -> "Ground":
        """Return the same rows as they are without the time of year."""
        kept = self.feature_set.without_season()
        others = [self.feature_set.columns[feature.name] for feature in kept.features]
        columns = replace(self.columns, kept=kept)
        return replace(self, columns=columns, matrix=np.ascontiguousarray(self.matrix[:, others]))

    def examples(self, half_life: float, *, by_age: bool) -> Examples:
        """Return the rows as the learners take them.

        Args:
            half_life: Of their weights, as of `row_weights`.
            by_age: Whether there is a baseline by age, if the features tell the age.
        """
        rows, column = self.rows, age_column(self.feature_set)
        weight = row_weights(rows, half_life)
        baseline = None
        if by_age and column is not None:
            baseline = fit_baseline(column, self.matrix, rows.label, weight, rows.lead)
        return Examples(self.matrix, rows.label, weight, baseline)

    def encode(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return other rows as this ground's learners take them."""
        return self.encoder.encode(table.select(self.feature_set))


def rarer_outcome(rows: LabelledRows) -> int:
    """Return how many leads ever, or never, reach the target inside a row's horizon."""
    return min(rows.converted, rows.leads - rows.converted)


def sample(dataset: Dataset, some: NDArray[np.bool_], most_rows: int) -> NDArray[np.bool_]:
    """Return some rows to learn from, or about so many of theirs: whole leads, drawn blindly."""
    if some.sum() <= most_rows:
        return some
    leads = len(dataset.lead_id)
    drawn = np.random.default_rng(leads).random(leads) < most_rows / some.sum()
    sampled: NDArray[np.bool_] = some & drawn[dataset.learning.rows.lead]
    return sampled


def ground(dataset: Dataset, moment: int, most_rows: int | None = None) -> Ground | None:
    """Return what can be learned from at a moment; None where it is too little.

    Args:
        dataset: Rows and features.
        moment: Outcomes known by then count.
        most_rows: About how many rows to take at most, of leads drawn without regard to anything
            else; None takes all.
    """
    scene, schedule = dataset.learning, dataset.schedule
    mature = schedule.mature(scene.rows, moment)
    if most_rows is not None:
        mature = sample(dataset, mature, most_rows)
    rows = scene.rows.take(mature)
    if len(rows) == 0 or rarer_outcome(rows) < FEWEST_LEADS:
        return None
    chosen = dataset.feature_set(moment)
    if rows.as_of.max() - rows.as_of.min() < _YEAR:
        chosen = chosen.without_season()
    table = scene.table.take(mature).select(chosen)
    columns = informative(table)
    table = table.select(columns.kept)
    encoder = fit_encoder(table, rows.lead)
    return Ground(rows, columns, encoder, encoder.encode(table))


def fit_encoder(table: FeatureTable, lead: NDArray[np.int64]) -> Encoder:
    """Freeze the categories of rows; rare ones are treated as unknown ones will be."""
    return Encoder.fit(
        table, lead, min_leads=_RAREST_CATEGORY_LEADS, max_categories=_MOST_CATEGORIES
    )
