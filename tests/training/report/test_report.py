"""What a training says of itself, ready to be pasted."""

import numpy as np
import pytest

from serving.model.manifest import Metric
from tests.training.studies import CHOICES, flat_dataset
from training.checks.backtest import Backtest, BacktestLine
from training.checks.evaluation import Evaluation, SliceSize
from training.checks.metric_text import metric_text
from training.checks.metrics import METRICS
from training.learning.procedure import Procedure
from training.learning.refit import Figures, Shipped, refit, ship
from training.project.project import Project
from training.report.report import backtest_summary, cutoff_name, metrics_table, training_summary

SURE = Metric(value=0.8125, low=0.79, high=0.8334)


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        (SURE, ".812 (.790-.833)"),
        (Metric(value=3.456, low=0.999, high=4.0), "3.46 (.999-4.00)"),
        (Metric(value=0.0, low=0.0, high=1.0), ".000 (.000-1.00)"),
        (Metric(value=0.9996, low=0.5, high=1.0), "1.00 (.500-1.00)"),
        (Metric(value=None, low=None, high=None), "undefined"),
    ],
)
def test_a_figure_stands_with_its_interval(metric: Metric, text: str) -> None:
    assert metric_text(metric) == text


def test_the_table_is_markdown_with_a_row_for_each_candidate() -> None:
    figures = dict.fromkeys(METRICS, SURE)
    lines = metrics_table({"leadscore": figures, "rules": figures}).splitlines()
    assert len(lines) == 4
    assert len({line.count("|") for line in lines}) == 1
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["leadscore", "rules"]


def _shipped(*notes: str, trees: bool = True) -> Shipped:
    dataset = flat_dataset()
    choices = CHOICES.model_copy(update={"tree_weight": 0.5 if trees else 0.0, "half_life": 0.0})
    fitted = refit(dataset, Procedure(dataset, choices))
    project = Project.model_validate(
        {
            "name": "tiny",
            "sources": {"leads": {"path": "leads.csv"}},
            "flat": {"label": "y", "positive": "1"},
        }
    )
    return ship(project, dataset, fitted, Figures({}, {}, notes), now=0)


NOTHING = Evaluation({}, None, SliceSize(0, 0, 0), np.zeros(0), np.zeros(0))
NO_PAST = Backtest({}, {}, (), None, 3)


def test_the_first_doubt_stands_in_the_first_line_and_none_is_left_out() -> None:
    shipped = _shipped("Rows were split AT RANDOM.", "7 rows left out as immature.")
    summary = training_summary(shipped, NOTHING, NO_PAST)
    first, *rest = summary.splitlines()
    assert first == "### tiny: probability of y = 1. Rows were split AT RANDOM."
    assert "- 7 rows left out as immature." in rest
    assert any(line.startswith("- Learned from 1,500 rows of 1,500 leads, ") for line in rest)
    assert any("; mean of logistic regression, C = " in line for line in rest)
    assert "| `profile.industry` | industry |" in summary


def test_a_model_without_trees_or_recency_says_so() -> None:
    summary = training_summary(_shipped(trees=False), NOTHING, NO_PAST)
    assert "features; logistic regression, C = " in summary
    assert "; no recency; log-odds = 1 × margin +0." in summary


def _line(cutoff: int | None, expected: float, observed: int, *, dated: bool) -> BacktestLine:
    return BacktestLine(
        cutoff=cutoff,
        dated=dated,
        leads=1000,
        conversions=observed,
        expected=expected,
        metrics=dict.fromkeys(METRICS, SURE),
        slope=None if cutoff is None else 0.9,
        grades={"A": 0.5, "B": 0.3, "C": 0.2, "D": 0.0},
    )


def test_the_backtest_stands_in_the_first_lines_and_in_a_table() -> None:
    line, pooled = (_line(cutoff, 12.4, 10, dated=True) for cutoff in (86_400_000_000, None))
    backtest = Backtest({}, {}, (line,), pooled, 3)
    summary = backtest_summary("firm", "SQL", ["First.", "Second."], backtest)
    lines = summary.splitlines()
    assert lines[0] == "### firm: backtest of the probability of SQL. First."
    assert lines[2] == (
        "- Backtest: expected / observed .812 (.790-.833); of 1,000 leads open at 1 past cut-offs "
        "12 were to reach the target, 10 did."
    )
    assert lines[3] == "- Second."
    assert lines[-2].startswith("| 1970-01-02 | 1,000 | 10 | .812 (.790-.833) |")
    assert lines[-1].startswith("| all | 1,000 | 10 |")
    assert "| undefined |" in lines[-1]
    assert "50% / 30% / 20% / 0%" in lines[-1]
    assert cutoff_name(_line(1200, 1.0, 1, dated=False)) == "row 1,200"
