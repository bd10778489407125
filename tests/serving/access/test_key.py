"""What a key is, and when it counts."""

from dataclasses import replace

import pytest

from serving.access.key import (
    SCOPES,
    TOKEN,
    Key,
    KeyMistakeError,
    Scope,
    found_key,
    new_key,
    successor,
)

NOW = 1_780_000_000_000_000
DAY = 86_400_000_000


def key(name: str = "crm", *scopes: Scope, expires: int | None = None) -> Key:
    return new_key(name, frozenset(scopes or ("score",)), NOW, expires)[0]


def test_a_key_is_known_by_its_secret_alone() -> None:
    made, token = new_key("crm", frozenset(SCOPES), NOW)
    parts = TOKEN.fullmatch(token)
    assert parts is not None
    key_id, secret = parts.groups()
    assert key_id == made.id
    assert made.is_of(secret)
    assert secret not in repr(made)
    for wrong in ("", secret[:-1], secret + "0", "0" * 64, made.digest, "ä"):
        assert not made.is_of(wrong)


def test_no_two_keys_are_the_same() -> None:
    tokens = {new_key("crm", frozenset({"score"}), NOW)[1] for _ in range(100)}
    assert len({token[-64:] for token in tokens}) == len({token[:15] for token in tokens}) == 100


@pytest.mark.parametrize("name", ["crm", "CRM 2.0", "Büro-Süd", "9", "a" * 200])
def test_a_name_of_a_system(name: str) -> None:
    assert key(name).name == name


@pytest.mark.parametrize(
    "name", ["", " crm", "-crm", "a" * 201, "jo@example.com", 'a"b', "a\nb", "crm\n", "a/b"]
)
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(KeyMistakeError, match="names a system, no person"):
        key(name)


def test_a_key_counts_until_the_moment_it_expires() -> None:
    ends = NOW + DAY
    made = key(expires=ends)
    assert made.ended(ends - 1) is None
    assert made.ended(ends) == "expired on 2026-05-29"
    assert key().ended(NOW + 10**6 * DAY) is None


def test_a_revoked_key_counts_no_more_whatever_the_clock_says() -> None:
    revoked = replace(key(), revoked=NOW)
    assert {revoked.ended(at) for at in (0, NOW, NOW + DAY)} == {"was revoked on 2026-05-28"}


def test_a_key_allows_its_scopes_and_that_of_an_administrator_all() -> None:
    assert [s for s in SCOPES if key("crm", "score", "read").allows(s)] == ["score", "read"]
    assert all(key("crm", "admin").allows(scope) for scope in SCOPES)


def test_a_successor_has_the_scopes_and_the_length_of_life() -> None:
    old = key("crm", "score", "write", expires=NOW + 30 * DAY)
    ending, new, token = successor(old, NOW + 20 * DAY, overlap=DAY)
    assert ending == replace(old, expires=NOW + 21 * DAY)
    assert (new.name, new.scopes, new.expires) == (old.name, old.scopes, NOW + 50 * DAY)
    assert token.startswith(f"ls_{new.id}_")
    assert new.id != old.id


def test_a_key_does_not_live_longer_for_being_replaced() -> None:
    old = key(expires=NOW + DAY)
    assert successor(old, NOW, overlap=7 * DAY)[0].expires == NOW + DAY
    assert successor(key(), NOW, overlap=7 * DAY)[1].expires is None
    for gone in (replace(old, revoked=NOW), replace(old, expires=NOW)):
        with pytest.raises(KeyMistakeError, match="make a new one"):
            successor(gone, NOW, overlap=DAY)


def test_a_key_is_found_by_its_id_or_by_a_name_that_is_clear() -> None:
    one, other, gone = key("crm"), key("web"), replace(key("crm"), revoked=NOW)
    keys = [one, other, gone]
    assert found_key(keys, "crm", NOW) == one
    assert found_key(keys, gone.id, NOW) == gone
    with pytest.raises(KeyMistakeError, match="there is no key 'erp'"):
        found_key(keys, "erp", NOW)
    with pytest.raises(KeyMistakeError, match=f"name one by its id: {one.id}, "):
        found_key([*keys, key("crm")], "crm", NOW)
