"""How much of an answer its listed reasons hold: by subject, and if each feature were a reason.

Of every open lead of a project, the share of the absolute contribution that the strongest reasons
hold, at most five up and five down.

    python -m experiments.benchmarks.reason_coverage demo/project.toml --model rules
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from features.clock import now
from features.local import LocalFeatures
from features.mistake import MistakeError
from serving.answer import Listing
from serving.settings import Settings
from training.basis import open_scoring
from training.progress import Progress
from training.scoring import ProjectScoring, Wording


def held(contributions: NDArray[np.float64], listing: Listing) -> NDArray[np.float64]:
    """Return float64 [rows], the share that the strongest of float64 [rows, terms] hold."""
    descending = -np.sort(-contributions, axis=1)
    up = np.maximum(descending[:, : listing.up], 0.0).sum(axis=1)
    down = np.maximum(-descending[:, ::-1][:, : listing.down], 0.0).sum(axis=1)
    total = np.abs(contributions).sum(axis=1)
    share: NDArray[np.float64] = (up + down) / np.where(total == 0.0, 1.0, total)
    return share


def contributions_of(scoring: ProjectScoring) -> NDArray[np.float64]:
    """Return the contributions of every open lead, float64 [leads, features]."""
    as_of = scoring.history.last_moment() + 1
    lead = np.flatnonzero(scoring.open_ages(as_of) >= 0)
    basis = scoring.judges.basis
    moments = np.full(len(lead), 0 if scoring.project.flat else as_of)
    table = LocalFeatures(basis.feature_set, scoring.history).table(lead, moments)
    return basis.explain(table).contributions


def main() -> int:
    """Print the shares of one project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--model", help="the champion if none is named")
    options = parser.parse_args()
    wording = Wording(Listing(), "en")
    quiet = Progress(Console(quiet=True))
    cache = Settings().cache
    try:
        with open_scoring(
            options.project, options.model, wording, quiet, cache=cache, now=now()
        ) as scoring:
            contributions = contributions_of(scoring)
            by_subject = scoring.judges.basis.by_reason(contributions)
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
    print(f"{scoring.project.name}: {len(contributions):,} open leads; the ten reasons hold")
    for name, terms in (("by subject", by_subject), ("by feature", contributions)):
        low, median, high = np.quantile(held(terms, wording.listing), (0.1, 0.5, 0.9))
        print(
            f"  {name}, of {terms.shape[1]:>3}: {median:.0%} in the median, "
            f"{low:.0%} to {high:.0%} in four of five"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
