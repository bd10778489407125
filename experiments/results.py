"""Train every real project and write what came out to its section of `docs/results.md`.

Example: ``LEADSCORE_DATA=../shared/data python -m experiments.results``
"""

import platform
import sys
import tempfile
from datetime import UTC, datetime

from experiments.page import RESULTS, write_section
from experiments.real import LEADS, project_file
from features.contract.clock import now
from features.contract.mistake import MistakeError
from training.pipeline import train
from training.progress import Progress

_HEADER = """\
## Results on real data

Written by `make results` (`python -m experiments.results`), which trains the projects under
`experiments/projects` on the data sets in `LEADSCORE_DATA` (default `../shared/data`). At past
cut-offs the whole procedure ran as if it were that day. In brackets: bootstrap 95 % intervals over
independent accounts and persons. The rules are the ones that ship; they know nothing of these data
sets.
"""


def main() -> None:
    """Train, and write the section once all projects are through."""
    progress = Progress()
    parts = [_HEADER, f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}.\n"]
    with tempfile.TemporaryDirectory() as folder:
        for name in LEADS:
            training = train(
                project_file(name),
                progress,
                now=now(),
                tracking_uri=f"sqlite:///{folder}/mlflow.db",
            )
            parts.append(f"{training.summary}\n")
    write_section(RESULTS, "projects", "\n".join(parts))


if __name__ == "__main__":
    try:
        main()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
