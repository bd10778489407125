"""Two services and two workers on one PostgreSQL, tried against each other: they behave as one."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from queue import Empty, Queue
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer
from sqlalchemy import Select, func, select

from experiments.faults.finding import Finding, Findings
from experiments.faults.records import record_of
from experiments.faults.service import free_port, running, wait_until_ready
from experiments.receiver import Heard, receiver
from features.contract.clock import now
from serving.access.key import new_key
from serving.record.access.keys import RecordKeys
from serving.record.database.database import Database
from serving.record.queue.backlog import backlog
from serving.record.schema import current_score, event, lead, profile_value, score_given
from serving.record.upgrade import check, upgrade

_AT_ONCE = 8
_EVENTS = 5
_PATIENCE_SECONDS = 120
_REVOKED_SECONDS = 5.0
_QUIET_SECONDS = 3.0
_CONSENT = {"purpose": "profiling", "source": "trial"}
_ALARMING = ("ERROR", "Traceback", "Deadlock", "wait to be written down", "waits:")


class Replicas:
    """Services that share a record, and what their callers counted."""

    def __init__(self, ports: Sequence[int], token: str, seed: int) -> None:
        """Call services on ports with a key."""
        headers = {"Authorization": f"Bearer {token}"}
        self.clients = [
            httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60)
            for port in ports
        ]
        self.statuses: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._threads = ThreadPoolExecutor(2 * _AT_ONCE)

    def any(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask either of them."""
        return self._ask(self._random.choice(self.clients), method, path, body)

    def both(self, method: str, path: str, *bodies: object) -> list[httpx.Response]:
        """Send bodies at the same moment, to one service after the other."""
        clients = [self.clients[n % len(self.clients)] for n in range(len(bodies))]
        asked = zip(clients, bodies, strict=True)
        return list(self._threads.map(lambda one: self._ask(one[0], method, path, one[1]), asked))

    def in_order(self) -> tuple[httpx.Client, httpx.Client]:
        """Return one and then the other, in an order drawn anew."""
        first, second = self._random.sample(self.clients, 2)
        return first, second

    def close(self) -> None:
        """Close all connections."""
        self._threads.shutdown()
        for client in self.clients:
            client.close()

    def _ask(self, client: httpx.Client, method: str, path: str, body: object) -> httpx.Response:
        try:
            answer = client.request(method, path, json=body)
        except httpx.HTTPError as error:
            self.statuses[type(error).__name__] += 1
            raise
        said = "" if answer.is_success else f" {method} {answer.json()['detail']}"
        self.statuses[f"{answer.status_code}{said}"] += 1
        return answer


def replicas(
    leads: Annotated[int, typer.Option(help="That are told of.")] = 200,
    seconds: Annotated[float, typer.Option(help="In which all is asked at once.")] = 20,
    seed: Annotated[int, typer.Option(help="Of what is drawn.")] = 0,
) -> Findings:
    """Try two services and two workers on one PostgreSQL: nothing counts twice, both know at once.

    Every request goes to either service at random, and what must count once is sent to both at
    once: nothing may fail, be lost, doubled or told twice.
    """
    with TemporaryDirectory() as folder, record_of("postgresql", Path(folder)) as url:
        database = Database(url)
        upgrade(database)
        key, token = new_key("trial", frozenset({"admin"}), now())
        RecordKeys(database).put(key)
        logs = [Path(folder) / f"{n}.log" for n in range(4)]
        with _running(url, logs) as (ports, workers), receiver() as (address, heard):
            together = Replicas(ports, token, seed)
            webhook = {"url": address, "events": ["score.changed"]}
            together.any("POST", "/v1/webhooks", webhook).raise_for_status()
            yield _upserts(together, database, leads)
            yield _events_once(together, database, leads)
            yield _senders_once(together, database, leads)
            yield from _told_once(together, database, heard, leads, workers)
            yield _all_at_once(together, database, leads, seconds)
            yield _same_answers(together, leads)
            yield _withdrawn(together)
            yield _erased(together)
            yield _revoked(together, database)
            together.close()
        yield _quiet(logs)
        wrong = check(database)
        database.close()
    yield Finding("the record", "; ".join(wrong) or "as it should be", kept=not wrong)


@contextmanager
def _running(url: str, logs: Sequence[Path]) -> Iterator[tuple[list[int], list[int]]]:
    """Run two services and two workers, and give the ports of both, once they are ready."""
    ports = [free_port() for _ in logs]
    with ExitStack() as stack:
        for number, (port, log) in enumerate(zip(ports, logs, strict=True)):
            command = "serve" if number < 2 else "work"
            arguments = [command, "--port", str(port)]
            settings = {"LEADSCORE_WEBHOOKS_LOCAL": "true"}
            stack.enter_context(running(arguments, url, log, **settings))
        for port in ports:
            wait_until_ready(port)
        yield ports[:2], ports[2:]


def _until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while not true():
        if time.monotonic() > give_up:
            raise RuntimeError("it did not come about")
        time.sleep(0.05)


def _count(database: Database, statement: Select[int]) -> int:
    with database.reading() as connection:
        return int(connection.execute(statement).scalar_one())


