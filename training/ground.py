"""What there is to learn from at a moment: the rows mature by then, encoded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.declaration import FeatureSet
from features.encoder import Encoder
from features.table import FeatureTable
from training.columns import Columns, informative
from training.dataset import Dataset
from training.examples import Examples, row_weights
from training.grid import LabelledRows

FEWEST_LEADS = 10
"""Fewest leads of the rarer outcome from which anything is learned."""

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

    def examples(self, half_life: float) -> Examples:
        """Return the rows as the learners take them."""
        return Examples(self.matrix, self.rows.label, row_weights(self.rows, half_life))

    def encode(self, table: FeatureTable) -> NDArray[np.float64]:
        """Return other rows as this ground's learners take them."""
        return self.encoder.encode(table.select(self.feature_set))


def rarer_outcome(rows: LabelledRows) -> int:
    """Return how many leads ever, or never, reach the target inside a row's horizon."""
    return min(rows.converted, rows.leads - rows.converted)


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
    if most_rows is not None and mature.sum() > most_rows:
        leads = len(dataset.lead_id)
        drawn = np.random.default_rng(leads).random(leads) < most_rows / mature.sum()
        mature &= drawn[scene.rows.lead]
    rows = scene.rows.take(mature)
    if len(rows) == 0 or rarer_outcome(rows) < FEWEST_LEADS:
        return None
    chosen = dataset.feature_set(moment)
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
