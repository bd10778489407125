"""What a training says of itself, ready to be pasted."""

from datetime import UTC, datetime

import pytest

from serving.model.manifest import Manifest, Metric, TrainingWindow
from tests.tiny import tiny_training
from training.metrics import METRICS
from training.report import metric_text, metrics_table, training_summary

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


def _manifest(*notes: str, trees: bool = True) -> Manifest:
    window = TrainingWindow(
        first=datetime(2025, 1, 1, tzinfo=UTC),
        last=datetime(2025, 12, 31, tzinfo=UTC),
        horizon="30d",
        rows=2000,
        leads=1500,
        positives=100,
    )
    return tiny_training(trees=trees).manifest.model_copy(update={"notes": notes, "window": window})


def test_the_first_doubt_stands_in_the_first_line_and_none_is_left_out() -> None:
    manifest = _manifest("Rows were split AT RANDOM.", "7 rows left out as immature.")
    summary = training_summary(manifest, {"leadscore": dict.fromkeys(METRICS, SURE)})
    first, *rest = summary.splitlines()
    assert first == "### tiny: probability of SQL. Rows were split AT RANDOM."
    assert "- 7 rows left out as immature." in rest
    assert (
        "- Learned from 2,000 rows of 1,500 leads, 100 (5.0%) with the target within 30d; "
        "2025-01-01 to 2025-12-31."
    ) in rest
    assert "- 7 features; trees and logistic." in rest


def test_a_model_without_trees_says_so() -> None:
    summary = training_summary(_manifest(trees=False), {})
    assert "- 7 features; logistic only (little data)." in summary
