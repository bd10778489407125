"""Metrics of a service of several processes, which count together by themselves."""

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import httpx
from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.command import ENVIRONMENT, free_port, served

ROUTE = "/v1/model"
STALLED = b"POST /v1/score HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"


def total(families: list[Metric], name: str, **labels: str) -> float:
    """Return the sum of what is known under a name and labels."""
    samples = [sample for family in families for sample in family.samples]
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def counted(file: Path, name: str, **labels: str) -> float:
    """Return what one process has counted."""
    return total(list(MultiProcessCollector.merge([str(file)])), name, **labels)


def told(client: httpx.Client) -> list[Metric]:
    # A connection each: whichever process takes it.
    text = httpx.get(f"{client.base_url}/metrics").raise_for_status().text
    return list(text_string_to_metric_families(text))


def wait_until(happened: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def requests(families: list[Metric]) -> float:
    return total(families, "leadscore_request_seconds_count", route=ROUTE)


def test_what_one_process_tells_is_of_all(tmp_path: Path) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    port = str(free_port())
    command = ["serve", "--port", port, "--workers", "2"]
    with served(command, tmp_path, {**ENVIRONMENT, "TMPDIR": str(place)}, port) as client:
        asked, [folder] = 0, place.glob("leadscore-metrics-*")

        def both_have_answered() -> bool:
            nonlocal asked
            httpx.get(f"{client.base_url}{ROUTE}").raise_for_status()
            asked += 1
            files = list(folder.glob("histogram_*.db"))
            name = "leadscore_request_seconds_count"
            return sum(counted(file, name, route=ROUTE) > 0 for file in files) == 2

        wait_until(both_have_answered)
        assert requests(told(client)) == asked
        with socket.create_connection(("127.0.0.1", int(port))) as stalled:
            stalled.sendall(STALLED)
            under_way = "leadscore_requests_under_way"
            # This one, and the one that asks.
            wait_until(lambda: total(told(client), under_way) == 2)
            busy_ones: list[Path] = []

            def only_the_stalled_one_is_left() -> bool:
                busy_ones[:] = [f for f in folder.glob("gauge_*.db") if counted(f, under_way)]
                return len(busy_ones) == 1

            wait_until(only_the_stalled_one_is_left)
            [busy] = busy_ones
            os.kill(int(busy.stem.rpartition("_")[2]), signal.SIGKILL)
            wait_until(lambda: not busy.exists())
        wait_until(lambda: client.get("/readyz").is_success)
        assert total(told(client), under_way) == 1
        assert requests(told(client)) == asked
    assert list(place.glob("leadscore-metrics-*")) == []
