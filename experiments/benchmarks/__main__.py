"""Run every benchmark and write what they print to `docs/performance.md`.

python -m experiments.benchmarks
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

BENCHMARKS = (
    "feature_rows",
    "online_row",
    "explanations",
    "request_path",
    "http_scoring",
    "batch_scoring",
)
ROOT = Path(__file__).parents[2]

_HEADER = """\
# Performance

Written by `make bench` (`python -m experiments.benchmarks`). Every figure stands beside that of a
named peer in the same run; ratios carry over to other machines, seconds do not.
"""


def main() -> int:
    """Run them one after the other; return 1 if any of them failed."""
    parts = [_HEADER, f"{datetime.now(UTC):%Y-%m-%d}, {machine()}.\n"]
    failed = False
    for name in BENCHMARKS:
        command = f"experiments.benchmarks.{name}"
        print(f"== {command}", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", command], capture_output=True, text=True, check=False
        )
        print(run.stdout or run.stderr, flush=True)
        failed |= run.returncode != 0
        parts.append(f"## {name}\n\n{_purpose(name)}\n\n```text\n{run.stdout.rstrip()}\n```\n")
        # Written after each, since all together take a quarter of an hour.
        (ROOT / "docs" / "performance.md").write_text("\n".join(parts), encoding="utf-8")
    return int(failed)


def machine() -> str:
    """Describe what the benchmarks run on."""
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GiB, {platform.machine()}, {platform.python_version()}"


def _purpose(name: str) -> str:
    """Return what a benchmark says it measures: its docstring without the command."""
    module = __import__(f"experiments.benchmarks.{name}", fromlist=["__doc__"])
    text = (module.__doc__ or "").split("\n\n    python -m")[0].split("\n\npython -m")[0]
    return text.strip()


if __name__ == "__main__":
    sys.exit(main())
