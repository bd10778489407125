"""How the log-odds of the model that ships are calibrated, and only as far as that has been earned.

Every way is an affine map from raw margins to log-odds, so that explanations stay exact.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from features.contract.mistake import MistakeError
from serving.model.manifest import Calibration
from training.learning.evidence import Trial, simplest
from training.learning.forward import log_losses
from training.project.project import CalibrationName

AS_LEARNED = Calibration(slope=1.0, offset=0.0)

WAYS: tuple[CalibrationName, ...] = ("none", "long_offset", "short_offset", "slope_and_offset")
"""The weakest intervention first."""

_QUESTION = "calibration"
_FEWEST_WINDOWS = 2


class CalibrationError(MistakeError):
    """A calibration that a project fixes has nothing to learn from."""


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """What a procedure said of rows it had not seen, in windows from old to new.

    Attributes:
        margin: float64 [rows], raw.
        label: float64 [rows].
        as_of: int64 [rows].
        group: int64 [rows].
        window: int64 [rows], the anchor of each row's window.
    """

    margin: NDArray[np.float64]
    label: NDArray[np.float64]
    as_of: NDArray[np.int64]
    group: NDArray[np.int64]
    window: NDArray[np.int64]

    def take(self, rows: NDArray[np.bool_]) -> "OutOfTime":
        """Return some of the rows."""
        return OutOfTime(
            self.margin[rows],
            self.label[rows],
            self.as_of[rows],
            self.group[rows],
            self.window[rows],
        )

    @property
    def tells(self) -> bool:
        """Whether both outcomes occur."""
        return bool(0 < self.label.sum() < len(self.label))


def calibrate(
    known: OutOfTime, horizon: int, fixed: CalibrationName | None
) -> tuple[Calibration, list[Trial]]:
    """Choose a calibration by how well each way told the next window, and learn it.

    Args:
        known: Predictions whose outcomes are known.
        horizon: Of the labels; what was learned for a window was known when it began.
        fixed: A way that is not up for choice.

    Raises:
        CalibrationError: The way that is fixed has nothing to learn from.
    """
    if fixed is not None and fixed != "none" and not known.tells:
        raise CalibrationError(
            f"model.calibration = '{fixed}' has nothing to learn from: the history is too short "
            "for predictions whose outcomes are known; leave it out, or bring more history"
        )
    way, trials = (fixed, []) if fixed is not None else _choose(known, horizon)
    return learn_calibration(way, known), trials


def _choose(known: OutOfTime, horizon: int) -> tuple[CalibrationName, list[Trial]]:
    judged, margins = [], []
    for anchor in np.unique(known.window).tolist():
        before = known.take(known.as_of <= anchor - horizon)
        if not before.tells:
            continue
        window = known.take(known.window == anchor)
        maps = [learn_calibration(way, before) for way in WAYS]
        judged.append(window)
        margins.append([m.slope * window.margin + m.offset for m in maps])
    if len(judged) < _FEWEST_WINDOWS:
        return "none", []
    label = np.concatenate([window.label for window in judged])
    losses = [
        log_losses(np.concatenate([tried[way] for tried in margins]), label)
        for way in range(len(WAYS))
    ]
    # What moves a level moves it for all leads of a window.
    clusterings = [
        np.concatenate([window.group for window in judged]),
        np.concatenate([window.window for window in judged]),
    ]
    names = [way.replace("_", " ") for way in WAYS]
    chosen, trials = simplest(_QUESTION, names, losses, clusterings)
    return WAYS[chosen], trials


def learn_calibration(way: CalibrationName, known: OutOfTime) -> Calibration:
    """Learn a calibration of one kind from predictions whose outcomes are known."""
    if way == "none":
        return AS_LEARNED
    if way == "short_offset":
        newest = known.take(known.window == known.window.max())
        # A window in which all or none converted tells no offset.
        return _fit(newest if newest.tells else known, with_slope=False)
    return _fit(known, with_slope=way == "slope_and_offset")


def _fit(known: OutOfTime, *, with_slope: bool) -> Calibration:
    """Fit by maximum likelihood; without a slope, expected conversions then equal observed ones."""

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, offset = parameters if with_slope else (1.0, parameters[0])
        log_odds = slope * known.margin + offset
        # The derivative of the log loss by log-odds is sigmoid(log-odds) - label.
        error = (1.0 / (1.0 + np.exp(-log_odds)) - known.label) / len(known.label)
        gradient = [error @ known.margin, error.sum()] if with_slope else [error.sum()]
        return float(log_losses(log_odds, known.label).mean()), np.array(gradient)

    start, bounds = [0.0], [(-100.0, 100.0)]
    if with_slope:
        start, bounds = [1.0, 0.0], [(0.0, 100.0), *bounds]
    fitted = minimize(loss, np.array(start), jac=True, method="L-BFGS-B", bounds=bounds)
    slope = float(fitted.x[0]) if with_slope else 1.0
    return Calibration(slope=slope, offset=float(fitted.x[-1]))
