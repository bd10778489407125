"""Run every benchmark and write what they print to `docs/performance.md`.

python -m experiments.benchmarks
"""

import argparse
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
    "beside_batches",
    "batch_scoring",
    "record",
    "record_work",
    "record_size",
    "record_history",
    "workspace",
)
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"

_HEADER = """\
# Performance

Written by `make bench` (`python -m experiments.benchmarks`). Where there is a peer, it is
measured in the same run; ratios carry over to other machines, seconds do not.
"""


def main() -> int:
    """Run them one after the other; return 1 if any of them failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="all if none is named")
    names = parser.parse_args().names or BENCHMARKS
    sections = _written_sections()
    failed = False
    for name in names:
        print(f"== {name}", flush=True)
        run = subprocess.run(
            [sys.executable, "-m", f"experiments.benchmarks.{name}"],
            capture_output=True,
            text=True,
            check=False,
        )
        print(run.stdout or run.stderr, flush=True)
        failed |= run.returncode != 0
        when = f"{datetime.now(UTC):%Y-%m-%d}, {machine()}"
        sections[name] = f"{_purpose(name)}\n\n{when}:\n\n```text\n{run.stdout.rstrip()}\n```\n"
        # Written after each, since all together take a quarter of an hour.
        _write(sections)
    return int(failed)


def _written_sections() -> dict[str, str]:
    """Return the sections of the page as it is, by benchmark."""
    if not PAGE.is_file():
        return {}
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {name: text.lstrip("\n") for name, text in (part.split("\n", 1) for part in parts)}


def _write(sections: dict[str, str]) -> None:
    known = [f"## {name}\n\n{sections[name]}" for name in BENCHMARKS if name in sections]
    PAGE.write_text("\n".join([_HEADER, *known]), encoding="utf-8")


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
