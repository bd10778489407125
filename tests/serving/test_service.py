"""The service put together from settings: which model, and why not."""

import resource
import socket
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from serving.access.opening import OpenToAllError
from serving.http.state import ServiceState
from serving.listener import AddressError, allow_connections, listen
from serving.scoring.rules import read_rules
from serving.service import serve
from serving.settings import Settings
from serving.watch import Watch
from tests.serving.sent import case
from tests.tiny import tiny_training


def loaded(model: Path | None) -> ServiceState:
    state = ServiceState()
    settings = Settings(model=None if model is None else str(model))
    Watch(settings.model, settings, read_rules(settings.rules), state.ready).look()
    return state


def test_a_good_folder_makes_it_ready(tmp_path: Path) -> None:
    state = loaded(tiny_training().save(tmp_path / "model"))
    assert (state.readiness.status, state.readiness.reason) == ("ready", None)
    assert state.scoring is not None
    assert state.scoring.score(case(), float("inf")).basis == "model"


def test_no_model_is_said_with_the_setting_that_names_one() -> None:
    readiness = loaded(None).readiness
    assert (readiness.status, readiness.reason) == ("degraded", "no_model")
    assert "LEADSCORE_MODEL" in str(readiness.message)


def test_a_folder_without_a_model_is_no_model(tmp_path: Path) -> None:
    readiness = loaded(tmp_path).readiness
    assert (readiness.status, readiness.reason) == ("degraded", "no_model")
    assert "manifest.json" in str(readiness.message)


@pytest.mark.parametrize("part", ["manifest.json", "linear.json", "booster.txt"])
def test_a_damaged_model_is_refused(tmp_path: Path, part: str) -> None:
    folder = tiny_training().save(tmp_path / "model")
    (folder / part).write_text("{", encoding="utf-8")
    state = loaded(folder)
    assert (state.readiness.status, state.readiness.reason) == ("degraded", "model_refused")
    assert part in str(state.readiness.message)
    assert state.scoring is not None
    assert state.scoring.score(case(), 0.0).fallback_reason == "model_refused"


@pytest.mark.parametrize("text", ["[" * 200_000, '{"format": 1' + "9" * 5000 + "}"])
def test_a_model_that_breaks_its_reader_leaves_the_rules(tmp_path: Path, text: str) -> None:
    folder = tiny_training().save(tmp_path / "model")
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    assert loaded(folder).readiness.reason == "model_refused"


def test_a_path_that_cannot_be_looked_at_is_no_model(tmp_path: Path) -> None:
    readiness = loaded(tmp_path / ("long" * 100)).readiness
    assert (readiness.status, readiness.reason) == ("degraded", "no_model")
    assert "cannot be read" in str(readiness.message)


def test_it_listens_on_either_kind_of_address() -> None:
    for host in ("127.0.0.1", "::1"):
        with listen(host, 0) as listener:
            assert listener.getsockname()[0] == host


def test_as_many_connections_may_be_open_as_the_system_allows() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (before[1] // 2, before[1]))
        allow_connections()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_small_answers_are_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_an_address_that_is_taken_is_told() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(AddressError, match="another --port"):
        listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_without_keys_it_does_not_start_for_others(host: str) -> None:
    with pytest.raises(OpenToAllError, match="leadscore keys create"):
        serve(Settings(host=host, port=0))


def test_a_key_file_that_is_not_there_does_not_leave_it_open(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        serve(Settings(port=0, keys=tmp_path / "keys.toml"))
