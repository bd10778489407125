"""Stop the service under load, and count the requests that got no answer: none should.

    python -m experiments.faults.stopping --rounds 5
    python -m experiments.faults.stopping --rounds 5 --workers 2

Clients with open connections ask as fast as they can; each opens a new one when it is told that its
connection closes. After a second the service gets SIGTERM. A connection that is refused is no
failure: nothing was accepted. A request that was sent and not answered is one.
"""

import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from experiments.faults.records import record_of
from experiments.faults.service import free_port, start_service, wait_until_ready
from serving.record.database import Database
from serving.record.upgrade import upgrade

_BODY = b"""{"lead": {"lead_id": "L-1", "created_at": "2026-04-20T08:00:00Z",
"profile": {"channel": "SEO", "industry": "IT", "employees": 120}}, "as_of": "2026-05-28T00:00:00Z",
"events": [{"event_type": "price_page", "occurred_at": "2026-05-01T10:00:00Z"}]}"""

_REQUEST = (
    b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
)


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
                status, goes_on = await _answer(reader)
                counts["answered" if status == 200 else f"status {status}"] += 1
            except (OSError, asyncio.IncompleteReadError):
                counts["failed"] += 1
                goes_on = False
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    await reader.readexactly(size)
    return int(head.split()[1]), b"\r\nconnection: close\r\n" not in head


async def stop_under_load(port: int, pid: int, clients: int) -> Counter[str]:
    """Let clients ask, stop the service after a second, and return what they counted."""
    counts: Counter[str] = Counter()
    asking = [asyncio.create_task(ask_until_refused(port, counts)) for _ in range(clients)]
    await asyncio.sleep(1)
    os.kill(pid, 15)
    await asyncio.gather(*asking)
    return counts


def main() -> None:
    """Stop again and again, and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m experiments.faults.stopping"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    console, counts, port = Console(), Counter[str](), free_port()
    with TemporaryDirectory() as folder, record_of("sqlite", Path(folder)) as url:
        upgrade(Database(url))
        for _ in range(given.rounds):
            process = start_service(url, port, LEADSCORE_WORKERS=str(given.workers))
            wait_until_ready(port)
            counts += asyncio.run(stop_under_load(port, process.pid, given.clients))
            began = time.monotonic()
            counts[f"ended with {process.wait()}"] += 1
            console.print(f"{time.monotonic() - began:.1f} s after the last answer it had ended")
    told = ", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items()))
    console.print(
        f"{given.workers} processes, {given.clients} clients, {given.rounds} stops; {told}"
    )
    sys.exit(bool(counts["failed"]))


if __name__ == "__main__":
    main()