def _id(number: int) -> str:
    return f"L-{number}"


def _failed(answers: Sequence[httpx.Response]) -> int:
    return sum(not answer.is_success for answer in answers)


def _upserts(together: Replicas, database: Database, leads: int) -> Finding:
    """Tell each lead four times at once, by both services, each time with another role."""
    failed = 0
    for number in range(leads):
        # Of two values of the very same moment, the record keeps one.
        bodies = [
            {
                "profile": {"role": f"{n}"},
                "consents": [_CONSENT],
                "occurred_at": f"2026-01-01T00:00:0{n}Z",
            }
            for n in range(4)
        ]
        failed += _failed(together.both("PUT", f"/v1/leads/{_id(number)}", *bodies))
    rows = _count(database, select(func.count()).select_from(lead))
    values = _count(database, select(func.count()).select_from(profile_value))
    told = f"{4 * leads:,} PUTs: {failed} failed, {rows:,} leads with {values:,} values"
    return Finding(
        "one lead told at once", told, not failed and (rows, values) == (leads, 4 * leads)
    )


def _events_once(together: Replicas, database: Database, leads: int) -> Finding:
    """Send each batch of events to both services at once."""
    before = _count(database, select(func.count()).select_from(event))
    stored = failed = 0
    for number in range(leads):
        some = [
            {
                "lead_id": _id((number + n) % leads),
                "event_type": "click",
                "event_id": f"{number}.{n}",
            }
            for n in range(_EVENTS)
        ]
        answers = together.both("POST", "/v1/events", {"events": some}, {"events": some[::-1]})
        failed += _failed(answers)
        stored += sum(answer.json()["stored"] for answer in answers if answer.is_success)
    rows = _count(database, select(func.count()).select_from(event)) - before
    told = f"{_EVENTS * leads:,} sent twice: {failed} failed, {stored:,} said new, {rows:,} kept"
    return Finding("events sent to both", told, not failed and stored == rows == _EVENTS * leads)


def _senders_once(together: Replicas, database: Database, leads: int) -> Finding:
    """Send each batch of the Segment protocol to both services at once, of unknown visitors too."""
    before = _count(database, select(func.count()).select_from(event))
    failed = 0
    for number in range(leads):
        visitor = {"type": "page", "anonymousId": f"v-{number}", "messageId": f"p-{number}"}
        tracked = {"userId": _id(number), "event": "webinar", "messageId": f"t-{number}"}
        batch = {"batch": [visitor, {"type": "track", **tracked}]}
        failed += _failed(together.both("POST", "/v1/batch", batch, batch))
    rows = _count(database, select(func.count()).select_from(event)) - before
    visitors = select(func.count()).select_from(lead).where(lead.c.kind == "visitor")
    made = _count(database, visitors)
    told = f"{2 * leads:,} sent twice: {failed} failed, {rows:,} kept, {made:,} visitors"
    return Finding("messages sent to both", told, not failed and (rows, made) == (2 * leads, leads))


def _told_once(
    together: Replicas,
    database: Database,
    heard: "Queue[Heard]",
    leads: int,
    workers: Sequence[int],
) -> Iterator[Finding]:
    """Let every lead do something that changes its grade, and count who scored and who heard."""
    _settle(database)
    _all_heard(heard)
    given = select(func.count()).select_from(score_given)
    scored, before = _rescored(together, workers), _count(database, given)
    for number in range(leads):
        body = {"events": [{"lead_id": _id(number), "event_type": "demo_request"}]}
        together.any("POST", "/v1/events", body).raise_for_status()
    _settle(database)
    shares = [new - old for new, old in zip(_rescored(together, workers), scored, strict=True)]
    rows = _count(database, given) - before
    told = f"{leads:,} leads due, scored by each worker {shares}, {rows:,} scores kept"
    yield Finding("leads shared by workers", told, sum(shares) == rows == leads)
    messages = Counter(one.message["data"]["lead_id"] for one in _all_heard(heard))
    twice = sum(count > 1 for count in messages.values())
    told = f"{leads:,} grades changed, {len(messages):,} leads told of, {twice} of them twice"
    yield Finding("changes told", told, len(messages) == leads and not twice)


def _settle(database: Database) -> None:
    """Wait until nothing waits in the record any more."""

    def quiet() -> bool:
        with database.reading() as connection:
            waiting = backlog(connection)
        return not waiting.leads and not waiting.messages

    _until(quiet)
    time.sleep(0.5)
    _until(quiet)


def _all_heard(heard: "Queue[Heard]") -> list[Heard]:
    found = []
    while True:
        try:
            found.append(heard.get(timeout=_QUIET_SECONDS))
        except Empty:
            return found


def _rescored(together: Replicas, workers: Sequence[int]) -> list[int]:
    """Return how many leads each worker says that it has scored, ever."""
    headers = together.clients[0].headers
    told = [httpx.get(f"http://127.0.0.1:{port}/metrics", headers=headers).text for port in workers]
    lines = [
        [x for x in text.splitlines() if x.startswith("leadscore_rescored_total")] for text in told
    ]
    return [sum(round(float(line.rsplit(" ", 1)[1])) for line in some) for some in lines]


