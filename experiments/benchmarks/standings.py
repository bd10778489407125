"""Tables of a comparison with peers, as Markdown."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from experiments.benchmarks.comparison import Comparison
from training.checks.metric_text import metric_text, number

_RANKS = """\
| mean rank | by ROC-AUC | by log loss |
|---|---|---|
"""
_SETS = """\
| data set | cut-offs | rows predicted | with the target | ROC-AUC above LightGBM's defaults |
|---|---|---|---|---|
"""
_FIGURES = """\
| {project} | ROC-AUC | PR-AUC | lift 20 % | log loss | expected / observed |
|---|---|---|---|---|---|
"""
_METRICS = ("roc_auc", "pr_auc", "lift_20")


def standings(comparisons: Sequence[Comparison]) -> str:
    """Return mean ranks over all data sets, then each data set in one line, then its figures."""
    by_auc = mean_ranks(comparisons, lambda each, name: -_value(each, name, "roc_auc"))
    by_loss = mean_ranks(comparisons, lambda each, name: each.log_loss[name])
    ranks = [_line([name, f"{by_auc[name]:.2f}", f"{by_loss[name]:.2f}"]) for name in by_auc]
    sets = [
        _line(
            [
                each.project,
                str(each.cutoffs),
                f"{each.rows:,}",
                f"{each.positives:,}",
                metric_text(each.ahead),
            ]
        )
        for each in comparisons
    ]
    return "\n\n".join(
        ["\n".join([_RANKS + ranks[0], *ranks[1:]]), "\n".join([_SETS + sets[0], *sets[1:]])]
        + [_figures(each) for each in comparisons]
    )


def mean_ranks(
    comparisons: Sequence[Comparison], of: Callable[[Comparison, str], float]
) -> dict[str, float]:
    """Return the mean rank of each learner, 1 for the lowest figure; equal ones share a rank."""
    learners = list(comparisons[0].metrics)
    ranks: NDArray[np.float64] = np.array(
        [rankdata([of(each, name) for name in learners]) for each in comparisons]
    )
    return dict(zip(learners, ranks.mean(axis=0).tolist(), strict=True))


def _figures(comparison: Comparison) -> str:
    rows = [
        _line(
            [
                name,
                *(metric_text(metrics[metric]) for metric in _METRICS),
                number(comparison.log_loss[name]),
                metric_text(metrics["expected_observed"]),
            ]
        )
        for name, metrics in comparison.metrics.items()
    ]
    return _FIGURES.format(project=comparison.project) + "\n".join(rows)


def _value(comparison: Comparison, learner: str, metric: str) -> float:
    value = comparison.metrics[learner][metric].value
    return np.nan if value is None else value


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
