"""What a training says of itself: text that can be pasted."""

from serving.model.manifest import Manifest, Metric
from training.metrics import METRICS

_TITLES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "lift_10": "lift 10 %",
    "lift_20": "lift 20 %",
    "brier": "Brier",
    "ece": "ECE",
}


def metrics_table(metrics: dict[str, dict[str, Metric]]) -> str:
    """Return candidates and their figures with 95 % intervals as a Markdown table."""
    lines = [
        "| newest slice | " + " | ".join(_TITLES[name] for name in METRICS) + " |",
        "|---" * (len(METRICS) + 1) + "|",
    ]
    for candidate, figures in metrics.items():
        cells = [metric_text(figures[name]) for name in METRICS]
        lines.append(f"| {candidate} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def metric_text(metric: Metric) -> str:
    """Return a figure with its interval: ``.812 (.790-.833)``."""
    if metric.value is None or metric.low is None or metric.high is None:
        return "undefined"
    return f"{_short(metric.value)} ({_short(metric.low)}-{_short(metric.high)})"


def _short(value: float) -> str:
    text = f"{value:.3f}"
    return text.removeprefix("0") if text.startswith("0") else f"{value:.2f}"


def training_summary(manifest: Manifest, metrics: dict[str, dict[str, Metric]]) -> str:
    """Return the summary of a training as Markdown."""
    window = manifest.window
    share = window.positives / window.rows
    learned_from = (
        f"{window.rows:,} rows of {window.leads:,} leads, "
        f"{window.positives:,} ({share:.1%}) with the target"
    )
    if window.first and window.last:
        learned_from += (
            f" within {window.horizon}; {window.first:%Y-%m-%d} to {window.last:%Y-%m-%d}"
        )
    halves = "trees and logistic" if manifest.mixture.trees else "logistic only (little data)"
    lines = [
        # What makes the figures doubtful stands in the first line.
        " ".join(
            [f"### {manifest.project}: probability of {manifest.target}.", *manifest.notes[:1]]
        ),
        "",
        *(f"- {note}" for note in manifest.notes[1:]),
        f"- Learned from {learned_from}.",
        f"- {len(manifest.feature_set.features)} features; {halves}.",
        "",
        metrics_table(metrics),
    ]
    return "\n".join(lines)
