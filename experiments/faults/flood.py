"""Large bodies that come at once, and the memory that the service takes for them."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from experiments.faults.finding import Finding, Findings
from experiments.faults.records import record_of, upgraded
from experiments.faults.service import free_port, start_service, wait_until_ready

_MIB = 1024 * 1024
_AIM_MIB = 1024
_STALL_SECONDS = 30

Flood = Callable[[int], Coroutine[Any, Any, Counter[str]]]


def batch_of(size: int) -> bytes:
    """Return a lawful batch that is nearly as large as it is allowed to be."""
    event = {"event_type": "price_page", "occurred_at": "2026-05-01T10:00:00Z", "item": "p" * 20}
    lead = {"lead_id": "L-1", "created_at": "2026-04-20T08:00:00Z"}
    one = {"lead": lead, "events": [event] * 400, "as_of": "2026-05-28T00:00:00Z"}
    count = size // (len(json.dumps(one)) + 2)
    return json.dumps({"leads": [one] * count}).encode()


async def stalled(port: int) -> Counter[str]:
    """Send 40 bodies of 31 MiB but for their last byte."""
    body = b" " * (31 * _MIB)
    return await _together([_sent(port, body, len(body) - 1) for _ in range(40)])


async def batches(port: int) -> Counter[str]:
    """Send 8 batches of 30 MiB."""
    body = batch_of(30 * _MIB)
    return await _together([_sent(port, body, len(body)) for _ in range(8)])


async def _together(sending: list[Coroutine[Any, Any, str]]) -> Counter[str]:
    return Counter(await asyncio.gather(*sending))


async def _sent(port: int, body: bytes, size: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = b"POST /v1/score/batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    writer.write(head % len(body))
    try:
        for start in range(0, size, _MIB):
            writer.write(memoryview(body)[start : min(start + _MIB, size)])
            await writer.drain()
        status = await asyncio.wait_for(
            reader.readline(), _STALL_SECONDS if size < len(body) else 600
        )
    except TimeoutError:
        return "open still"
    except OSError:
        return "closed"
    finally:
        writer.transport.abort()
    return status.decode().split(" ", 1)[1].strip() if status else "closed"


def ask_until(stopped: threading.Event, port: int, taken: list[float]) -> None:
    """Ask for a lead again and again, and note the seconds of each answer."""
    sent = {"lead": {"lead_id": "L-1", "created_at": "2026-04-20T08:00:00Z"}}
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        while not stopped.wait(0.02):
            began = time.perf_counter()
            client.post("/v1/score", json=sent).raise_for_status()
            taken.append(time.perf_counter() - began)


def flooded(flood: Flood, url: str) -> tuple[Counter[str], int, list[float]]:
    """Flood a new service; return what came back, its most MiB resident and single answers."""
    port = free_port()
    process = start_service(url, port)
    wait_until_ready(port)
    stopped, taken = threading.Event(), list[float]()
    asking = threading.Thread(target=ask_until, args=(stopped, port, taken))
    asking.start()
    counts = asyncio.run(flood(port))
    stopped.set()
    asking.join()
    told = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    process.terminate()
    process.wait()
    return counts, int(told.partition("VmHWM:")[2].split()[0]) // 1024, sorted(taken)


def flood() -> Findings:
    """Send 40 bodies of 31 MiB that stop before their last byte, then 8 lawful batches of 30 MiB.

    Beside them, a single lead is asked for all the time. Less than 1 GiB of memory is aimed at.
    """
    with TemporaryDirectory() as folder, record_of("sqlite", Path(folder)) as url:
        upgraded(url)
        for name, bodies in (("40 stalled bodies of 31 MiB", stalled), ("8 batches", batches)):
            counts, mib, taken = flooded(bodies, url)
            told = ", ".join(f"{count} x {answer}" for answer, count in counts.items())
            yield Finding(
                name,
                f"{told}; at most {mib} MiB resident; {len(taken)} single leads beside, "
                f"p50 {1000 * taken[len(taken) // 2]:.1f} ms, longest {1000 * taken[-1]:.0f} ms",
                kept=mib < _AIM_MIB,
            )
