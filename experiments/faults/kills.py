"""The service killed under load, again and again on the same record."""

import itertools
import json
import random
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer

from experiments.faults.finding import Finding, Findings, Kind
from experiments.faults.keys import key_in_record
from experiments.faults.marks import marked_lead
from experiments.faults.records import lost_and_doubled, record_of, upgraded
from experiments.faults.service import Service, service
from serving.record.database.database import Database
from serving.record.upgrade import check

_SENDERS = 4
_BATCH = 20
_LEADS = 200


class Senders:
    """Post batches of events with ids of their own, and note which were acknowledged."""

    def __init__(self, port: int, token: str) -> None:
        """Begin with nothing sent."""
        self._address = f"http://127.0.0.1:{port}/v1/events"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._batches = itertools.count()
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
        with httpx.Client(timeout=10, headers=self._headers) as client:
            while not stopped.is_set():
                first = next(self._batches) * _BATCH
                ids = [str(n) for n in range(first, first + _BATCH)]
                # What was not acknowledged is sent again, as a careful sender does.
                while not stopped.is_set() and not self._posted(client, ids):
                    self.sent_again += 1
                    time.sleep(0.05)

    def _posted(self, client: httpx.Client, ids: list[str]) -> bool:
        events = [
            {"lead_id": marked_lead(int(key) % _LEADS), "event_type": "click", "event_id": key}
            for key in ids
        ]
        try:
            answer = client.post(self._address, content=json.dumps({"events": events}))
        except httpx.HTTPError:
            return False
        if answer.is_success:
            self.acknowledged += ids
        return answer.is_success


def kills(
    kills: Annotated[int, typer.Option(help="How often it is killed.")] = 50,
    database: Annotated[Kind, typer.Option(help="Kind of the record.")] = "sqlite",
    seed: Annotated[int, typer.Option(help="Of the moments.")] = 0,
) -> Findings:
    """Kill the service (SIGKILL) while events come in: none that was acknowledged is lost."""
    with TemporaryDirectory() as made, record_of(database, Path(made)) as url:
        token = key_in_record(upgraded(url))
        with service(Path(made), url, [token]) as tried:
            senders = _kill_again_and_again(tried, token, kills, seed)
        record = Database(url)
        wrong = check(record)
        record.close()
        lost, doubled = lost_and_doubled(url, senders.acknowledged)
        marks = tried.marks
    told = (
        f"{kills} kills, {len(senders.acknowledged):,} events acknowledged, "
        f"{senders.sent_again:,} batches sent again: {lost} lost, {doubled} doubled; the record is "
        f"{wrong or 'as it should be'}; {marks} marks in the log"
    )
    yield Finding(f"kill -9 under load, {database}", told, not (lost or doubled or wrong or marks))


def _kill_again_and_again(tried: Service, token: str, kills: int, seed: int) -> Senders:
    drawn = random.Random(seed)
    senders, stopped = Senders(tried.port, token), threading.Event()
    threads: list[threading.Thread] = []
    try:
        for _ in range(kills):
            tried.start(ready=False)
            threads = threads or senders.run_until(stopped)
            time.sleep(drawn.uniform(0.05, 1.0))
            tried.kill()
        tried.start(ready=False)
        time.sleep(1)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    tried.stop()
    return senders
