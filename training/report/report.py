"""What a training says of itself: text that can be pasted."""

from collections.abc import Iterator, Sequence

from features.contract.lead import moment
from features.wording.labels import feature_label
from serving.model.manifest import Manifest, Metric
from serving.model.reference import GRADE_FROM_SCORE
from training.checks.backtest import Backtest, BacktestLine
from training.checks.evaluation import Evaluation, SliceSize
from training.checks.metric_text import metric_text, number
from training.checks.metrics import METRICS
from training.learning.evidence import Trial
from training.learning.refit import Shipped

TITLES = {
    "roc_auc": "ROC-AUC",
    "pr_auc": "PR-AUC",
    "lift_10": "lift 10 %",
    "lift_20": "lift 20 %",
    "brier": "Brier",
    "ece": "ECE",
    "expected_observed": "expected / observed",
}

_MOST_IMPORTANT = 15


def training_summary(shipped: Shipped, evaluation: Evaluation, backtest: Backtest) -> str:
    """Return the summary of a training as Markdown; what is doubtful stands in its first line."""
    manifest = shipped.manifest
    lines = [
        " ".join(
            [f"### {manifest.project}: probability of {manifest.target}.", *manifest.notes[:1]]
        ),
        "",
        *_headline(backtest),
        *(f"- {note}" for note in manifest.notes[1:]),
        *_learned(manifest, shipped),
        "",
    ]
    if evaluation.metrics:
        lines += [metrics_table(evaluation.metrics), ""]
    if backtest.pooled is not None:
        lines += [backtest_table(backtest), ""]
    if shipped.fitted.trials:
        lines += [trials_table(shipped.fitted.trials), ""]
    return "\n".join([*lines, importance_table(manifest)])


def backtest_summary(name: str, target: str, notes: Sequence[str], backtest: Backtest) -> str:
    """Return the summary of a backtest alone as Markdown; doubts stand in its first line."""
    lines = [
        " ".join([f"### {name}: backtest of the probability of {target}.", *notes[:1]]),
        "",
        *_headline(backtest),
        *(f"- {note}" for note in notes[1:]),
        "",
    ]
    return "\n".join([*lines, *([backtest_table(backtest)] if backtest.lines else [])])


def _headline(backtest: Backtest) -> Iterator[str]:
    pooled = backtest.pooled
    if pooled is not None:
        ratio = metric_text(pooled.metrics["expected_observed"])
        yield (
            f"- Backtest: expected / observed {ratio}; of {pooled.leads:,} leads open at "
            f"{len(backtest.lines)} past cut-offs {pooled.expected:,.0f} were to reach the target, "
            f"{pooled.conversions:,} did."
        )


def _learned(manifest: Manifest, shipped: Shipped) -> Iterator[str]:
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
    yield f"- Learned from {learned_from}."
    candidate, calibration = shipped.fitted.candidate, shipped.fitted.calibration
    how = f"logistic regression, C = {candidate.logistic_c:g}"
    if candidate.tree_weight:
        trees = f"{candidate.rounds} trees of {candidate.leaves} leaves"
        how = trees if candidate.tree_weight == 1 else f"mean of {how}, and {trees}"
    recency = (
        f"recency {candidate.half_life:g} of the span" if candidate.half_life else "no recency"
    )
    if candidate.season:
        recency += ", time of year"
    yield (
        f"- {len(manifest.feature_set.features)} features; {how}; {recency}; log-odds "
        f"= {calibration.slope:.3g} × margin {calibration.offset:+.3g}."
    )


def slices_text(evaluation: Evaluation) -> str:
    """Return how many rows, leads and positives the slices of the evaluation hold."""
    assert evaluation.learned_from is not None
    return (
        f"{_size(evaluation.learned_from)} were learned from at the oldest cut-off; "
        f"{_size(evaluation.newest)} came after it"
    )


def _size(size: SliceSize) -> str:
    return f"{size.rows:,} rows of {size.leads:,} leads ({size.positives:,} with the target)"


def metrics_table(metrics: dict[str, dict[str, Metric]]) -> str:
    """Return candidates and their figures with 95 % intervals as a Markdown table."""
    rows = [
        [candidate, *(metric_text(figures[name]) for name in METRICS)]
        for candidate, figures in metrics.items()
    ]
    return _table(["newest slice", *(TITLES[name] for name in METRICS)], rows)


def backtest_table(backtest: Backtest) -> str:
    """Return the figures of every cut-off and of all together as a Markdown table."""
    names = [name for name in METRICS if name not in ("brier", "ece", "expected_observed")]
    heads = ["cut-off", "leads", "conversions", TITLES["expected_observed"]]
    heads += [TITLES[name] for name in names]
    heads += ["slope", "ECE", f"conversions by grade {'/'.join(GRADE_FROM_SCORE)}"]
    assert backtest.pooled is not None
    rows = [
        [
            cutoff_name(line),
            f"{line.leads:,}",
            f"{line.conversions:,}",
            metric_text(line.metrics["expected_observed"]),
            *(_value(line.metrics[name]) for name in names),
            "undefined" if line.slope is None else number(line.slope),
            _value(line.metrics["ece"]),
            " / ".join(f"{share:.0%}" for share in line.grades.values()),
        ]
        for line in (*backtest.lines, backtest.pooled)
    ]
    return _table(heads, rows)


def cutoff_name(line: BacktestLine) -> str:
    """Return a cut-off as a date, or as a position in flat data."""
    if line.cutoff is None:
        return "all"
    return f"{moment(line.cutoff):%Y-%m-%d}" if line.dated else f"row {line.cutoff:,}"


def _value(metric: Metric) -> str:
    return "undefined" if metric.value is None else number(metric.value)


def trials_table(trials: Sequence[Trial]) -> str:
    """Return what was tried and what was chosen as a Markdown table."""
    rows = [
        [
            trial.question,
            f"**{trial.name}**" if trial.chosen else trial.name,
            f"{trial.loss:.5f}",
            f"{trial.behind:.5f} ± {trial.error:.5f}",
        ]
        for trial in trials
    ]
    return _table(["chosen by forward validation", "tried", "log loss", "behind the best"], rows)


def importance_table(manifest: Manifest) -> str:
    """Return what the reasons are mostly about, and the most important features, as Markdown."""
    features = {feature.name: feature for feature in manifest.feature_set.features}
    of_subjects = [
        [f"`{name}`", number(weight)] for name, weight in _most(manifest.subject_importance)
    ]
    of_features = [
        [f"`{name}`", feature_label(features[name], manifest.feature_set, "en"), number(weight)]
        for name, weight in _most(manifest.importance)
    ]
    weight = "mean absolute contribution"
    return "\n\n".join(
        [
            _table(["subject", weight], of_subjects),
            _table(["feature", "what it says", weight], of_features),
        ]
    )


def _most(importance: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(importance.items(), key=lambda item: -item[1])[:_MOST_IMPORTANT]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])
