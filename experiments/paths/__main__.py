"""Score a project's open leads by every way, and compare all that is answered, bit for bit.

Files by `leadscore score` (Parquet, CSV, Spark on two cores), and a sample of leads by requests to
a running service: one by one, many at once, and by the record, which is told all of them before.
What is sent is read from the exports by code of its own, but for the project file, which files a
path means, and how a value is written as text. It ends with 1 if anything is not equal, or nothing
is compared.

    python -m experiments.paths demo/project.toml --sample 500
    LEADSCORE_DATA=../shared/data python -m experiments.paths experiments/projects/relax_signup.toml
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
from rich.console import Console

from experiments.faults.service import free_port, running, wait_until_ready
from experiments.learning import learn
from experiments.paths import ways
from experiments.paths.comparison import Answer, Comparison, compare
from experiments.paths.exports import Exports
from features.contract.clock import now
from features.contract.mistake import MistakeError
from serving.http.requests.fields import MOST_LEADS
from training.project.project import Project, read_project

_NOTHING_APART: Mapping[str, str] = {}
_OF_REQUESTS = {
    "events_ignored": "which only a request is told: what was sent in vain",
    "events_incomplete": "which only a request is told",
    "unknown event types, and fields that no feature reads": "which a file does not name",
}
_OF_SENDING = {"events_ignored": "since the record drops copies when they are sent"}


class Asked(NamedTuple):
    """What is asked.

    Attributes:
        project: The project file.
        model: What `leadscore score --model` takes.
        sample: How many leads are asked about by requests.
        stored: How many of these by the record.
        seed: Of the sample.
        language: Of the reasons.
    """

    project: Path
    model: str
    sample: int
    stored: int
    seed: int
    language: str


def comparisons(asked: Asked, folder: Path) -> Iterator[Comparison]:
    """Yield each way held against the file, or against the requests.

    Raises:
        MistakeError: A command refuses, or the service does.
    """
    project = read_project(asked.project)
    files = _Files(asked, project, folder)
    answers = ways.parquet_answers(files.score("scores.parquet", asked.project))
    if not answers:
        raise ways.WayError(f"{project.name}: no lead is open, so that there is nothing to compare")
    in_csv = ways.csv_answers(files.score("scores.csv", asked.project))
    yield compare(("Parquet", answers), ("CSV", in_csv), _NOTHING_APART)
    if project.flat is None:
        with ways.in_spark(asked.project) as copy:
            in_spark = ways.parquet_answers(files.score("spark.parquet", copy))
        yield compare(("Parquet", answers), ("Spark", in_spark), _NOTHING_APART)
    drawn = np.random.default_rng(asked.seed).permutation(len(answers))[: asked.sample]
    sampled = [answers[place] for place in drawn.tolist()]
    with _served(asked, folder) as client:
        yield from requested(asked, project, sampled, client)


class _Files:
    """Scores by the command, in files."""

    def __init__(self, asked: Asked, project: Project, folder: Path) -> None:
        self._options = ["--model", asked.model, "--language", asked.language]
        if project.flat is not None:
            # Nothing in it is dated, so that each run would ask about its own present.
            self._options += ["--as-of", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")]
        self._folder = folder

    def score(self, name: str, project: Path) -> Path:
        output = self._folder / name
        ways.run("score", str(project), str(output), *self._options)
        return output


@contextmanager
def _served(asked: Asked, folder: Path) -> Iterator[httpx.Client]:
    """Serve the model with an empty record, and give a client to it."""
    record, port = f"sqlite:///{folder}/record.db", free_port()
    ways.run("db", "upgrade", LEADSCORE_DATABASE_URL=record)
    serve = ["serve", "--project", str(asked.project), "--model", asked.model, "--port", str(port)]
    # On a busy machine the rules would answer what comes too late.
    with running(serve, record, LEADSCORE_DEADLINE_MS="60000"):
        wait_until_ready(port)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300) as client:
            yield client


def requested(
    asked: Asked, project: Project, sampled: Sequence[Answer], client: httpx.Client
) -> Iterator[Comparison]:
    """Yield requests held against the file, and further ways against these.

    Args:
        asked: What is asked.
        project: The project.
        sampled: Answers of the file about the leads that are asked about.
        client: To a service with the model and an empty record.

    Raises:
        MistakeError: The exports are not read here, or the service refuses.
    """
    exports = Exports(project, asked.project.parent)
    requests = [ways.request_of(exports, answer, asked.language) for answer in sampled]
    features = {one["name"] for one in client.get("/v1/model").json()["features"]}
    one_by_one = ways.answers_to(client, requests)
    as_filed = [_as_filed(answer, features) for answer in one_by_one]
    yield compare(("Parquet", sampled), ("request", as_filed), _OF_REQUESTS)
    together = ways.answers_together(client, requests)
    yield compare(("request", one_by_one), ("requests together", together), _NOTHING_APART)
    # A record keeps no lead without a date.
    if project.flat is None:
        stored = ways.stored_answers(client, exports, requests[: asked.stored])
        yield compare(("request", one_by_one[: asked.stored]), ("record", stored), _OF_SENDING)


def _as_filed(answer: Answer, features: set[str]) -> Answer:
    """Return an answer that names as unknown what a file does: fields that features read."""
    return answer | {"unknown": [name for name in answer["unknown"] if name in features]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare what is asked for; return 1 if anything is not equal, or nothing is compared."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("project", type=Path, help="project file")
    parser.add_argument("--model", help="as of leadscore score; trained here if left out")
    parser.add_argument("--sample", type=_leads, default=500, help="leads asked about by requests")
    parser.add_argument("--stored", type=_leads, default=100, help="of these by the record")
    parser.add_argument("--seed", type=int, default=7, help="of the sample")
    parser.add_argument("--language", choices=["de", "en"], default="de", help="of the reasons")
    given = parser.parse_args(arguments)
    console = Console(soft_wrap=True, markup=False, highlight=False)
    same = True
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        model = given.model or str(folder / "model")
        if given.model is None:
            learn(given.project, Path(model), now())
        asked = Asked(
            given.project.resolve(), model, given.sample, given.stored, given.seed, given.language
        )
        for found in comparisons(asked, folder):
            same &= found.same
            console.print("\n".join(found.lines()))
    return 0 if same else 1


def _leads(text: str) -> int:
    """Return how many leads are asked about; the record is asked about all of them at once."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_LEADS:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_LEADS}")
    return int(text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
