"""A small real model, trained in a second by the learners that ship."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np

from features.contract.duration import parse_duration
from features.declaration.feature_set import (
    KERNEL_VERSION,
    Behaviour,
    DisplayName,
    FeatureSet,
    LeadAge,
    MissingCount,
    ProfileCategory,
    ProfileNumber,
)
from features.declaration.subject import Subjects
from features.declaration.table import FeatureTable
from serving.model.artefact import checksum, load_model, save_model
from serving.model.manifest import Calibration, Manifest, TrainingWindow
from serving.model.reference import Reference
from serving.model.scorer import LeadModel
from training.learning.examples import Examples
from training.learning.ground import fit_encoder
from training.learning.learners import Candidate, Learned, learn

WEEK = parse_duration("7d")

FEATURE_SET = FeatureSet(
    features=(
        ProfileNumber(field="employees"),
        ProfileCategory(field="industry"),
        MissingCount(),
        Behaviour(operator="count", event_type="demo_request", window=WEEK),
        Behaviour(operator="count", window=WEEK, level="account"),
        Behaviour(operator="days_since_last", event_type="page_view"),
        LeadAge(),
    ),
    names={"demo_request": DisplayName(de="Demo angefragt", en="Demo requested")},
)


def random_table(rows: int, seed: int) -> FeatureTable:
    """Return random leads, some values missing."""
    random = np.random.default_rng(seed)
    numbers = np.column_stack(
        [
            random.lognormal(4, 1, rows),
            np.full(rows, np.nan),
            random.integers(0, 2, rows),
            random.poisson(0.5, rows),
            random.poisson(3, rows),
            random.exponential(5, rows),
            random.uniform(0, 90, rows),
        ]
    ).astype(np.float64)
    numbers[random.uniform(size=rows) < 0.2, 0] = np.nan
    numbers[random.uniform(size=rows) < 0.3, 5] = np.nan
    names = np.array(["Maschinenbau", "Handel", "IT", None], dtype=object)
    return FeatureTable(FEATURE_SET, numbers, {"industry": random.choice(names, rows)})


@dataclass(frozen=True, slots=True)
class TinyTraining:
    """Parts of a small training."""

    manifest: Manifest
    learned: Learned

    def save(self, folder: Path) -> Path:
        """Write the model folder and return it."""
        save_model(
            folder, self.manifest, self.learned.ensemble.linear.model, self.learned.booster_text
        )
        return folder

    def load(self, folder: Path, version: str = "tiny/1") -> LeadModel:
        """Write the model folder and read it again."""
        return load_model(self.save(folder), version)


@cache
def tiny_training(*, trees: bool = True) -> TinyTraining:
    """Train on leads whose demo requests, industry and page views matter."""
    table = random_table(1500, seed=1)
    logit = (
        -2.0
        + 1.2 * table.numbers[:, 3]
        + (table.texts["industry"] == "IT")
        - 0.1 * np.nan_to_num(table.numbers[:, 5], nan=20.0)
    )
    label = (np.random.default_rng(2).uniform(size=1500) < 1 / (1 + np.exp(-logit))) * 1.0
    encoder = fit_encoder(table, np.arange(len(table)))
    examples = Examples(encoder.encode(table), label, np.ones(1500))
    candidate = Candidate(
        False, False, 0.5, 0.1, tree_weight=0.5 if trees else 0.0, leaves=16, rounds=30
    )
    learned = learn(FEATURE_SET, encoder, examples, candidate, learning_rate=0.03, seed=7)
    margins = learned.ensemble.margins(examples.matrix)
    calibration = Calibration(slope=1.3, offset=0.2)
    manifest = Manifest(
        product_version="0",
        kernel_version=KERNEL_VERSION,
        project="tiny",
        target="SQL",
        trained_at=datetime(2026, 1, 1, tzinfo=UTC),
        feature_set=FEATURE_SET,
        fingerprint=FEATURE_SET.fingerprint,
        encoder=encoder,
        mixture=learned.ensemble.mixture,
        calibration=calibration,
        reference=Reference.of(calibration.slope * margins + calibration.offset),
        importance={feature.name: 0.1 for feature in FEATURE_SET.features},
        subject_importance=dict.fromkeys(Subjects(FEATURE_SET).names, 0.1),
        window=TrainingWindow(
            first=None, last=None, horizon="30d", rows=1500, leads=1500, positives=int(label.sum())
        ),
        metrics={},
        backtest={},
        notes=(),
        libraries={},
        linear_sha256=checksum(learned.ensemble.linear.model.model_dump_json()),
        booster_sha256=checksum(learned.booster_text) if learned.booster_text else None,
    )
    return TinyTraining(manifest, learned)
