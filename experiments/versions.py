"""An earlier version beside this one: both as if it were a past day, on the same leads.

The earlier version runs by its own commands from a checkout of it; each cut-off is its own
project file with `rows.observed_until`, of flat data a file that ends there.

    LEADSCORE_DATA=$PWD/../shared/data python -m experiments.versions ../earlier --page
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rich.console import Console

from experiments.benchmarks.comparison import difference
from experiments.page import RESULTS, write_section
from experiments.real import LEADS, project_file
from features.contract.clock import now
from features.contract.lead import moment
from features.contract.mistake import MistakeError
from features.history.sources import expand
from serving.model.manifest import Metric
from training.checks.backtest import scored_scenes
from training.checks.metric_text import metric_text
from training.checks.metrics import Outcomes, evaluate
from training.progress import Progress
from training.rows.grid import LabelledRows
from training.study import Study, study_project

_METRICS = ("roc_auc", "pr_auc", "brier", "expected_observed")
_PAIRED = ("roc_auc", "pr_auc", "brier")

_COMMAND = "import leadscore; leadscore.main()"

_SECTION = """\
## Before and after

Written by `python -m experiments.versions CHECKOUT --page`, where the checkout is of the version
before equal rows, slices by time and choices by evidence ([decision 8](decisions/0008-equal-rows-\
and-slices-by-time.md), [9](decisions/0009-choices-are-earned-forward-in-time.md)). At the same past
cut-offs each version learns, by its own commands, from what was known that day, and scores the
leads open then; of flat data the rows that came next. Cut-offs at which the earlier version finds
too little to learn from are counted, and left out. In brackets: bootstrap 95 % intervals over
independent accounts and persons, of the differences paired.

{table}
"""


class EarlierVersionError(MistakeError):
    """The earlier version does not run, refuses, or scores other leads."""


class RefusedError(EarlierVersionError):
    """The earlier version finds too little to learn from."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What two versions said of the same leads at past cut-offs.

    Attributes:
        project: Its name.
        cutoffs: How many.
        refused: At how many others the earlier version refuses to learn.
        before: float64 [leads], probabilities of the earlier version.
        after: float64 [leads], those of this one.
        outcomes: Of the same leads.
    """

    project: str
    cutoffs: int
    refused: int
    before: NDArray[np.float64]
    after: NDArray[np.float64]
    outcomes: Outcomes


def beside(path: Path, checkout: Path, progress: Progress) -> Beside:
    """Run both versions at the past cut-offs of a project.

    Raises:
        EarlierVersionError: The earlier version does not run, or scores other leads.
        MistakeError: The project, its data or its settings do not allow it.
    """
    study = study_project(path, progress, now=now())
    before, after, outcomes = [], [], []
    for cutoff, said in study.backtest.said.items():
        with tempfile.TemporaryDirectory() as folder, progress.step(f"Earlier version, {cutoff}"):
            run = _dated if study.project.flat is None else _flat
            try:
                before.append(run(study, path, cutoff, _Earlier(checkout, Path(folder))))
            except RefusedError:
                continue
        after.append(said)
        outcomes.append(_rows(study, cutoff))
    return Beside(
        study.project.name,
        len(before),
        len(study.backtest.said) - len(before),
        np.concatenate([np.zeros(0), *before]),
        np.concatenate([np.zeros(0), *after]),
        Outcomes(
            np.concatenate([np.zeros(0), *(rows.label for rows in outcomes)]),
            np.concatenate([np.zeros(0, np.int64), *(rows.group for rows in outcomes)]),
        ),
    )


def _rows(study: Study, cutoff: int) -> LabelledRows:
    return dict(scored_scenes(study.dataset))[cutoff].rows


def _dated(study: Study, path: Path, cutoff: int, earlier: "_Earlier") -> NDArray[np.float64]:
    day = moment(cutoff).isoformat()
    text = path.read_text(encoding="utf-8")
    project = earlier.write(text.replace("[rows]\n", f"[rows]\nobserved_until = {day}\n"))
    earlier.run("train", project)
    lead_id = study.dataset.lead_id[_rows(study, cutoff).lead]
    # The option takes UTC without an offset.
    return earlier.scores(project, lead_id, "--as-of", day.removesuffix("+00:00"))


def _flat(study: Study, path: Path, cutoff: int, earlier: "_Earlier") -> NDArray[np.float64]:
    """Learn from the head of the file, and score what comes next, in files of their own."""
    leads = study.project.sources.leads
    if leads.path is None or study.project.flat is None or study.project.flat.order != "file":
        raise EarlierVersionError(f"{path}: only flat files in their own order can be cut")
    whole = pd.read_csv(path.parent / expand(leads.path), sep=leads.delimiter or ",", dtype=str)
    rank = _rows(study, cutoff).as_of
    text = path.read_text(encoding="utf-8").replace(leads.path, "leads.csv")
    project, file = earlier.write(text), earlier.folder / "leads.csv"
    whole.iloc[:cutoff].to_csv(file, sep=leads.delimiter or ",", index=False)
    earlier.run("train", project)
    whole.iloc[rank.min() : rank.max() + 1].to_csv(file, sep=leads.delimiter or ",", index=False)
    rows = np.array([f"row-{position}" for position in rank - rank.min() + 1], dtype=object)
    return earlier.scores(project, rows)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The commands of another version, and a folder for what they read and write."""

    checkout: Path
    folder: Path

    def write(self, project: str) -> Path:
        path = self.folder / "project.toml"
        path.write_text(project, encoding="utf-8")
        return path

    def scores(
        self, project: Path, lead_id: NDArray[np.object_], *options: str
    ) -> NDArray[np.float64]:
        """Return the probability of each lead."""
        output = self.folder / "scores.parquet"
        self.run("score", project, str(output), *options)
        table = pd.read_parquet(output)
        probability = table.set_index("lead_id")["probability"].reindex(lead_id)
        if probability.isna().any():
            raise EarlierVersionError(
                f"{project}: {probability.isna().sum()} of {len(lead_id)} leads have no score of "
                "the earlier version"
            )
        return probability.to_numpy(dtype=np.float64)

    def run(self, command: str, project: Path, *options: str) -> None:
        done = subprocess.run(
            [sys.executable, "-c", _COMMAND, command, project.name, *options],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.checkout.resolve())},
            capture_output=True,
            text=True,
            check=False,
        )
        if " to fit" in done.stderr:
            raise RefusedError(done.stderr)
        if done.returncode != 0:
            raise EarlierVersionError(f"leadscore {command} of {self.checkout}: {done.stderr}")


