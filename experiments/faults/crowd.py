"""Many clients at once, beside a batch loop: nobody is left without an answer."""

import asyncio
import json
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from experiments.faults.champion import trained
from experiments.faults.connections import answered, request
from experiments.faults.finding import Finding, Findings
from experiments.faults.marks import marked_request
from experiments.faults.service import service

_BATCH = 1_000


def crowd(
    clients: Annotated[int, typer.Option(help="That ask at once.")] = 64,
    seconds: Annotated[float, typer.Option(help="For how long.")] = 60,
) -> Findings:
    """Let many clients ask for single leads as fast as they can, beside a loop of 1,000 leads."""
    with TemporaryDirectory() as made:
        champion = trained(Path(made))
        with service(Path(made), None, LEADSCORE_MODEL=str(champion.folder)) as tried:
            tried.start()
            singles, batches, took = asyncio.run(_ask(tried.port, clients, seconds))
            mib, marks = tried.most_mib, tried.marks
    p50, p99, longest = 1e3 * np.quantile(took, [0.5, 0.99, 1])
    yield Finding(
        f"{clients} clients for {seconds:g} s beside a batch loop",
        f"single leads {_told(singles)}; p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest "
        f"{longest:.0f} ms; batches of {_BATCH:,} {_told(batches)}; at most {mib} MiB resident; "
        f"{marks} marks in the log",
        kept={*singles, *batches} <= {"200 model", "200 rules"} and not marks,
    )


async def _ask(
    port: int, clients: int, seconds: float
) -> tuple[Counter[str], Counter[str], list[float]]:
    single = marked_request(20)
    batch = b'{"leads": [' + b", ".join([single] * _BATCH) + b"]}"
    singles, batches = Counter[str](), Counter[str]()
    took: list[float] = []
    end = time.monotonic() + seconds
    looping = _loop(port, request("/v1/score/batch", batch), end, batches, [])
    asking = [_loop(port, request("/v1/score", single), end, singles, took) for _ in range(clients)]
    await asyncio.gather(looping, *asking)
    return singles, batches, took


async def _loop(
    port: int, sent: bytes, end: float, counts: Counter[str], took: list[float]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=64 * 1024 * 1024)
    while (began := time.monotonic()) < end:
        writer.write(sent)
        try:
            said = await answered(reader)
        except (OSError, asyncio.IncompleteReadError):
            counts["no answer"] += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            continue
        took.append(time.monotonic() - began)
        counts.update({f"{said.status} {basis}" for basis in _bases(said.body)})
    writer.close()


def _bases(body: bytes) -> set[str]:
    """Return on what an answer rests: `model`, `rules`, or the code of its problem."""
    said = json.loads(body)
    if "results" not in said:
        return {said.get("basis") or said["code"]}
    return {(one["answer"] or {}).get("basis") or one["error"]["code"] for one in said["results"]}


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} x {said}" for said, count in sorted(counts.items()))
