"""Which keys count, also when they cannot be read."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from serving.access.key import Key, new_key
from serving.access.key_file import KeyFile
from serving.access.keyring import TRUSTED_SECONDS, KeyRefusedError, Keyring, KeysAwayError
from serving.access.opening import OpenToAllError, guard

NOW = 1_780_000_000_000_000


class Clocks:
    def __init__(self) -> None:
        self.now = NOW
        self.seconds = 0.0


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def file(tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.toml")


@pytest.fixture
def keyring(file: KeyFile, clocks: Clocks) -> Keyring:
    return Keyring(file, clock=lambda: clocks.now, elapsed=lambda: clocks.seconds)


def test_a_key_counts_from_the_next_reading_to_its_end(
    file: KeyFile, keyring: Keyring, clocks: Clocks
) -> None:
    key, token = new_key("crm", frozenset({"score"}), NOW, NOW + 10)
    file.put(key)
    with pytest.raises(KeyRefusedError, match="is not known here"):
        keyring.key_of(token)
    keyring.read()
    assert keyring.key_of(token) == key
    clocks.now += 10
    with pytest.raises(KeyRefusedError, match="the key 'crm' expired on 2026-05-28"):
        keyring.key_of(token)
    clocks.now -= 1
    file.put(replace(key, revoked=NOW))
    keyring.read()
    with pytest.raises(KeyRefusedError, match="the key 'crm' was revoked on 2026-05-28"):
        keyring.key_of(token)


def test_what_is_no_key_is_refused_without_being_repeated(file: KeyFile, keyring: Keyring) -> None:
    key, token = new_key("crm", frozenset({"score"}), NOW)
    other = new_key("crm", frozenset({"score"}), NOW)[1]
    file.put(key)
    keyring.read()
    mixed = token[:16] + other[16:]
    for wrong in ("", token[:-1], token + "0", token.upper(), f" {token}", other, mixed, "ä\0"):
        with pytest.raises(KeyRefusedError) as caught:
            keyring.key_of(wrong)
        assert not wrong or wrong not in str(caught.value)
        assert "crm" not in str(caught.value)


def test_a_service_is_open_until_a_key_was_seen_and_never_again(
    file: KeyFile, keyring: Keyring, tmp_path: Path
) -> None:
    def is_open() -> bool:
        keyring.read()
        return keyring.open

    (tmp_path / "keys.toml").write_text("", encoding="utf-8")
    assert is_open()
    key, _ = new_key("crm", frozenset({"score"}), NOW)
    file.put(replace(key, revoked=NOW))
    assert not is_open()
    (tmp_path / "keys.toml").write_text("", encoding="utf-8")
    assert not is_open()


def test_keys_that_cannot_be_read_again_count_for_an_hour(
    file: KeyFile, keyring: Keyring, clocks: Clocks, tmp_path: Path
) -> None:
    key, token = new_key("crm", frozenset({"score"}), NOW)
    file.put(key)
    keyring.read()
    (tmp_path / "keys.toml").rename(tmp_path / "away.toml")
    with pytest.raises(DocumentError):
        keyring.read()
    clocks.seconds += TRUSTED_SECONDS
    assert keyring.key_of(token) == key
    clocks.seconds += 1
    with pytest.raises(KeysAwayError):
        keyring.key_of(token)
    (tmp_path / "away.toml").rename(tmp_path / "keys.toml")
    keyring.read()
    assert keyring.key_of(token) == key


def test_as_long_as_nobody_knows_whether_there_are_keys_nobody_is_let_in(
    file: KeyFile, keyring: Keyring
) -> None:
    key, token = new_key("crm", frozenset({"score"}), NOW)
    keyring.read_later()
    assert not keyring.open
    with pytest.raises(KeysAwayError, match="could not be read yet"):
        keyring.key_of(token)
    file.put(key)
    keyring.read()
    assert keyring.key_of(token) == key


class Broken:
    """A store that answers once, then breaks in a way that nobody foresaw, and then answers."""

    def __init__(self, *answers: list[Key] | Exception) -> None:
        self.answers = [*answers]
        self.done = threading.Event()

    def read(self) -> list[Key]:
        answer = self.answers.pop(0)
        if not self.answers:
            self.done.set()
            self.answers.append(answer)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def put(self, *keys: Key) -> None:
        raise NotImplementedError

    def note_uses(self, uses: Mapping[str, int]) -> None:
        raise TimeoutError("geheim")


def test_the_reader_goes_on_whatever_breaks(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("serving.access.keyring.READ_SECONDS", 0.01)
    key, token = new_key("crm", frozenset({"score"}), NOW)
    again = [TimeoutError("geheim"), TimeoutError("geheim"), DocumentError("keys.toml: no")]
    store = Broken([key], *again, [replace(key, revoked=NOW)])
    keyring = Keyring(store, clock=lambda: NOW)
    keyring.read()
    keyring.key_of(token)
    with caplog.at_level(logging.WARNING):
        keyring.start()
        assert store.done.wait(30)
        keyring.stop()
    assert "keys cannot be read, those known still count: TimeoutError" in caplog.messages
    assert "the last use of 1 keys was not noted: TimeoutError" in caplog.messages
    assert len([said for said in caplog.messages if "cannot be read" in said]) == 1
    assert "geheim" not in caplog.text
    keyring.read()
    with pytest.raises(KeyRefusedError):
        keyring.key_of(token)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::1"])
def test_on_this_machine_no_key_is_needed(address: str) -> None:
    keyring = Keyring()
    guard(keyring, address, may_be_open=False)
    assert keyring.open


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.0.7", "10.0.0.1", "::ffff:10.0.0.1"])
def test_for_others_a_key_is_needed_unless_somebody_says_otherwise(
    address: str, file: KeyFile, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(OpenToAllError, match="leadscore keys create"):
        guard(Keyring(), address, may_be_open=False)
    with caplog.at_level(logging.WARNING):
        guard(Keyring(), address, may_be_open=True)
    assert f"OPEN TO ALL: whoever reaches {address}" in caplog.text
    caplog.clear()
    file.put(new_key("crm", frozenset({"score"}), NOW)[0])
    for may_be_open in (True, False):
        keyring = Keyring(file)
        keyring.read()
        guard(keyring, address, may_be_open=may_be_open)
        assert not keyring.open
    assert caplog.text == ""
