"""The whole way in one command: simulate, train, serve, score a lead over HTTP, and show it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import numpy as np
import pandas as pd
from rich.console import Console

from experiments.demo.record import show_record
from experiments.demo.workspace import Workspace, new_workspace
from experiments.simulator import Simulation, simulate
from features.contract.clock import now
from features.contract.language import Language
from features.contract.lead import moment
from features.contract.mistake import MistakeError
from serving.listener import listen
from serving.scoring.answer import Answer
from serving.scoring.drawing import draw
from training.checks.metrics import Ranking
from training.pipeline import Training, train
from training.progress import Progress

_HOST = "127.0.0.1"
_PATIENCE_SECONDS = 120
_LEARNED_PER_LIVED = 5


class DemoError(MistakeError):
    """The demo cannot go on; the message says what to do."""


def run_demo(
    folder: Path, leads: int, seed: int, port: int, language: Language, *, keep_serving: bool
) -> None:
    """Run the demo and, if wanted, keep its service until it is interrupted.

    Raises:
        DemoError: The service does not start.
        AddressError: The port is taken.
    """
    # A taken port should be told now, not after the training.
    with listen(_HOST, port) as listener:
        port = listener.getsockname()[1]
    console = Console()
    progress = Progress()
    with progress.step(f"Simulating {leads:,} German B2B leads"):
        simulation = simulate(folder, leads=leads, seed=seed)
    training = train(simulation.project, progress, now=now(), promote=True)
    console.print(training.summary, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\n{_closeness(simulation, training)}\n", soft_wrap=True)
    request = _hottest_lead(simulation, training, language)
    workspace = new_workspace(simulation, leads // _LEARNED_PER_LIVED, seed + 1, progress)
    with _service(simulation.project, workspace.url, port, progress) as address:
        answer = _ask(f"{address}/v1/score", json.dumps(request).encode())
        console.print(f"POST {address}/v1/score answered:\n")
        console.print(draw(answer, language, training.shipped.manifest.feature_set.names))
        show_record(address, simulation, request, answer.probability, language, console, progress)
        if keep_serving:
            _invite(console, f"{address}/app/", workspace)
            console.print(f"The API is described at {address}/docs. Stop all with Ctrl+C.")
            _wait_for_interrupt()
    again = f"leadscore serve --project {simulation.project}"
    console.print("\nTo serve model and workspace again:", soft_wrap=True)
    console.print(f"  LEADSCORE_DATABASE_URL={workspace.url} {again}", soft_wrap=True)
    if not keep_serving:
        _invite(console, f"http://{_HOST}:8000/app/", workspace)


def _invite(console: Console, address: str, workspace: Workspace) -> None:
    console.print(f"\nThe workspace: {address}", soft_wrap=True)
    for email, role in workspace.accounts:
        console.print(f"  {email:22} {role}", highlight=False)
    console.print(f"  password of all: {workspace.password}\n", highlight=False, markup=False)


def _closeness(simulation: Simulation, training: Training) -> str:
    """Say how close the probabilities of the backtest come to the true ones."""
    study = training.study
    schedule = study.dataset.schedule
    true, label = [], []
    for cutoff in study.backtest.said:
        rows = study.dataset.open_leads[cutoff].rows
        lead_ids = study.dataset.lead_id[rows.lead].tolist()
        true.append(simulation.truth.probability(lead_ids, rows.as_of, schedule.horizon))
        label.append(rows.label)
    truth, outcome = np.concatenate(true), np.concatenate(label)
    said = np.concatenate(list(study.backtest.said.values()))
    weight = np.ones(len(outcome))
    best, found = (Ranking(p, outcome).figures(weight)["roc_auc"] for p in (truth, said))
    return (
        f"The true probabilities of these leads add up to {truth.sum():,.0f} conversions, the "
        f"model's to {said.sum():,.0f}. Best possible ROC-AUC, by the true ones: {best:.3f}; the "
        f"model reaches {found:.3f}, {(found - 0.5) / (best - 0.5):.0%} of the way from chance."
    )


def _hottest_lead(
    simulation: Simulation, training: Training, language: Language
) -> dict[str, object]:
    """Return the request for the lead that the model found hottest at the newest cut-off."""
    dataset, said = training.study.dataset, training.study.backtest.said
    cutoff = max(said)
    rows = dataset.open_leads[cutoff].rows
    lead_id = dataset.lead_id[rows.lead[int(np.argmax(said[cutoff]))]]
    as_of = moment(cutoff)
    leads = pd.read_parquet(simulation.folder / "leads.parquet").set_index("lead_id")
    events = pd.read_parquet(simulation.folder / "events.parquet")
    account = leads["account_id"] == leads.loc[lead_id, "account_id"]
    colleagues = leads.index[account & (leads.index != lead_id)].tolist()
    lead = _records(leads.loc[[lead_id]])[0]
    return {
        "lead": {
            "lead_id": lead_id,
            "created_at": lead["created_at"],
            "account_id": lead["account_id"],
            "profile": {
                field: lead[field] for field in training.shipped.manifest.feature_set.fields
            },
        },
        "events": _events_before(as_of, events, [lead_id]),
        "account_events": _events_before(as_of, events, colleagues),
        "as_of": as_of.isoformat(),
        "language": language,
    }


def _events_before(
    as_of: datetime, events: pd.DataFrame, leads: Sequence[str]
) -> list[dict[str, object]]:
    theirs = events["lead_id"].isin(leads) & (events["occurred_at"] < as_of)
    return _records(events[theirs].drop(columns="lead_id"))


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Return rows as JSON has them: null for missing, ISO moments."""
    text = frame.to_json(orient="records", date_format="iso", date_unit="us")
    records: list[dict[str, object]] = json.loads(text)
    return records


@contextmanager
def _service(project: Path, record: str, port: int, progress: Progress) -> Iterator[str]:
    command = [sys.executable, "-m", "leadscore", "serve"]
    command += ["--project", str(project), "--port", str(port)]
    environment = os.environ | {
        "LEADSCORE_CACHE": str(project.parent / ".leadscore"),
        "LEADSCORE_DATABASE_URL": record,
        "LEADSCORE_WEBHOOKS_LOCAL": "true",
    }
    with (project.parent / "service.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://{_HOST}:{port}"
            with progress.step("Starting the service"):
                _wait_until_ready(process, address, Path(log.name))
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up:
        if process.poll() is not None:
            raise DemoError(f"the service ended; see {log}, or take another --port")
        try:
            with urlopen(f"{address}/readyz", timeout=2):
                return
        except (HTTPError, URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise DemoError(f"the service is not ready after {_PATIENCE_SECONDS} seconds; see {log}")


def _ask(url: str, body: bytes) -> Answer:
    request = Request(url, body, {"Content-Type": "application/json"})
    try:
        with urlopen(request, timeout=10) as response:
            return Answer.model_validate_json(response.read())
    except HTTPError as error:
        raise DemoError(f"the service refused the lead: {error.read().decode()}") from None


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
