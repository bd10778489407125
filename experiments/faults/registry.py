"""MLflow's server away, hanging, dawdling, without the model; and all well again."""

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import mlflow
import typer

from experiments.benchmarks.http_scoring import server
from experiments.faults.champion import Champion, trained
from experiments.faults.finding import Finding, Findings
from experiments.faults.marks import SECRET
from experiments.faults.proxy import Mood, Proxy, proxy
from experiments.faults.scorers import Scorers
from experiments.faults.service import Service, free_port, service

_WATCH_SECONDS = 2
_CLIENTS = 2
_ALIAS = "champion"
_READY = 120
_CACHE = "cache"
_MOODS: tuple[Mood, ...] = ("refuses", "hangs", "dawdles")


def registry(
    seconds: Annotated[float, typer.Option(help="That each fault lasts.")] = 20,
) -> Findings:
    """Take MLflow's server away at the start and under load; let it hang and dawdle.

    Then the champion is withdrawn, and named again. Leads are asked for all the while.
    """
    with TemporaryDirectory() as made:
        folder, port = Path(made), free_port()
        champion = trained(folder)
        command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
        command += ["--backend-store-uri", champion.tracking_uri]
        with (
            server(command, port, "/health", folder / "mlflow.log"),
            proxy(port) as between,
            service(
                folder,
                None,
                [SECRET],
                LEADSCORE_MODEL=champion.address,
                LEADSCORE_TRACKING_URI=f"http://crm:{SECRET}@127.0.0.1:{between.port}",
                LEADSCORE_MODEL_WATCH_SECONDS=str(_WATCH_SECONDS),
                LEADSCORE_CACHE=str(folder / _CACHE),
            ) as tried,
        ):
            _serve(champion, port)
            yield from _tried(tried, between, champion, seconds)


def _serve(champion: Champion, port: int) -> None:
    """Make a version the champion whose files the server hands out, rather than the disk."""
    client = mlflow.MlflowClient(f"http://127.0.0.1:{port}")
    run = client.create_run(client.create_experiment("served"))
    client.log_artifacts(run.info.run_id, str(champion.folder), "model")
    source = f"{run.info.artifact_uri}/model"
    version = client.create_model_version(champion.name, source, run.info.run_id)
    client.set_registered_model_alias(champion.name, _ALIAS, version.version)


def _tried(tried: Service, between: Proxy, champion: Champion, seconds: float) -> Findings:
    scorers = Scorers(tried.port)
    client = mlflow.MlflowClient(champion.tracking_uri)
    between.mood = "refuses"
    yield _ready_after(tried, "refuses at the start, no copy")
    with scorers.asking(_CLIENTS):
        scorers.phase = "MLflow away since the start"
        time.sleep(seconds / 4)
        between.mood = "passes"
        took = scorers.seconds_until("model")
        scorers.phase = "MLflow there"
        time.sleep(seconds / 4)
        for mood in _MOODS:
            scorers.phase = f"MLflow {mood}"
            between.mood = mood
            time.sleep(seconds)
        between.mood = "passes"
        scorers.phase = "champion withdrawn"
        client.delete_registered_model_alias(champion.name, _ALIAS)
        time.sleep(seconds / 2)
    yield scorers.finding("MLflow away since the start")
    yield scorers.finding(
        "MLflow there", also=f"the model answered after {took:.1f} s", only="model"
    )
    for phase in ("MLflow refuses", "MLflow hangs", "MLflow dawdles", "champion withdrawn"):
        yield scorers.finding(phase, only="model")
    tried.stop()
    yield _ready_after(tried, "champion withdrawn, started again")
    client.set_registered_model_alias(champion.name, _ALIAS, "2")
    took = scorers.seconds_until("model")
    yield Finding("champion named again", f"it answered after {took:.1f} s", took < 60)
    for mood in _MOODS[1:]:
        tried.stop()
        between.mood = mood
        yield _ready_after(tried, f"{mood} at the start, with a copy")
        took = scorers.seconds_until("model", 1)
        yield Finding(f"MLflow {mood} at the start, with a copy", "the copy answers", took < 1)
    tried.stop()
    shutil.rmtree(champion.project.parent / _CACHE)
    between.mood = "dawdles with files"
    yield _ready_after(tried, "dawdles with files at the start, no copy")
    between.mood = "passes"
    took = scorers.seconds_until("model")
    yield Finding("MLflow passes again", f"the model answered after {took:.1f} s", took < 120)
    tried.stop()
    told = f"{len(tried.written.splitlines())} lines of log, {tried.marks} marks in them"
    yield Finding("in the end", told, not tried.marks)


def _ready_after(tried: Service, what: str) -> Finding:
    began = time.monotonic()
    tried.start()
    took = time.monotonic() - began
    return Finding(f"MLflow {what}", f"leads answered {took:.1f} s after the start", took < _READY)
