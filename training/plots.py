"""Pictures of a model for its MLflow run: calibration, lift, and the SHAP summary."""

import matplotlib as mpl
import numpy as np
import shap
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from features.labels import feature_label
from training.backtest import Backtest
from training.evaluation import Evaluation
from training.refit import Shipped
from training.report import cutoff_name

mpl.use("Agg")

_BINS = 10


def draw_plots(evaluation: Evaluation, backtest: Backtest, shipped: Shipped) -> dict[str, Figure]:
    """Return figures by file name; those for which the history is too short are left out."""
    figures = {"shap_summary.png": _shap_summary(shipped)}
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


def _shap_summary(shipped: Shipped) -> Figure:
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
    shap.plots.beeswarm(explanation, show=False, max_display=20)
    plt.close(figure)
    return figure
