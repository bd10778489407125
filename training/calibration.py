"""Platt scaling: an affine map from raw margins to log-odds, so that explanations stay exact."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from serving.model.manifest import Calibration


def fit_platt(
    margin: NDArray[np.float64], label: NDArray[np.float64], weight: NDArray[np.float64]
) -> Calibration:
    """Fit slope (never negative) and offset by maximum likelihood with smoothed targets.

    Targets are (n+ + 1) / (n+ + 2) and 1 / (n- + 2) in place of 1 and 0 (Platt 1999, section 2.2),
    with n the weight of each outcome, which keeps little data from a slope without bounds.
    """
    positives = float(weight @ label)
    negatives = float(weight.sum()) - positives
    target = np.where(label > 0, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    total = weight.sum()

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        log_odds = parameters[0] * margin + parameters[1]
        # log(1 + e^x) - t x is the log loss; its derivative by x is sigmoid(x) - t.
        value = weight @ (np.logaddexp(0.0, log_odds) - target * log_odds) / total
        error = weight * (1.0 / (1.0 + np.exp(-log_odds)) - target) / total
        return float(value), np.array([error @ margin, error.sum()])

    start = np.array([1.0, 0.0])
    fitted = minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 100.0), (-100.0, 100.0)]
    )
    return Calibration(slope=float(fitted.x[0]), offset=float(fitted.x[1]))
