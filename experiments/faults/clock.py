"""The clock of the service put forward and back: nothing is lost, told twice or stuck."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory
from typing import Annotated, Self

import httpx
import typer

from experiments.faults.callers import said_by
from experiments.faults.finding import Finding, Findings, Kind
from experiments.faults.keys import key_in_record
from experiments.faults.marks import LEAD, marked_request
from experiments.faults.records import lost_and_doubled, record_of, upgraded
from experiments.faults.service import Service, service, working
from experiments.receiver import Heard, receiver
from features.contract.clock import now
from features.contract.duration import DAY_US

_LEADS = 20
_START_SECONDS = 180
_CREATED = "2026-04-20T08:00:00Z"
_EXPIRED = "score by the key of a day 401 unauthorized"
_SHIFTS = {
    "as it is": "+0",
    "three days ahead": "+3d",
    "back again": "+0",
    "three days behind": "-3d",
    "as it is, in the end": "+0",
}
"""How the clock of the service stands, one after the other."""


def clock(
    database: Annotated[Kind, typer.Option(help="Kind of the record.")] = "sqlite",
    seconds: Annotated[float, typer.Option(help="Until a change of grade must be told.")] = 20,
) -> Findings:
    """Put the clock of the service three days forward and back, then back and forward.

    It needs `libfaketime` (Debian: `faketime`). The clock that only counts seconds goes on, as it
    does on a real machine. Each time, new leads do something that must be told to a webhook.
    """
    with TemporaryDirectory() as made, record_of(database, Path(made)) as url:
        folder = Path(made)
        upgraded(url)
        lasting, short = key_in_record(url), key_in_record(url, now() + DAY_US)
        shift = folder / "shift"
        shift.write_text("+0\n", encoding="utf-8")
        settings = {"LEADSCORE_WEBHOOKS_LOCAL": "true", **_shifted(shift)}
        with (
            service(folder, url, [lasting, short], **settings) as tried,
            receiver() as (address, heard),
        ):
            tried.start()
            with working(url, tried.log, **settings), _Trial(tried, lasting, short, heard) as trial:
                trial.hook(address)
                trial.wait_for_work()
                for stands, value in _SHIFTS.items():
                    # What has just happened is still to be scored when the clock is put.
                    trial.act_at_last(stands)
                    shift.write_text(f"{value}\n", encoding="utf-8")
                    time.sleep(2)
                    yield trial.finding(stands, seconds)
            tried.stop()
            marks = tried.marks
            lost, doubled = lost_and_doubled(url, trial.acknowledged)
            told = (
                f"{len(trial.acknowledged)} events acknowledged, {lost} lost, {doubled} doubled; "
                f"{trial.twice} messages twice; {marks} marks in the log"
            )
        yield Finding("in the end", told, not (lost or doubled or trial.twice or marks))


class _Trial:
    """Leads that do something, and what is heard of them."""

    def __init__(self, tried: Service, lasting: str, short: str, heard: "Queue[Heard]") -> None:
        self.acknowledged: set[str] = set()
        self.twice = 0
        self._short = short
        self._heard = heard
        self._ids: set[str] = set()
        self._told: set[str] = set()
        self._last = ""
        self._client = httpx.Client(
            base_url=f"http://127.0.0.1:{tried.port}/v1",
            headers={"Authorization": f"Bearer {lasting}"},
            timeout=30,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def hook(self, address: str) -> None:
        """Let changes be told to an address."""
        webhook = {"url": address, "events": ["score.changed"]}
        self._client.post("/webhooks", json=webhook).raise_for_status()

    def wait_for_work(self) -> None:
        """Wait until whoever works on the record has begun to."""
        for _ in self._acts(LEAD):
            pass
        self._hear({LEAD}, _START_SECONDS)

    def act_at_last(self, stands: str) -> None:
        """Let a lead do something, of which will be heard when the clock stands otherwise."""
        self._last = f"{_stamp(stands)}-last"
        for _ in self._acts(self._last):
            pass

    def finding(self, stands: str, seconds: float) -> Finding:
        """Let all leads do something, and return what was answered and heard within a time."""
        counts: Counter[str] = Counter()
        leads = [f"{_stamp(stands)}-{number}" for number in range(_LEADS)]
        for lead in leads:
            counts.update(self._acts(lead))
        key = {"Authorization": f"Bearer {self._short}"}
        answer = self._client.post("/score", content=marked_request(1), headers=key)
        counts[f"score by the key of a day {said_by(answer)}"] += 1
        expected = {*leads, self._last}
        heard = self._hear(expected, seconds)
        for lead in expected:
            counts[f"lead {said_by(self._client.get(f'/leads/{lead}/score'))}"] += 1
        told = ", ".join(f"{count} x {said}" for said, count in sorted(counts.items()))
        refused = {said for said in counts if not said.endswith(" 200")} - {_EXPIRED}
        return Finding(
            f"clock {stands}",
            f"{told}; {heard} of {len(expected)} changes told",
            kept=heard == len(expected) and not refused,
        )

    def _acts(self, lead: str) -> Iterator[str]:
        consent = {"purpose": "profiling", "source": "trial", "at": _CREATED}
        told = {"created_at": _CREATED, "consents": [consent]}
        path = f"/leads/{lead}"
        yield f"put {said_by(self._client.put(path, json=told))}"
        event = {"lead_id": lead, "event_type": "demo_request", "event_id": lead}
        answer = self._client.post("/events", json={"events": [event]})
        if answer.is_success:
            self.acknowledged.add(lead)
        yield f"event {said_by(answer)}"
        yield f"score {said_by(self._client.post('/score', content=marked_request(1)))}"

    def _hear(self, leads: set[str], seconds: float) -> int:
        """Hear until all of the leads were told of, and some seconds more for what comes twice."""
        give_up = time.monotonic() + seconds
        while not leads <= self._told and (left := give_up - time.monotonic()) > 0:
            self._take(left)
        for _ in range(3):
            self._take(1)
        return len(leads & self._told)

    def _take(self, seconds: float) -> None:
        try:
            one = self._heard.get(timeout=seconds)
        except Empty:
            return
        self.twice += one.id in self._ids
        self._ids.add(one.id)
        self._told.add(one.message["data"]["lead_id"])


def _stamp(stands: str) -> str:
    return f"{LEAD}-{stands}".replace(" ", "-").replace(",", "")


def _shifted(shift: Path) -> dict[str, str]:
    """Return the variables by which a process has its clock shifted by what a file says.

    Raises:
        RuntimeError: What shifts clocks is not installed.
    """
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
    if library is None:
        raise RuntimeError("there is no libfaketime; install it (Debian: apt install faketime)")
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(shift),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