def table_of(found: Iterator[Beside], seed: int) -> str:
    """Return the figures of both versions, and how much more this one has, as Markdown."""
    lines = [
        "| project | cut-offs | leads | version | ROC-AUC | PR-AUC | Brier | expected / observed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for each in found:
        refused = f" ({each.refused} refused)" if each.refused else ""
        head = f"{each.project} | {each.cutoffs}{refused} | {len(each.before):,}"
        if each.cutoffs == 0:
            lines.append(_line(head, "before", []))
            continue
        for name, said in (("before", each.before), ("after", each.after)):
            metrics = evaluate(said, each.outcomes, seed)
            lines.append(_line(head, name, [metrics[metric] for metric in _METRICS]))
        apart = [difference(each.after, each.before, each.outcomes, m, seed) for m in _PAIRED]
        lines.append(_line(head, "after - before", apart))
    return "\n".join(lines)


def _line(head: str, version: str, metrics: list[Metric]) -> str:
    cells = [metric_text(metric) for metric in metrics]
    cells += [""] * (len(_METRICS) - len(cells))
    return f"| {head} | {version} | {' | '.join(cells)} |"


def main() -> None:
    """Run both versions on every project, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path, help="of the earlier version")
    parser.add_argument("projects", nargs="*", choices=[*LEADS, []], help="all if none is named")
    parser.add_argument("--page", action="store_true", help="write it to docs/results.md")
    options = parser.parse_args()
    progress = Progress()
    names = options.projects or LEADS
    found = (beside(project_file(name), options.checkout, progress) for name in names)
    table = table_of(found, seed=7)
    Console().print(table, markup=False, highlight=False, soft_wrap=True)
    if options.page:
        write_section(RESULTS, "versions", _SECTION.format(table=table))


if __name__ == "__main__":
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
