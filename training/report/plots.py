"""Pictures of a model for its MLflow run: calibration, lift, and the SHAP summary."""

import matplotlib as mpl
import numpy as np
import shap
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from features.declaration.table import FeatureTable
from features.wording.labels import feature_label
from serving.model.manifest import Manifest
from serving.model.scorer import Explained
from training.checks.backtest import Backtest
from training.checks.evaluation import Evaluation
from training.learning.refit import Shipped
from training.report.report import cutoff_name

mpl.use("Agg")

_BINS = 10


def draw_plots(evaluation: Evaluation, backtest: Backtest, shipped: Shipped) -> dict[str, Figure]:
    """Return figures by file name; those for which the history is too short are left out."""
    figures = {
        "shap_summary.png": shap_summary(shipped.manifest, shipped.sample, shipped.sample_explained)
    }
    if 0 < evaluation.label.sum() < len(evaluation.label):
        figures["calibration.png"] = _calibration(evaluation)
        figures["lift.png"] = _lift(evaluation)
    return figures | backtest_plot(backtest)


def backtest_plot(backtest: Backtest) -> dict[str, Figure]:
    """Return the figure of a backtest by file name; none where there is nothing to draw."""
    return {"backtest.png": _backtest(backtest)} if backtest.lines else {}


def _calibration(evaluation: Evaluation) -> Figure:
    parts = np.array_split(np.argsort(evaluation.probability, kind="stable"), _BINS)
    expected = [float(evaluation.probability[part].mean()) for part in parts if len(part)]
    observed = [float(evaluation.label[part].mean()) for part in parts if len(part)]
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
    reached = np.cumsum(evaluation.label[order])
    share = np.arange(1, len(order) + 1) / len(order)
    figure, axes = plt.subplots()
    axes.plot(share, reached / reached[-1], label="model, newest slice")
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="by chance")
    axes.set(xlabel="share of leads called, best first", ylabel="share of the target reached")
    axes.legend()
    plt.close(figure)
    return figure


def _backtest(backtest: Backtest) -> Figure:
    positions = np.arange(len(backtest.lines))
    figure, axes = plt.subplots()
    axes.bar(positions - 0.2, [line.expected for line in backtest.lines], 0.4, label="expected")
    axes.bar(positions + 0.2, [line.conversions for line in backtest.lines], 0.4, label="observed")
    names = [cutoff_name(line) for line in backtest.lines]
    axes.set_xticks(positions, names, rotation=45, ha="right")
    axes.set(ylabel="leads that reach the target within the horizon", xlabel="past cut-off")
    axes.legend()
    figure.tight_layout()
    plt.close(figure)
    return figure


def shap_summary(manifest: Manifest, sample: FeatureTable, explained: Explained) -> Figure:
    """Return what the most important features contribute to the newest rows, by whole names."""
    feature_set = manifest.feature_set
    data = manifest.encoder.encode(sample)
    # shap colours by quantiles of the values, of which a feature that is always missing has none.
    columns = np.flatnonzero(~np.isnan(data).all(axis=0))
    features = [feature_set.features[column] for column in columns]
    explanation = shap.Explanation(
        values=explained.contributions[:, columns],
        base_values=np.full(len(sample), explained.base_log_odds),
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
