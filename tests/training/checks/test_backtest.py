"""The backtest: each cut-off as if it were that day."""

from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from features.history.history import END_OF_TIME
from serving.model.reference import GRADE_FROM_SCORE
from tests.training.firm import write_firm, write_project
from training.learning.refit import refit
from training.progress import Progress
from training.project.history import open_history
from training.project.timeline import open_for, read_timeline
from training.study import Study, study_project

QUIET = Progress(Console(quiet=True))
SETTINGS = {'max_age = "30d"\n': 'max_age = "30d"\n[model]\nrounds = 20\n'}


def _study(project_file: Path) -> Study:
    return study_project(project_file, QUIET, now=END_OF_TIME)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("firm")
    write_firm(folder, leads=500)
    return write_project(folder, SETTINGS)


@pytest.fixture(scope="module")
def study(firm: Path) -> Study:
    return _study(firm)


def test_a_cut_off_scores_the_leads_that_are_open_then(firm: Path, study: Study) -> None:
    assert len(study.backtest.said) == 3
    with open_history(study.project, firm.parent, QUIET) as history:
        assert study.project.stages is not None
        timeline = read_timeline(history, study.project.stages, None)
        for cutoff in study.backtest.said:
            open_then = np.flatnonzero(open_for(history, study.project.stages, None, cutoff) >= 0)
            scene = study.dataset.open_leads[cutoff]
            np.testing.assert_array_equal(scene.rows.lead, open_then)
            until = timeline.target[open_then] <= cutoff + study.dataset.schedule.horizon
            np.testing.assert_array_equal(scene.rows.label > 0, until)


def test_the_figures_add_up(study: Study) -> None:
    backtest = study.backtest
    assert backtest.pooled is not None
    assert [line.cutoff for line in backtest.lines] == sorted(backtest.said)
    assert backtest.pooled.leads == sum(line.leads for line in backtest.lines)
    assert backtest.pooled.conversions == sum(line.conversions for line in backtest.lines)
    assert backtest.pooled.expected == pytest.approx(sum(line.expected for line in backtest.lines))
    for line in (*backtest.lines, backtest.pooled):
        ratio = line.metrics["expected_observed"].value
        assert (ratio or 0.0) * line.conversions == pytest.approx(
            line.expected if line.conversions else 0.0
        )
        assert tuple(line.grades) == tuple(GRADE_FROM_SCORE)
        assert sum(line.grades.values()) == pytest.approx(1.0 if line.conversions else 0.0)


def test_trimmed_files_give_bit_for_bit_what_whole_files_give(tmp_path: Path, firm: Path) -> None:
    """What lies after `observed_until` has no say in anything that is learned or measured."""
    known_until = "2025-09-01T00:00:00.000000+00:00"
    observed = {'horizon = "20d"': f'horizon = "20d"\nobserved_until = {known_until}'}
    (tmp_path / "whole").mkdir()
    (tmp_path / "trimmed").mkdir()
    for name, columns in (("leads", [1]), ("events", [3, 4]), ("stages", [2])):
        text = (firm.parent / f"{name}.csv").read_text(encoding="utf-8")
        head, *lines = text.splitlines()
        kept = [
            line
            for line in lines
            if max(line.split(",")[column] for column in columns) <= known_until
        ]
        assert 0 < len(kept) < len(lines)
        (tmp_path / "whole" / f"{name}.csv").write_text(text, encoding="utf-8")
        trimmed = "\n".join([head, *kept]) + "\n"
        (tmp_path / "trimmed" / f"{name}.csv").write_text(trimmed, encoding="utf-8")
    whole, trimmed_study = (
        _study(write_project(tmp_path / name, SETTINGS | observed)) for name in ("whole", "trimmed")
    )
    assert whole.dataset.schedule == trimmed_study.dataset.schedule
    assert whole.backtest.lines == trimmed_study.backtest.lines
    assert whole.evaluation.metrics == trimmed_study.evaluation.metrics
    first, second = (refit(s.dataset, s.procedure) for s in (whole, trimmed_study))
    assert (first.candidate, first.trials) == (second.candidate, second.trials)
    assert (first.encoder, first.feature_set) == (second.encoder, second.feature_set)
    assert first.calibration == second.calibration
    np.testing.assert_array_equal(first.reference, second.reference)
    assert first.learned.booster_text == second.learned.booster_text
    assert first.learned.ensemble.linear.model == second.learned.ensemble.linear.model
