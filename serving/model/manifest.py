"""What a model says of itself: enough to honour it, and to refuse it for a reason."""

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from features.contract.document_part import DocumentPart
from features.contract.group import Group
from features.declaration.encoder import Encoder
from features.declaration.feature_set import FeatureSet
from serving.model.reference import Reference

FORMAT = 2
"""Raised whenever an older manifest cannot be read as it was meant."""


class Mixture(DocumentPart):
    """Weights of the two parts of the raw margin.

    Attributes:
        trees: Weight of the booster's margin; 0 where trees have not earned their place.
        linear: Weight of the logistic's margin.
    """

    trees: float = Field(ge=0.0)
    linear: float = Field(ge=0.0)


class Calibration(DocumentPart):
    """An affine map of the raw margin: log-odds = slope * margin + offset."""

    slope: float = Field(ge=0.0)
    offset: float


class Metric(DocumentPart):
    """A figure of the evaluation with its bootstrap 95 % interval; None where undefined."""

    value: float | None
    low: float | None
    high: float | None


class TrainingWindow(DocumentPart):
    """The rows the shipped model has learned from.

    Attributes:
        first: Earliest moment `as_of` of a row; None for data without dates.
        last: Latest moment.
        horizon: Such as ``30d``; None for flat data.
        rows: Rows of (lead, as_of).
        leads: Different leads.
        positives: Rows with the target reached inside the horizon.
    """

    first: datetime | None
    last: datetime | None
    horizon: str | None
    rows: int
    leads: int
    positives: int


class Manifest(DocumentPart):
    """All of a model but its coefficients and trees.

    Attributes:
        format: Version of this layout.
        product_version: The leadscore that trained it.
        kernel_version: Version of the feature kernel's meaning.
        project: Name of the project.
        target: What the probability is of.
        leads: The group of leads that it learned from; None where these were all.
        trained_at: When.
        feature_set: Features in column order.
        fingerprint: Of the feature set, by the code that trained it.
        encoder: Frozen categories.
        mixture: Weights of the learners.
        calibration: From raw margin to log-odds.
        reference: For score and grade.
        importance: Mean absolute contribution by feature name, log-odds.
        subject_importance: The same by subject, of the sums of their features.
        window: Where it learned.
        metrics: Of the whole procedure on the newest slice, by name; empty where the history is
            too short to tell.
        backtest: Of the leads that were open at past cut-offs, by name; empty as `metrics` is.
        notes: What a reader must know before believing the figures.
        libraries: Version by name at training.
        linear_sha256: Of the text of the logistic half.
        booster_sha256: Of the booster text; None without trees.
    """

    format: int = FORMAT
    product_version: str
    kernel_version: int
    project: str
    target: str
    leads: Group | None = None
    trained_at: datetime
    feature_set: FeatureSet
    fingerprint: str
    encoder: Encoder
    mixture: Mixture
    calibration: Calibration
    reference: Reference
    importance: dict[str, float]
    subject_importance: dict[str, float]
    window: TrainingWindow
    metrics: dict[str, Metric]
    backtest: dict[str, Metric]
    notes: tuple[str, ...]
    libraries: dict[str, str]
    linear_sha256: str
    booster_sha256: str | None

    @model_validator(mode="after")
    def _trees_where_they_weigh(self) -> Self:
        if (self.booster_sha256 is None) != (self.mixture.trees == 0.0):
            raise ValueError("trees must weigh something where there are any, and only there")
        return self
