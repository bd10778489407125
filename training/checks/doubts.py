"""What makes a model doubtful, by its own figures; the reader is told before anything else."""

from collections.abc import Iterator

from training.checks.backtest import Backtest
from training.checks.evaluation import BASE_RATE, MODEL, RULES, Evaluation
from training.checks.metric_text import number

_MOVES = 1.5
"""Ratio of expected to observed between cut-offs from which on a level counts as moving."""


def doubts(evaluation: Evaluation, backtest: Backtest) -> tuple[str, ...]:
    """Return sentences on why not to believe a model, the gravest first."""
    return (*_of_backtest(backtest), *_of_signal(evaluation), *_of_level(backtest))


def _of_backtest(backtest: Backtest) -> Iterator[str]:
    tried = len(backtest.lines)
    if tried == 0:
        yield (
            "NOT EVALUATED: the history is too short to try the procedure at any past cut-off; "
            "bring more history, or a shorter horizon."
        )
    elif tried < backtest.wanted:
        yield (
            f"The history is long enough for {tried} of {backtest.wanted} cut-offs of the backtest "
            "only."
        )


def _of_signal(evaluation: Evaluation) -> Iterator[str]:
    if not evaluation.metrics:
        return
    model = evaluation.metrics[MODEL]
    auc, brier = model["roc_auc"], model["brier"]
    if auc.low is not None and auc.high is not None and auc.low <= 0.5 <= auc.high:
        yield (
            "NO USABLE SIGNAL: the interval of the ROC-AUC "
            f"({number(auc.low)}-{number(auc.high)}) holds .5."
        )
    for name in (BASE_RATE, RULES):
        other = evaluation.metrics[name]["brier"].value
        if brier.value is not None and other is not None and brier.value >= other:
            yield (
                f"Its Brier score on the newest slice ({number(brier.value)}) is no better than "
                f"that of the {name} ({number(other)})."
            )


def _of_level(backtest: Backtest) -> Iterator[str]:
    """Say where the level moves faster than a calibration can follow, and than chance explains."""
    found = [line.metrics["expected_observed"] for line in backtest.lines]
    ratios = [metric.value for metric in found if metric.value is not None]
    lows = [metric.low for metric in found if metric.low is not None]
    highs = [metric.high for metric in found if metric.high is not None]
    if lows and max(lows) > min(highs) and max(ratios) >= _MOVES * min(ratios):
        yield (
            "The level moves faster than a calibration can follow: expected / observed was "
            f"{number(min(ratios))} to {number(max(ratios))} at {len(ratios)} cut-offs. Trust the "
            "order more than the number."
        )
