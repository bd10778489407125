"""A small dataset with a signal, as the procedure takes it."""

import numpy as np

from serving.model.scorer import explained
from tests.tiny import random_table
from training.project.project import ModelChoices
from training.rows.dataset import Dataset, Scene
from training.rows.grid import REGULAR, LabelledRows
from training.rows.schedule import flat_schedule

ROWS = 1500
CHOICES = ModelChoices(rounds=30)


def flat_dataset(*, signal: float = 1.0, base: float = -1.0, rows: int = ROWS) -> Dataset:
    """Return leads in random order whose outcome depends on demo requests and industry."""
    table = random_table(rows, seed=3)
    random = np.random.default_rng(3)
    logit = base + signal * (1.2 * table.numbers[:, 3] + (table.texts["industry"] == "IT"))
    label = (random.uniform(size=rows) < 1 / (1 + np.exp(-logit))) * 1.0
    lead = np.arange(rows)
    kind = np.full(rows, REGULAR, dtype=np.int8)
    learning = LabelledRows(lead, random.permutation(rows), label, lead, kind, immature=0)
    rules = explained(-2.0, np.linspace(-1, 3, rows)[:, None])
    schedule = flat_schedule(learning, cutoffs=3)
    return Dataset(
        lead_id=np.array([f"L{n}" for n in lead], dtype=object),
        learning=Scene(learning, table, rules),
        open_leads={},
        schedule=schedule,
        feature_sets={schedule.end: table.feature_set},
        notes=(),
    )
