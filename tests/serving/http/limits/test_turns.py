"""Pieces of long work take turns; what is short goes between them."""

import asyncio
import json
import math
import threading
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from serving.http.app import create_app
from serving.http.limits.turns import Turns
from serving.http.requests.batch import AT_A_TIME
from serving.http.state import ServiceState
from serving.scoring.answer import Answer
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from tests.serving.sent import case, lead, request
from tests.serving.server import running
from tests.tiny import tiny_training


def test_pieces_run_one_at_a_time_in_their_order() -> None:
    at_once = threading.Lock()
    done = []

    def piece(name: str) -> str:
        assert at_once.acquire(blocking=False)
        done.append(name)
        at_once.release()
        return name

    async def work(turns: Turns, name: str) -> list[str]:
        return [await turns.take(partial(piece, f"{name}{part}")) for part in range(3)]

    async def both() -> None:
        turns = Turns()
        said = tuple(await asyncio.gather(work(turns, "a"), work(turns, "b")))
        assert said == (["a0", "a1", "a2"], ["b0", "b1", "b2"])

    asyncio.run(both())
    assert done == ["a0", "b0", "a1", "b1", "a2", "b2"]


def test_after_a_piece_that_failed_the_next_has_its_turn() -> None:
    async def work() -> str:
        turns = Turns()
        with pytest.raises(ZeroDivisionError):
            await turns.take(lambda: f"{1 // 0}")
        return await turns.take(lambda: "next")

    assert asyncio.run(work()) == "next"


@pytest.mark.parametrize("size", [0, 1, AT_A_TIME - 1, AT_A_TIME, AT_A_TIME + 1, 2 * AT_A_TIME])
def test_the_pieces_of_a_batch_are_one_answer(tmp_path: Path, size: int) -> None:
    model = tiny_training().load(tmp_path)
    state = ServiceState()
    state.ready(Scoring(read_rules(), model, Conditions(deadline=math.inf)))
    sent = [request(lead=lead(lead_id=f"L{number}")) for number in range(size)]
    with running(state) as client:
        results = client.post("/v1/score/batch", json={"leads": sent}).json()["results"]
        assert client.get("/readyz").json()["recent"]["answers"] == size
    assert [one["index"] for one in results] == list(range(size))
    assert [one["answer"]["lead_id"] for one in results] == [f"L{n}" for n in range(size)]


def test_the_deadline_of_a_batch_is_that_of_all_its_leads(tmp_path: Path) -> None:
    model = tiny_training().load(tmp_path)
    scoring = Scoring(read_rules(), model, Conditions(deadline=1e6))
    late = time.monotonic() - 1.5e6
    [alone] = scoring.score_all([case()], late)
    [among] = scoring.score_all([case()], late, among=2)
    assert isinstance(alone, Answer)
    assert isinstance(among, Answer)
    assert (alone.basis, among.basis) == ("rules", "model")


def test_the_time_in_which_a_body_arrives_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = ServiceState()
    state.ready(Scoring(read_rules(), tiny_training().load(tmp_path), Conditions(deadline=0.2)))
    passed = [0.0]
    clock = SimpleNamespace(monotonic=lambda: passed[0])
    for module in ("serving.scoring.scoring", "serving.http.routes.score"):
        monkeypatch.setattr(f"{module}.time", clock)

    async def slowly() -> AsyncIterator[bytes]:
        body = json.dumps(request()).encode()
        yield body[:100]
        passed[0] += 60.0
        yield body[100:]

    async def ask() -> str:
        transport = httpx.ASGITransport(create_app(state))
        async with httpx.AsyncClient(transport=transport, base_url="http://leadscore") as client:
            answer = await client.post("/v1/score", content=slowly())
            return str(answer.json()["basis"])

    assert asyncio.run(ask()) == "model"
    assert passed == [60.0]
