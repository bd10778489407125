"""The service stopped under load: no request that it accepted is left without an answer."""

import asyncio
import os
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from experiments.faults.connections import answered, request
from experiments.faults.finding import Finding, Findings
from experiments.faults.records import record_of, upgraded
from experiments.faults.service import free_port, start_service, wait_until_ready

_BODY = b"""{"lead": {"lead_id": "L-1", "created_at": "2026-04-20T08:00:00Z",
"profile": {"channel": "SEO", "industry": "IT", "employees": 120}}, "as_of": "2026-05-28T00:00:00Z",
"events": [{"event_type": "price_page", "occurred_at": "2026-05-01T10:00:00Z"}]}"""

_REQUEST = request("/v1/score", _BODY)


async def ask_until_refused(port: int, counts: Counter[str]) -> None:
    """Ask over open connections until a new one is refused, and count what came of it."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            counts["refused"] += 1
            return
        goes_on = True
        while goes_on:
            try:
                writer.write(_REQUEST)
                said = await answered(reader)
                goes_on = said.goes_on
                counts["answered" if said.status == 200 else f"status {said.status}"] += 1
            except (OSError, asyncio.IncompleteReadError):
                counts["failed"] += 1
                goes_on = False
        writer.close()


async def stop_under_load(port: int, pid: int, clients: int) -> Counter[str]:
    """Let clients ask, stop the service after a second, and return what they counted."""
    counts: Counter[str] = Counter()
    asking = [asyncio.create_task(ask_until_refused(port, counts)) for _ in range(clients)]
    await asyncio.sleep(1)
    os.kill(pid, 15)
    await asyncio.gather(*asking)
    return counts


def stopping(
    rounds: Annotated[int, typer.Option(help="How often it is stopped.")] = 5,
    clients: Annotated[int, typer.Option(help="That ask at once.")] = 32,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 1,
) -> Findings:
    """Stop the service (SIGTERM) under load: what was accepted is answered.

    Clients with open connections ask as fast as they can; each opens a new one when it is told that
    its connection closes. A connection that is refused is no failure: nothing was accepted.
    """
    counts, port = Counter[str](), free_port()
    with TemporaryDirectory() as folder, record_of("sqlite", Path(folder)) as url:
        upgraded(url)
        for _ in range(rounds):
            process = start_service(url, port, LEADSCORE_WORKERS=str(workers))
            wait_until_ready(port)
            counts += asyncio.run(stop_under_load(port, process.pid, clients))
            began = time.monotonic()
            counts[f"ended with {process.wait()}"] += 1
            last = time.monotonic() - began
    told = ", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items()))
    yield Finding(
        f"{rounds} stops under load, {clients} clients, {workers} processes",
        f"{told}; {last:.1f} s after the last answer it had ended",
        kept=not counts["failed"],
    )
