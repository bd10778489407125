"""What makes a model doubtful is said first, in plain words and with figures."""

import numpy as np
import pytest

from serving.model.manifest import Metric
from training.checks.backtest import Backtest, BacktestLine
from training.checks.doubts import doubts
from training.checks.evaluation import BASE_RATE, MODEL, RULES, Evaluation, SliceSize


def _metric(value: float, spread: float = 0.1) -> Metric:
    return Metric(value=value, low=value - spread, high=value + spread)


def _evaluation(auc: Metric, brier: float, base: float = 0.1, rules: float = 0.2) -> Evaluation:
    metrics = {
        MODEL: {"roc_auc": auc, "brier": _metric(brier)},
        BASE_RATE: {"brier": _metric(base)},
        RULES: {"brier": _metric(rules)},
    }
    size = SliceSize(1, 1, 1)
    return Evaluation(metrics, size, size, np.zeros(1), np.zeros(1))


def _backtest(*ratios: Metric, wanted: int | None = None) -> Backtest:
    lines = tuple(
        BacktestLine(n, True, 9, 1, 1.0, {"expected_observed": ratio}, None, {})
        for n, ratio in enumerate(ratios)
    )
    return Backtest({}, {}, lines, None, wanted or len(lines))


GOOD = _evaluation(_metric(0.8), brier=0.05)
STEADY = _backtest(_metric(1.0), _metric(1.1), _metric(0.95))


def test_a_good_model_raises_no_doubt() -> None:
    assert doubts(GOOD, STEADY) == ()


def test_a_past_that_is_too_short_is_the_gravest() -> None:
    none = Evaluation({}, None, SliceSize(0, 0, 0), np.zeros(0), np.zeros(0))
    [doubt] = doubts(none, _backtest(wanted=3))
    assert doubt.startswith("NOT EVALUATED: the history is too short")
    [doubt] = doubts(GOOD, _backtest(_metric(1.0), wanted=3))
    assert doubt == ("The history is long enough for 1 of 3 cut-offs of the backtest only.")


@pytest.mark.parametrize(
    ("low", "high", "doubted"), [(0.5, 0.6, True), (0.501, 0.6, False), (0.4, 0.5, True)]
)
def test_an_interval_that_holds_a_half_is_no_signal(low: float, high: float, doubted: bool) -> None:
    auc = Metric(value=(low + high) / 2, low=low, high=high)
    found = doubts(_evaluation(auc, brier=0.05), STEADY)
    assert [doubt.startswith("NO USABLE SIGNAL") for doubt in found] == [True] * doubted


def test_a_model_no_better_than_the_base_rate_or_the_rules_says_so() -> None:
    found = doubts(_evaluation(_metric(0.8), brier=0.1, base=0.1, rules=0.09), STEADY)
    assert found == tuple(
        f"Its Brier score on the newest slice (.100) is no better than that of the {name}."
        for name in ("base rate (.100)", "rules (.090)")
    )


def test_a_level_that_moves_is_told_with_its_figures() -> None:
    moving = _backtest(_metric(0.8), _metric(1.25))
    [doubt] = doubts(GOOD, moving)
    assert "expected / observed was .800 to 1.25 at 2 cut-offs" in doubt
    # Intervals that overlap tell of one level, though neither holds 1.
    within_chance = _backtest(_metric(0.8, spread=0.19), _metric(1.2, spread=0.22))
    assert doubts(GOOD, within_chance) == ()
    assert doubts(GOOD, _backtest(_metric(0.8), _metric(1.19))) == ()
    # Half as much again is told, and intervals that touch still tell of one level.
    assert len(doubts(GOOD, _backtest(_metric(0.5), _metric(0.75)))) == 1
    touching = _backtest(_metric(0.5, spread=0.25), _metric(1.0, spread=0.25))
    assert doubts(GOOD, touching) == ()
