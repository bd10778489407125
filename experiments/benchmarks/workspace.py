"""The workspace: how soon the first byte of a page comes, with 100,000 leads, on both databases.

Eight people ask at once, each for one page after another: the list of work as it opens, of one
stage, of the lowest grade, by a name, from its middle, and the pages of 500 leads, each of whom has
20 events and 30 scores. Statements are those of one page, those that know the reader included.

    python -m experiments.benchmarks.workspace --leads 100000
"""

import argparse
import math
import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from itertools import cycle, islice
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from sqlalchemy import Table, text

from experiments.benchmarks.record import new_record
from experiments.faults.service import free_port, started_service
from features.contract.clock import now
from features.contract.duration import DAY_US
from serving.access.session import Terms
from serving.http.requests.cursor import cursor_of
from serving.intake.spelling import words_of
from serving.record.access.sessions import begin_session
from serving.record.access.users import add_user
from serving.record.database.database import Database
from serving.record.schema import (
    consent,
    contact,
    current_score,
    event,
    lead,
    name_word,
    score_given,
    stage_change,
)

_PEOPLE = 8
_SECONDS = 4.0
_OPENED = 500
_AT_ONCE = 20_000
_FIRST = (
    "Anna", "Ben", "Clara", "David", "Emil", "Felix", "Greta", "Hanna", "Ida", "Jonas", "Karl",
    "Lena", "Mia", "Noah", "Olga", "Paul",
)  # fmt: skip
_LAST = (
    "Müller", "Schmidt", "Weber", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch", "Bauer",
    "Richter", "Klein", "Wolf",
)  # fmt: skip
_STAGES = ("lead",) * 60 + ("MAL",) * 25 + ("MQL",) * 10 + ("SAL",) * 3 + ("SQL", "customer")
_GRADES = ((0.3, "A"), (0.15, "B"), (0.05, "C"), (-1.0, "D"))

Row = dict[str, Any]


def fill(database: Database, leads: int) -> None:
    """Store as many leads with names, a basis for profiling and a score."""
    chance, at = random.Random(1), now()
    for table, rows in _tables(chance, at, leads).items():
        while some := list(islice(rows, _AT_ONCE)):
            with database.writing() as connection:
                connection.execute(table.insert(), some)
    if database.embedded:
        return
    # PostgreSQL looks at its tables by itself, but minutes later.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def _tables(chance: random.Random, at: int, leads: int) -> Mapping[Table, Iterator[Row]]:
    names = [f"{chance.choice(_FIRST)} {chance.choice(_LAST)}" for _ in range(leads)]
    firms = [f"{chance.choice(_LAST)} {n // 3} GmbH" for n in range(leads)]
    odds = [chance.gauss(-3, 1.2) for _ in range(leads)]
    stages = [chance.choice(_STAGES) for _ in range(leads)]
    since = at - DAY_US // 3
    return {
        lead: (
            {"number": n + 1, "lead_id": f"L-{n}", "root": n + 1, "kind": "lead",
             "created": at - 90 * DAY_US, "account_id": f"A-{n // 3}", "changed": since}
            for n in range(leads)
        ),
        contact: (
            {"lead": n + 1, "kind": kind, "value": value, "since": since}
            for n in range(leads)
            for kind, value in (
                ("name", names[n]), ("company", firms[n]), ("email", f"p{n}@example-{n // 3}.com"),
            )
        ),
        name_word: (
            {"lead": n + 1, "word": word}
            for n in range(leads)
            for word in sorted({*words_of(names[n]), *words_of(firms[n])})
        ),
        consent: (
            {"lead": n + 1, "purpose": "profiling", "basis": "consent", "given": True,
             "source": "form", "at": since, "recorded": since}
            for n in range(leads)
        ),
        stage_change: (
            {"lead": n + 1, "stage": stages[n], "at": since, "recorded": since, "source": "crm",
             "role": "crm"}
            for n in range(leads)
        ),
        score_given: (_given(n, odds[n], since) for n in range(leads)),
        current_score: (
            {"lead": n + 1, "given": n + 1, "probability": _probability(odds[n]),
             "grade": _grade(odds[n]), "as_of": since, "stage": stages[n]}
            for n in range(leads)
        ),
    }  # fmt: skip


