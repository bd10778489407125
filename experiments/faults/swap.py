"""The champion swapped under load: nothing fails, nothing is mixed."""

import json
import shutil
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import mlflow
import typer
from rich.console import Console

from experiments.benchmarks.http_scoring import scored_lead, server
from experiments.faults.finding import Finding, Findings
from experiments.faults.service import free_port
from experiments.simulator import simulate
from features.contract.clock import now
from training.pipeline import train
from training.progress import Progress
from training.project.project import read_project
from training.tracking import CHAMPION

_CLIENTS = 4
_BATCH = 100
_WATCH_SECONDS = 1
_PATIENCE_SECONDS = 60


class Clients:
    """Ask without a pause, and count what was answered."""

    def __init__(self, port: int) -> None:
        """Begin with nothing asked."""
        self._address = f"http://127.0.0.1:{port}"
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()
        self.slowest = 0.0

    def ask_until(self, stopped: threading.Event) -> list[threading.Thread]:
        """Start to ask; return the threads."""
        single, batch = scored_lead(), b'{"leads":[' + b",".join([scored_lead()] * _BATCH) + b"]}"
        asked = [("/v1/score", single)] * _CLIENTS + [("/v1/score/batch", batch)]
        threads = [threading.Thread(target=self._ask, args=(*what, stopped)) for what in asked]
        for thread in threads:
            thread.start()
        return threads

    def _ask(self, path: str, body: bytes, stopped: threading.Event) -> None:
        with httpx.Client(base_url=self._address, timeout=30) as client:
            while not stopped.is_set():
                began = time.monotonic()
                try:
                    answer = client.post(path, params={"require": "model"}, content=body)
                    found = _judged(answer)
                except httpx.HTTPError as error:
                    found = [f"failed: {type(error).__name__}"]
                with self._lock:
                    self.counts.update(found)
                    if path == "/v1/score":
                        self.slowest = max(self.slowest, time.monotonic() - began)


def _judged(answer: httpx.Response) -> list[str]:
    if answer.status_code != httpx.codes.OK:
        return [f"failed: {answer.status_code} {answer.text[:100]}"]
    said = answer.json()
    if "results" not in said:
        return ["answers by " + said["model_version"]]
    results = said["results"]
    if failed := [one["error"]["message"] for one in results if one["error"]]:
        return [f"failed: in a batch, {failed[0]}"]
    versions = {one["answer"]["model_version"] for one in results}
    return [f"batches by {versions.pop()}" if len(versions) == 1 else "failed: a mixed batch"]


def promote(client: mlflow.MlflowClient, name: str, version: str, port: int) -> float:
    """Make a version the champion; return after how many seconds it answered.

    Raises:
        RuntimeError: It does not.
    """
    client.set_registered_model_alias(name, CHAMPION, version)
    began = time.monotonic()
    while time.monotonic() < began + _PATIENCE_SECONDS:
        card = httpx.get(f"http://127.0.0.1:{port}/v1/model", timeout=30).json()
        if card["model_version"] == f"{name}/{version}":
            return time.monotonic() - began
        time.sleep(0.02)
    raise RuntimeError(f"version {version} did not answer")


def promote_damaged(client: mlflow.MlflowClient, name: str, folder: Path, port: int) -> str:
    """Register a damaged version and make it the champion; return what the service says of it."""
    good = client.get_model_version(name, "1")
    shutil.copytree(mlflow.artifacts.download_artifacts(f"models:/{name}/1"), folder)
    next(folder.rglob("linear.json")).write_text("{}", encoding="utf-8")
    bad = client.create_model_version(name, str(folder), good.run_id)
    client.set_registered_model_alias(name, CHAMPION, bad.version)
    began = time.monotonic()
    while time.monotonic() < began + _PATIENCE_SECONDS:
        said = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).json()
        if said["message"]:
            return json.dumps(said)
        time.sleep(0.1)
    raise RuntimeError("the service says nothing of the damaged version")


def swap(
    swaps: Annotated[int, typer.Option(help="How often the champion changes.")] = 20,
) -> Findings:
    """Promote another version under load, again and again, and a damaged one in the end.

    Clients ask for single leads and for batches, by the model or not at all, while the champion
    changes to and fro between two versions. The one before the damaged one must answer on.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        project = simulate(folder, leads=2_000).project
        train(project, Progress(Console(quiet=True)), now=now())
        read = read_project(project)
        mlflow.set_tracking_uri(read.mlflow.tracking_uri)
        client, name = mlflow.MlflowClient(), read.model_name
        first = client.get_model_version(name, "1")
        client.create_model_version(name, str(first.source), first.run_id)
        port, stopped = free_port(), threading.Event()
        command = ["env", f"LEADSCORE_MODEL_WATCH_SECONDS={_WATCH_SECONDS}", sys.executable, "-m"]
        command += ["leadscore", "serve", "--project", str(project), "--port", str(port)]
        with server(command, port, "/readyz", folder / "server.log"):
            clients = Clients(port)
            threads = clients.ask_until(stopped)
            took = [promote(client, name, str(2 - swap % 2), port) for swap in range(swaps)]
            said = promote_damaged(client, name, folder / "damaged", port)
            stopped.set()
            for thread in threads:
                thread.join()
    failed = sum(count for what, count in clients.counts.items() if what.startswith("failed"))
    told = ", ".join(f"{count:,} {what}" for what, count in sorted(clients.counts.items()))
    yield Finding(
        f"{len(took)} swaps of the champion",
        f"{told}; each within {max(took):.1f} s; slowest answer of a single lead "
        f"{1e3 * clients.slowest:.0f} ms; failed: {failed}; with a damaged champion: {said}",
        kept=not failed,
    )
