"""How much of an answer its listed reasons hold: by subject, and if each feature were a reason.

Of every open lead of a project, the share of the absolute contribution that the strongest reasons
hold, at most five up and five down.

    LEADSCORE_DATA=../shared/data python -m experiments.reasons --page
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from experiments.learning import learn
from experiments.page import RESULTS, write_section
from experiments.real import LEADS, project_file
from experiments.simulator import simulate
from features.contract.clock import now
from features.contract.mistake import MistakeError
from features.local import LocalFeatures
from serving.batch.answers import Wording
from serving.scoring.strongest import Listing
from serving.settings import Settings
from training.progress import Progress
from training.scores.basis import open_scoring
from training.scores.project_scoring import ProjectScoring

_SECTION = """\
## What the listed reasons hold

Written by `python -m experiments.reasons --page`: of every open lead, the share of the absolute
contribution that the listed reasons hold, at most five up and five down; the median, and the range
of four leads in five. Beside it, what ten reasons would hold if each feature were one.

{table}
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the reasons of the open leads of a project hold.

    Attributes:
        project: Its name.
        leads: How many are open.
        by_subject: float64 [leads], shares.
        by_feature: float64 [leads], the same if each feature were a reason.
        subjects: How many there are.
        features: How many there are.
    """

    project: str
    leads: int
    by_subject: NDArray[np.float64]
    by_feature: NDArray[np.float64]
    subjects: int
    features: int


def held(contributions: NDArray[np.float64], listing: Listing) -> NDArray[np.float64]:
    """Return float64 [rows], the share that the strongest of float64 [rows, terms] hold."""
    descending = -np.sort(-contributions, axis=1)
    up = np.maximum(descending[:, : listing.up], 0.0).sum(axis=1)
    down = np.maximum(-descending[:, ::-1][:, : listing.down], 0.0).sum(axis=1)
    total = np.abs(contributions).sum(axis=1)
    share: NDArray[np.float64] = (up + down) / np.where(total == 0.0, 1.0, total)
    return share


def cover(project_file: Path, model: str | None) -> Coverage:
    """Score the open leads of a project with a model, or its champion, and measure the reasons.

    Raises:
        MistakeError: The project or its model cannot be used.
    """
    listing = Listing()
    wording, quiet = Wording(listing, "en"), Progress(Console(quiet=True))
    with open_scoring(
        project_file, model, wording, quiet, cache=Settings().cache, now=now()
    ) as scoring:
        contributions = _contributions(scoring)
        by_subject = scoring.choice.basis.by_reason(contributions)
    return Coverage(
        scoring.project.name,
        len(contributions),
        held(by_subject, listing),
        held(contributions, listing),
        by_subject.shape[1],
        contributions.shape[1],
    )


def _contributions(scoring: ProjectScoring) -> NDArray[np.float64]:
    """Return the contributions of every open lead, float64 [leads, features]."""
    as_of = scoring.history.last_moment() + 1
    lead = np.flatnonzero(scoring.open_ages(as_of) >= 0)
    basis = scoring.choice.basis
    moments = np.full(len(lead), 0 if scoring.project.flat else as_of)
    table = LocalFeatures(basis.feature_set, scoring.history).table(lead, moments)
    explained, _ = basis.explain(table)
    return explained.contributions


def table_of(coverages: Iterator[Coverage]) -> str:
    """Return the shares as Markdown."""
    lines = [
        "| project | open leads | by subject (of) | by feature (of) |",
        "|---|---|---|---|",
    ]
    for each in coverages:
        by_subject = f"{_shares(each.by_subject)} ({each.subjects})"
        by_feature = f"{_shares(each.by_feature)} ({each.features})"
        lines.append(f"| {each.project} | {each.leads:,} | {by_subject} | {by_feature} |")
    return "\n".join(lines)


def _shares(shares: NDArray[np.float64]) -> str:
    low, median, high = np.quantile(shares, (0.1, 0.5, 0.9))
    return f"{median:.0%}, {low:.0%} to {high:.0%}"


def _all_projects(progress: Progress) -> Iterator[Coverage]:
    """Train the demo and every real project, and measure the reasons of each."""
    with tempfile.TemporaryDirectory() as folder:
        demo = simulate(Path(folder, "demo"), leads=20_000, seed=7).project
        real = [project_file(name) for name in LEADS]
        for path in (demo, *real):
            model = Path(folder, "models", path.stem + path.parent.name)
            with progress.step(f"Training {path.parent.name}/{path.stem}"):
                learn(path, model, now())
                coverage = cover(path, str(model))
            yield coverage


def main() -> None:
    """Print the shares of one project, or of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "project", type=Path, nargs="?", help="trained already; all if none is named"
    )
    parser.add_argument("--model", help="of the one project; the champion if none is named")
    parser.add_argument("--page", action="store_true", help="write them to docs/results.md")
    options = parser.parse_args()
    if options.project:
        table = table_of(iter([cover(options.project, options.model)]))
    else:
        table = table_of(_all_projects(Progress()))
    Console().print(table, markup=False, highlight=False, soft_wrap=True)
    if options.page:
        write_section(RESULTS, "reasons", _SECTION.format(table=table))


if __name__ == "__main__":
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
