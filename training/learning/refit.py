"""What ships: the procedure that was tried on the past, run on all that is known now."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np

from features.contract.duration import format_duration
from features.contract.lead import moment
from features.contract.mistake import MistakeError
from features.declaration.feature_set import KERNEL_VERSION
from features.declaration.subject import Subjects
from features.declaration.table import FeatureTable
from serving.model.artefact import checksum, save_model
from serving.model.manifest import Manifest, Metric, TrainingWindow
from serving.model.reference import Reference
from serving.model.scorer import Explained
from training.learning.ground import FEWEST_LEADS, rarer_outcome
from training.learning.procedure import Fitted, Procedure
from training.project.project import Project
from training.rows.dataset import Dataset
from training.rows.grid import LabelledRows

_LIBRARIES = ("lightgbm", "numpy", "pandas", "pydantic", "scikit-learn", "mlflow")
_SAMPLE = 2000


class TooLittleDataError(MistakeError):
    """There is too little data to learn from; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The model that goes out.

    Attributes:
        manifest: All but trees and coefficients.
        fitted: What the procedure made of all mature rows.
        sample: The newest rows, for the plots.
        sample_explained: What the model says of them.
    """

    manifest: Manifest
    fitted: Fitted
    sample: FeatureTable
    sample_explained: Explained

    def save(self, folder: Path) -> None:
        """Write the model folder."""
        learned = self.fitted.learned
        save_model(folder, self.manifest, learned.ensemble.linear.model, learned.booster_text)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the past says of the model that ships.

    Attributes:
        newest: Metrics on the newest slice, by name.
        backtest: Metrics on the leads open at past cut-offs, by name.
        notes: What a reader must know before believing them, the gravest first.
    """

    newest: dict[str, Metric]
    backtest: dict[str, Metric]
    notes: tuple[str, ...]


def refit(dataset: Dataset, procedure: Procedure) -> Fitted:
    """Run the procedure on every mature row.

    Raises:
        TooLittleDataError: Too few leads reached the target, or too few did not.
        CalibrationError: The calibration that the project fixes has nothing to learn from.
    """
    known = procedure.ground(dataset.schedule.end)
    if known is None:
        raise TooLittleDataError(
            f"only {rarer_outcome(dataset.learning.rows)} leads of the rarer outcome are there to "
            f"learn from, at least {FEWEST_LEADS} are needed; bring more history or a longer "
            "horizon, and serve the rules until then"
        )
    return procedure.run(dataset.schedule.end, known)


def ship(project: Project, dataset: Dataset, fitted: Fitted, figures: Figures, now: int) -> Shipped:
    """Describe a model as it goes out, at a moment."""
    learned = fitted.learned
    rows = dataset.learning.rows
    newest = np.sort(np.argsort(rows.as_of, kind="stable")[-_SAMPLE:])
    sample = dataset.learning.table.take(newest).select(fitted.feature_set)
    explained = learned.ensemble.explain(fitted.encode(sample), fitted.calibration)
    importance = np.abs(explained.contributions).mean(axis=0)
    names = [feature.name for feature in fitted.feature_set.features]
    subjects = Subjects(fitted.feature_set)
    of_subjects = np.abs(subjects.sums(explained.contributions)).mean(axis=0)
    manifest = Manifest(
        product_version=version("leadscore"),
        kernel_version=KERNEL_VERSION,
        project=project.name,
        target=project.target,
        leads=None if project.leads is None else project.leads.where,
        trained_at=moment(now),
        feature_set=fitted.feature_set,
        fingerprint=fitted.feature_set.fingerprint,
        encoder=fitted.encoder,
        mixture=learned.ensemble.mixture,
        calibration=fitted.calibration,
        reference=Reference.of(fitted.reference),
        importance=dict(zip(names, importance.tolist(), strict=True)),
        subject_importance=dict(zip(subjects.names, of_subjects.tolist(), strict=True)),
        window=_window(project, rows),
        metrics=figures.newest,
        backtest=figures.backtest,
        notes=figures.notes,
        libraries={name: version(name) for name in _LIBRARIES},
        linear_sha256=checksum(learned.ensemble.linear.model.model_dump_json()),
        booster_sha256=checksum(learned.booster_text) if learned.booster_text else None,
    )
    return Shipped(manifest, fitted, sample, explained)


def _window(project: Project, rows: LabelledRows) -> TrainingWindow:
    dated = project.rows is not None
    return TrainingWindow(
        first=moment(int(rows.as_of.min())) if dated else None,
        last=moment(int(rows.as_of.max())) if dated else None,
        horizon=format_duration(project.rows.horizon) if project.rows else None,
        rows=len(rows),
        leads=rows.leads,
        positives=int(rows.label.sum()),
    )
