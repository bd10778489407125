"""The product against common learners, forward in time, on the real projects.

Example: ``LEADSCORE_DATA=../shared/data python -m experiments.benchmarks.quality --page``
"""

import argparse
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console
from sklearn.exceptions import ConvergenceWarning

from experiments.benchmarks.comparison import Comparison, compare
from experiments.benchmarks.learners import check_peers
from experiments.benchmarks.standings import standings
from experiments.page import RESULTS, write_section
from experiments.real import LEADS, TABLES, project_file
from features.contract.mistake import MistakeError
from training.progress import Progress

PROJECTS = (*LEADS, *TABLES)
_COMPARISONS = TypeAdapter(list[Comparison])

_SECTION = """\
## Against common learners

Written by `make quality` (`python -m experiments.benchmarks.quality --page`), which needs the
extra `peers`. At each past cut-off the product runs its whole procedure on the rows whose outcome
was known that day, and every peer learns from the same rows and columns; the rows up to the next
cut-off are predicted, those of all cut-offs together. Peers are as they come: no tuning, no
calibration. LightGBM, CatBoost and scikit-learn's HistGradientBoosting are told which columns
hold categories; XGBoost and the logistic regression (scaled; the median and an indicator for what
is missing) get one column a category. In brackets: bootstrap 95 % intervals over independent
accounts and persons. Of `x_education` and `av_smart_lead`, columns known only after the outcome
are left out; their project files say which, and why.

{date}.

{table}
"""


def main() -> None:
    """Compare on each project, and print the tables."""
    arguments = _arguments()
    check_peers()
    done = _read(arguments.out) if arguments.out and arguments.out.is_file() else {}
    for name in arguments.projects or PROJECTS:
        if name not in done:
            done[name] = compare(project_file(name), Progress())
            if arguments.out:
                arguments.out.write_bytes(_COMPARISONS.dump_json([*done.values()], indent=1))
    table = standings([done[name] for name in PROJECTS if name in done])
    Console().print(table, markup=False, highlight=False, soft_wrap=True)
    if arguments.page:
        section = _SECTION.format(date=f"{datetime.now(UTC):%Y-%m-%d}", table=table)
        write_section(RESULTS, "quality", section)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="*", choices=[*PROJECTS, []], help="all if none is named")
    parser.add_argument("--out", type=Path, help="JSON; what is in it already is not run again")
    parser.add_argument("--page", action="store_true", help="write them to docs/results.md")
    return parser.parse_args()


def _read(path: Path) -> dict[str, Comparison]:
    return {each.project: each for each in _COMPARISONS.validate_json(path.read_bytes())}


if __name__ == "__main__":
    # The plain logistic is held to its iterations; how close it comes is part of its figures.
    warnings.simplefilter("ignore", ConvergenceWarning)
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