def _all_at_once(together: Replicas, database: Database, leads: int, seconds: float) -> Finding:
    """Tell, track, score and list all at once for a while, at random."""
    end = time.monotonic() + seconds
    together.statuses.clear()
    sent: list[int] = []
    lock = threading.Lock()

    def one(seed: int) -> None:
        drawn = random.Random(seed)
        while time.monotonic() < end:
            name = _id(drawn.randrange(leads))
            act = drawn.randrange(5)
            if act == 0:
                body = {"account_id": f"A-{drawn.randrange(9)}", "profile": {"role": f"{seed}"}}
                together.any("PATCH", f"/v1/leads/{name}", body)
            elif act == 1:
                with lock:
                    sent.append(len(sent))
                    number = sent[-1]
                some = {"lead_id": name, "event_type": "visit", "event_id": f"{number}"}
                bodies = [{"events": [some]}] * 2
                together.both("POST", "/v1/events", *bodies)
            elif act == 2:
                names = [_id(drawn.randrange(leads)) for _ in range(20)]
                together.any("POST", "/v1/leads/score", {"lead_ids": names})
            elif act == 3:
                together.any("GET", f"/v1/leads/{name}/score")
            else:
                together.any("GET", "/v1/leads?limit=20")

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(one, range(_AT_ONCE)))
    _settle(database)
    kept = _count(database, select(func.count()).select_from(event).where(event.c.type == "visit"))
    current = select(func.count()).select_from(current_score)
    # Sought by its index, the score that a lead's list shows is the newest of those given.
    newest = select(func.max(score_given.c.as_of)).where(score_given.c.lead == current_score.c.lead)
    old = _count(database, current.where(current_score.c.as_of < newest.scalar_subquery()))
    told = ", ".join(f"{count:,} x {status}" for status, count in together.statuses.items())
    told += f"; {len(sent):,} events sent twice, {kept:,} kept; {old} newest scores are not shown"
    return Finding(
        "all at once", told, set(together.statuses) == {"200"} and kept == len(sent) and not old
    )


def _same_answers(together: Replicas, leads: int) -> Finding:
    """Ask both for the same moment."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    different = 0
    for number in range(leads):
        path = f"/v1/leads/{_id(number)}/score?as_of={at}"
        first, second = (client.get(path).json() for client in together.clients)
        different += first != second
    return Finding("the same answer", f"{leads:,} leads: {different} differ", not different)


def _withdrawn(together: Replicas) -> Finding:
    """Withdraw a consent at one service, and ask the other at once."""
    late = 0
    for number in range(50):
        tells, answers = together.in_order()
        path = f"/v1/leads/{_id(number)}"
        tells.patch(path, json={"consents": [{**_CONSENT, "given": False}]}).raise_for_status()
        late += answers.get(f"{path}/score").status_code != httpx.codes.CONFLICT
        tells, answers = together.in_order()
        tells.patch(path, json={"consents": [_CONSENT]}).raise_for_status()
        late += answers.get(f"{path}/score").status_code != httpx.codes.OK
    return Finding("consent withdrawn and given", f"100 times: {late} seen late", not late)


def _erased(together: Replicas) -> Finding:
    """Erase a lead at one service while the other scores it, and ask the other at once."""
    late = 0
    for number in range(50):
        tells, answers = together.in_order()
        path = f"/v1/leads/{_id(number)}"
        answers.get(f"{path}/score").raise_for_status()
        tells.delete(path).raise_for_status()
        late += answers.get(f"{path}/score").status_code != httpx.codes.NOT_FOUND
    return Finding("a lead erased", f"50 times: {late} seen late", not late)


def _revoked(together: Replicas, database: Database) -> Finding:
    """Revoke keys, and see when either service refuses them."""
    keys = RecordKeys(database)
    slowest = 0.0
    for _ in range(3):
        key, token = new_key("revoked", frozenset({"read"}), now())
        keys.put(key)
        sent = {"Authorization": f"Bearer {token}"}
        for client in together.clients:
            _until(partial(_answers, client, sent, httpx.codes.OK))
        keys.put(replace(key, revoked=now()))
        begun = time.monotonic()
        for client in together.clients:
            _until(partial(_answers, client, sent, httpx.codes.UNAUTHORIZED))
        slowest = max(slowest, time.monotonic() - begun)
    told = f"3 keys, refused by both within {slowest:.1f} s"
    return Finding("a key revoked", told, slowest <= _REVOKED_SECONDS)


def _answers(client: httpx.Client, sent: Mapping[str, str], status: int) -> bool:
    return client.get("/v1/leads?limit=1", headers=sent).status_code == status


def _quiet(logs: Sequence[Path]) -> Finding:
    """Look for what services and workers complained of."""
    lines = [
        line
        for log in logs
        for line in log.read_text(encoding="utf-8").splitlines()
        if any(word in line for word in _ALARMING)
    ]
    told = f"{len(lines)} complaints" + "".join(f"\n    {line}" for line in lines[:5])
    return Finding("the logs", told, not lines)
