"""Pictures of a model for its MLflow run: calibration, lift, and the SHAP summary."""

import matplotlib as mpl
import numpy as np
import shap
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from features.labels import feature_label
from training.evaluation import Evaluation
from training.refit import Shipped

mpl.use("Agg")

_BINS = 10


def draw_plots(evaluation: Evaluation, shipped: Shipped) -> dict[str, Figure]:
    """Return figures by file name."""
    return {
        "calibration.png": _calibration(evaluation),
        "lift.png": _lift(evaluation),
        "shap_summary.png": shap_summary(shipped),
    }


def _calibration(evaluation: Evaluation) -> Figure:
    order = np.argsort(evaluation.probability, kind="stable")
    expected, observed = [], []
    for part in np.array_split(order, _BINS):
        if len(part) and evaluation.weight[part].sum() > 0:
            weight = evaluation.weight[part]
            expected.append(np.average(evaluation.probability[part], weights=weight))
            observed.append(np.average(evaluation.label[part], weights=weight))
    figure, axes = plt.subplots()
    largest = max(*expected, *observed)
    axes.plot([0, largest], [0, largest], linestyle=":", color="grey", label="honest")
    axes.plot(expected, observed, marker="o", label="model, newest slice")
    axes.set(xlabel="probability said", ylabel="share that reached the target")
    axes.legend()
    plt.close(figure)
    return figure


def _lift(evaluation: Evaluation) -> Figure:
    order = np.argsort(-evaluation.probability, kind="stable")
    weight = evaluation.weight[order]
    reached = np.cumsum(weight * evaluation.label[order])
    share = np.cumsum(weight) / weight.sum()
    figure, axes = plt.subplots()
    axes.plot(share, reached / reached[-1], label="model, newest slice")
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="by chance")
    axes.set(xlabel="share of leads called, best first", ylabel="share of the target reached")
    axes.legend()
    plt.close(figure)
    return figure


def shap_summary(shipped: Shipped) -> Figure:
    """Return what the most important features contribute to the newest rows, by whole names."""
    feature_set = shipped.manifest.feature_set
    data = shipped.manifest.encoder.encode(shipped.sample)
    # shap colours by quantiles of the values, of which a feature that is always missing has none.
    columns = np.flatnonzero(~np.isnan(data).all(axis=0))
    features = [feature_set.features[column] for column in columns]
    explanation = shap.Explanation(
        values=shipped.sample_explained.contributions[:, columns],
        base_values=np.full(len(shipped.sample), shipped.sample_explained.base_log_odds),
        data=data[:, columns],
        feature_names=[feature_label(f, feature_set, "en") for f in features],
    )
    figure = plt.figure()
    axes = shap.plots.beeswarm(explanation, show=False, max_display=20)
    # shap leaves the same room for every name, and cuts the longer ones.
    names = max(label.get_window_extent().width for label in axes.get_yticklabels())
    figure.set_figwidth(figure.get_figwidth() + names / figure.dpi)
    figure.tight_layout()
    plt.close(figure)
    return figure
