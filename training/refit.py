"""What ships: the procedure that was evaluated, fitted again on every mature row."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from features.contract import moment
from features.declaration import KERNEL_VERSION
from features.duration import format_duration
from features.subject import Subjects
from features.table import FeatureTable
from serving.model.artefact import checksum, save_model
from serving.model.manifest import Manifest, TrainingWindow
from serving.model.reference import Reference
from serving.model.scorer import Explained
from training.dataset import Dataset
from training.evaluation import MODEL, Evaluation, examples, fit_encoder
from training.learners import Learned, learn
from training.project import Project

_LIBRARIES = ("lightgbm", "numpy", "pandas", "pydantic", "scikit-learn", "mlflow")
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Shipped:
    """The model that goes out.

    Attributes:
        manifest: All but trees and coefficients.
        learned: Trees and coefficients.
        sample: The newest rows, for the plots.
        sample_explained: What the model says of them.
    """

    manifest: Manifest
    learned: Learned
    sample: FeatureTable
    sample_explained: Explained

    def save(self, folder: Path) -> None:
        """Write the model folder."""
        save_model(
            folder, self.manifest, self.learned.halves.linear.model, self.learned.booster_text
        )


def refit(project: Project, dataset: Dataset, evaluation: Evaluation, now: int) -> Shipped:
    """Fit on all mature rows with as many trees as early stopping chose, at a moment."""
    encoder = fit_encoder(dataset.table, dataset.rows.lead)
    everything = examples(encoder, dataset.table, dataset.rows, project.model.half_life)
    rounds = evaluation.learned.rounds
    learned = learn(dataset.feature_set, encoder, everything, project.model, rounds)
    newest = np.sort(np.argsort(dataset.rows.as_of, kind="stable")[-_SAMPLE:])
    sample = dataset.table.take(newest)
    explained = learned.halves.explain(encoder.encode(sample), evaluation.calibration)
    importance = np.abs(explained.contributions).mean(axis=0)
    names = [feature.name for feature in dataset.feature_set.features]
    subjects = Subjects(dataset.feature_set)
    subject_importance = np.abs(subjects.sums(explained.contributions)).mean(axis=0)
    manifest = Manifest(
        product_version=version("leadscore"),
        kernel_version=KERNEL_VERSION,
        project=project.name,
        target=project.target,
        trained_at=moment(now),
        feature_set=dataset.feature_set,
        fingerprint=dataset.feature_set.fingerprint,
        encoder=encoder,
        mixture=learned.halves.mixture,
        calibration=evaluation.calibration,
        reference=Reference.of(evaluation.reference),
        importance=dict(zip(names, importance.tolist(), strict=True)),
        subject_importance=dict(zip(subjects.names, subject_importance.tolist(), strict=True)),
        window=_window(project, dataset),
        metrics=evaluation.metrics[MODEL],
        notes=dataset.notes,
        libraries={name: version(name) for name in _LIBRARIES},
        linear_sha256=checksum(learned.halves.linear.model.model_dump_json()),
        booster_sha256=checksum(learned.booster_text) if learned.booster_text else None,
    )
    return Shipped(manifest, learned, sample, explained)


def _window(project: Project, dataset: Dataset) -> TrainingWindow:
    rows = dataset.rows
    dated = project.rows is not None
    return TrainingWindow(
        first=moment(int(rows.as_of.min())) if dated else None,
        last=moment(int(rows.as_of.max())) if dated else None,
        horizon=format_duration(project.rows.horizon) if project.rows else None,
        rows=len(rows),
        leads=len(np.unique(rows.lead)),
        positives=int(rows.label.sum()),
    )
