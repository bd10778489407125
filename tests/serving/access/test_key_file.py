"""Keys in a file."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from features.contract.document import DocumentError
from serving.access.key import Key, new_key
from serving.access.key_file import KeyFile

NOW = 1_780_000_000_123_456


def keys() -> list[Key]:
    first, _ = new_key("Büro 2.0", frozenset({"score", "read"}), NOW)
    second, _ = new_key("crm", frozenset({"admin"}), NOW + 1, NOW + 10**12)
    return [first, replace(second, revoked=NOW + 2)]


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    file, (first, second) = KeyFile(tmp_path / "keys.toml"), keys()
    file.put(second)
    file.put(first)
    assert file.read() == [first, second]
    ended = replace(first, revoked=NOW + 3)
    file.put(ended)
    assert file.read() == [ended, second]
    file.note_uses({first.id: NOW + 4})
    assert file.read() == [ended, second]
    assert [path.name for path in tmp_path.iterdir()] == ["keys.toml"]


def test_the_file_holds_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    key, token = new_key("crm", frozenset({"score"}), NOW)
    KeyFile(path).put(key)
    assert token[-64:] not in path.read_text(encoding="utf-8")
    assert tomllib.loads(path.read_text(encoding="utf-8"))["keys"].keys() == {key.id}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (("scopes", "scope"), "unknown key"),
        (('["admin"]', '["all"]'), "scopes.0"),
        (('["admin"]', "[]"), "scopes"),
        (("sha256 = ", "sha256 = 'x' #"), "sha256"),
        (('"crm"', '"jo@example.com"'), "name"),
        (("created = ", "created = 2026-01-01 #"), "created"),
        (("[keys.", "[keys.x"), "keys.x"),
        (("[keys", "[keys"), None),
        (("[keys", "[["), "is not TOML"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, damage: tuple[str, str], said: str | None) -> None:
    path = tmp_path / "keys.toml"
    KeyFile(path).put(keys()[1])
    path.write_text(path.read_text(encoding="utf-8").replace(*damage), encoding="utf-8")
    if said is None:
        assert len(KeyFile(path).read()) == 1
        return
    with pytest.raises(DocumentError) as caught:
        KeyFile(path).read()
    assert said in str(caught.value)
    # What cannot be read is not written over.
    with pytest.raises(DocumentError):
        KeyFile(path).put(keys()[0])


def test_a_missing_file_is_told_by_whoever_reads(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="there is no such file"):
        KeyFile(tmp_path / "keys.toml").read()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be written"):
        KeyFile(tmp_path / "no" / "keys.toml").put(keys()[0])
