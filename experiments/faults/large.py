"""Leads with as many events as are allowed, again and again: the model answers each of them."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer

from experiments.faults.champion import trained
from experiments.faults.finding import Finding, Findings
from experiments.faults.marks import marked_request
from experiments.faults.scorers import Scorers
from experiments.faults.service import service
from serving.http.requests.fields import MOST_EVENTS


def large(
    requests: Annotated[int, typer.Option(help="With as many events as are allowed.")] = 40,
) -> Findings:
    """Ask for a lead with 10,000 events, from one client, while others ask for small leads."""
    body = marked_request(MOST_EVENTS)
    with TemporaryDirectory() as made:
        champion = trained(Path(made))
        with service(Path(made), None, LEADSCORE_MODEL=str(champion.folder)) as tried:
            tried.start()
            small = Scorers(tried.port)
            small.phase = "small leads beside"
            with (
                small.asking(1),
                httpx.Client(base_url=f"http://127.0.0.1:{tried.port}", timeout=60) as client,
            ):
                answers = [client.post("/v1/score", content=body) for _ in range(requests)]
            marks = tried.marks
    bases = [json.loads(answer.content).get("basis") for answer in answers]
    took = sorted(1e3 * answer.elapsed.total_seconds() for answer in answers)
    yield Finding(
        f"leads with {MOST_EVENTS:,} events",
        f"{bases.count('model')} of {requests} answered by the model; p50 "
        f"{took[requests // 2]:.0f} ms, longest {took[-1]:.0f} ms; {marks} marks in the log",
        kept=bases == ["model"] * requests and not marks,
    )
    yield small.finding("small leads beside", only="model")
