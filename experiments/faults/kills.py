"""Kill the service under load, and count what it had acknowledged: none lost, none doubled.

    python -m experiments.faults --kills 50 --database sqlite
    python -m experiments.faults --kills 50 --database postgresql

A service is started, several senders post events to it, and after a random while it is killed
(SIGKILL), again and again on the same record. Every batch that was answered with a 200 is noted;
at the end the record is asked for every id.
"""

import argparse
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import track
from sqlalchemy import select

from experiments.faults.records import record_of
from experiments.faults.service import free_port, start_service
from serving.record.database import Database
from serving.record.schema import event
from serving.record.upgrade import check, upgrade

_SENDERS = 4
_BATCH = 20
_LEADS = 200


class Senders:
    """Post batches of events with ids of their own, and note which were acknowledged."""

    def __init__(self, port: int) -> None:
        """Begin with nothing sent."""
        self._address = f"http://127.0.0.1:{port}/v1/events"
        self._lock = threading.Lock()
        self._next = 0
        self.acknowledged: list[str] = []
        self.sent_again = 0

    def run_until(self, stopped: threading.Event) -> list[threading.Thread]:
        """Start to send; return the threads."""
        threads = [
            threading.Thread(target=self._send_until, args=(stopped,)) for _ in range(_SENDERS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _send_until(self, stopped: threading.Event) -> None:
        with httpx.Client(timeout=10) as client:
            while not stopped.is_set():
                ids = self._new_ids()
                # What was not acknowledged is sent again, as a careful sender does.
                while not stopped.is_set() and not self._posted(client, ids):
                    self.sent_again += 1
                    time.sleep(0.05)

    def _new_ids(self) -> list[str]:
        with self._lock:
            self._next += _BATCH
            return [str(n) for n in range(self._next - _BATCH, self._next)]

    def _posted(self, client: httpx.Client, ids: list[str]) -> bool:
        events = [
            {"lead_id": f"L{int(key) % _LEADS}", "event_type": "click", "event_id": key}
            for key in ids
        ]
        try:
            answer = client.post(self._address, json={"events": events})
        except httpx.HTTPError:
            return False
        if answer.status_code == 200:
            with self._lock:
                self.acknowledged += ids
        return answer.status_code == 200


def kill_again_and_again(url: str, kills: int, seed: int, console: Console) -> Senders:
    """Kill a service under load; return what was sent."""
    drawn = random.Random(seed)
    port = free_port()
    senders = Senders(port)
    stopped = threading.Event()
    threads: list[threading.Thread] = []
    for kill in track(range(kills + 1), "kills", console=console):
        process = start_service(url, port)
        if not threads:
            threads = senders.run_until(stopped)
        time.sleep(drawn.uniform(0.05, 1.0))
        if kill == kills:
            stopped.set()
            for thread in threads:
                thread.join()
            process.terminate()
        else:
            process.send_signal(signal.SIGKILL)
        process.wait()
    return senders


def main() -> None:
    """Kill, count and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m experiments.faults")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as folder, record_of(given.database, Path(folder)) as url:
        database = Database(url)
        upgrade(database)
        senders = kill_again_and_again(url, given.kills, given.seed, console)
        with database.reading() as connection:
            stored = Counter(connection.execute(select(event.c.event_id)).scalars())
        wrong = check(database)
        database.close()
    lost = sum(f"={key}" not in stored for key in senders.acknowledged)
    doubled = sum(count > 1 for count in stored.values())
    console.print(
        f"{given.database}: {given.kills} kills, {len(senders.acknowledged):,} events "
        f"acknowledged, {senders.sent_again:,} batches sent again: {lost} lost, {doubled} doubled; "
        f"the record is {wrong or 'as it should be'}"
    )
    sys.exit(bool(lost or doubled or wrong))


if __name__ == "__main__":
    main()
