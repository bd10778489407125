import numpy as np

from experiments.worlds.figures import Figures, compare
from experiments.worlds.record import END, Run
from experiments.worlds.report import report

TRUE = np.array([0.1, 0.3])


def figures(factor: float) -> Figures:
    return compare(factor * TRUE, TRUE, constant=0.2)


def test_seeds_are_told_by_mean_lowest_and_highest() -> None:
    runs = [
        Run("constant", seed, 1.0, {END: figures(factor)}, reason)
        for seed, factor, reason in ((1, 0.5, 1.1), (2, 1.0, 1.2), (3, 2.1, 1.6))
    ]
    _, _, row, _, reasons = report(runs).splitlines()
    assert row.startswith("| constant | 3 | 1.20 | 0.50 | 2.10 | 1.00 |")
    assert row.endswith("| 2 of 3 |")
    assert "odds × 1.30 in the mean of the seeds, 1.60 at most" in reasons


def test_worlds_that_were_not_run_are_left_out() -> None:
    table = report([Run("ageing", 1, 1.0, {END: figures(1.0)}, None)])
    assert "ageing" in table
    assert not any(name in table for name in ("constant", "demo", "Constant"))


def test_the_demo_is_told_by_moment_and_age_where_it_was_asked() -> None:
    runs = [
        Run("demo", 1, 1.0, {END: figures(1.0), f"{END}, first day": figures(0.5)}, None),
        Run("demo", 2, 1.0, {END: figures(2.0)}, None),
    ]
    rows = report(runs).splitlines()[5:]
    assert rows[1:] == [
        "| at the end | 1.50 | 1.50 | 1.00 | 2.00 | 0.1000 | 2 |",
        "| at the end, first day | 0.50 | 0.50 | 0.50 | 0.50 | 0.1000 | 2 |",
    ]


def test_seeds_together_are_told_by_their_sums() -> None:
    small = compare(np.array([0.1, 0.1]), np.array([0.05, 0.05]), constant=0.1)
    large = compare(np.array([0.3, 0.6]), np.array([0.3, 0.6]), constant=0.1)
    runs = [Run("demo", n, 1.0, {END: each}, None) for n, each in enumerate((small, large))]
    # 1.1 promised where 1.0 is due; the mean of the ratios is 1.5.
    assert "| at the end | 1.10 | 1.50 | 1.00 | 2.00 |" in report(runs)