def _given(n: int, log_odds: float, at: int) -> Row:
    return {
        "lead": n + 1, "as_of": at, "given": at, "probability": _probability(log_odds), "score": 50,
        "grade": _grade(log_odds), "basis": "rules", "log_odds": log_odds, "base_log_odds": -3.0,
        "contributions": {"event:demo_request": log_odds + 3.5, "profile.role": -0.5, "other": 0.0},
    }  # fmt: skip


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def _grade(log_odds: float) -> str:
    return next(grade for least, grade in _GRADES if _probability(log_odds) >= least)


def let_live(database: Database, leads: Sequence[int]) -> None:
    """Give leads, by number, events and earlier scores."""
    at = now()
    events = [
        {"lead": n, "type": "page_view", "event_id": f"={k}", "occurred": at - k * DAY_US // 2 - 1,
         "recorded": at - k * DAY_US // 2, "received": at, "item": "page", "source": "web"}
        for n in leads
        for k in range(20)
    ]  # fmt: skip
    scores = [_given(n - 1, -3 + k / 30, at - k * DAY_US) for n in leads for k in range(1, 31)]
    with database.writing() as connection:
        connection.execute(event.insert(), events)
        connection.execute(score_given.insert(), scores)


def logged_in(database: Database) -> list[str]:
    """Return the cookies of people who are logged in."""
    cookies = []
    with database.writing() as connection:
        for n in range(_PEOPLE):
            user = add_user(
                connection, now(), "benchmark", email=f"p{n}@example.com", name="P", role="sales"
            )
            token = begin_session(connection, now(), user, Terms())
            cookies.append(f"leadscore-session={token}")
    return cookies


def first_bytes(port: int, cookies: Sequence[str], paths: Sequence[str]) -> list[float]:
    """Return the milliseconds until the first byte of each page that people asked for."""
    took: list[list[float]] = [[] for _ in cookies]
    until = time.perf_counter() + _SECONDS

    def ask(cookie: str, own: list[float], place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        start = place * len(paths) // len(cookies)
        for path in cycle([*paths[start:], *paths[:start]]):
            if (asked := time.perf_counter()) >= until:
                break
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            own.append(1e3 * (time.perf_counter() - asked))
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")

    threads = [
        threading.Thread(target=ask, args=(cookie, took[place], place))
        for place, cookie in enumerate(cookies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for own in took for one in own]


def statements(port: int, cookie: str, path: str) -> int:
    """Return how many statements a page takes: the fewest of some, since work goes on beside it."""
    address = f"http://127.0.0.1:{port}"

    def counted() -> int:
        said = httpx.get(f"{address}/metrics").text
        [line] = [x for x in said.splitlines() if x.startswith(f"{_COUNT} ")]
        return int(float(line.split()[1]))

    def asked(*paths: str) -> int:
        before = counted()
        for one in paths:
            httpx.get(f"{address}{one}", headers={"Cookie": cookie}).raise_for_status()
        return counted() - before

    # To be counted takes some, too.
    return min(asked(path) for _ in range(10)) - min(asked() for _ in range(10))


_COUNT = 'leadscore_database_seconds_count{step="statement"}'


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m ...benchmarks.workspace")
    parser.add_argument("--leads", type=int, default=100_000)
    leads = parser.parse_args().leads
    opened = random.Random(2).sample(range(1, leads + 1), _OPENED)
    pages = {
        "list, as it opens": ["/app/leads"],
        "list, one stage": ["/app/leads?stage=SQL"],
        "list, lowest grade": ["/app/leads?grade=D"],
        "list, by name": ["/app/leads?q=hanna+wolf", "/app/leads?q=koch+gmbh"],
        "list, its middle": [f"/app/leads?stage=all&after={cursor_of((0.05, leads // 2))}"],
        "a lead": [f"/app/leads/L-{number - 1}" for number in opened],
    }
    console = Console()
    for kind in ("sqlite", "postgresql"):
        console.print(f"{kind}, {leads:,} leads, {_PEOPLE} people at once")
        with new_record(kind) as (url, database):
            fill(database, leads)
            let_live(database, opened)
            cookies = logged_in(database)
            with started_service(url, free_port()) as port:
                first_bytes(port, cookies, pages["list, as it opens"])
                for name, paths in pages.items():
                    took = first_bytes(port, cookies, paths)
                    [p50, p99] = np.quantile(took, [0.5, 0.99])
                    alone = np.median(first_bytes(port, cookies[:1], paths))
                    console.print(
                        f"  {name:20} p50 {p50:6.1f} ms, p99 {p99:6.1f} ms; alone p50 "
                        f"{alone:5.1f} ms; {statements(port, cookies[0], paths[0])} statements"
                    )


if __name__ == "__main__":
    main()
