"""Logging in at a provider of OpenID Connect, which runs beside the service."""

import base64
import hashlib
import json
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from features.contract.clock import now
from serving.access.provider import Begun, Provider, ProviderError
from serving.access.provider_terms import ProviderTerms
from serving.access.role import Role
from serving.access.user import User
from serving.http.state import ServiceState
from serving.record.access.users import disable_user, find_user
from tests.serving.http.pages.browser import Browser, text_of
from tests.serving.http.pages.conftest import PASSWORD, Added, Opened

with warnings.catch_warnings(action="ignore"):
    # It uses parts of Authlib that go one day.
    from oidc_provider_mock import run_server_in_thread

# The provider's own parts of Authlib go one day, and say so while it answers.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

NO_OTHER: Mapping[str, Any] = {}
ROLES: Mapping[str, Role] = {"crm-admins": "admin", "crm": "sales"}
ELSEWHERE = "/app/login/provider"


@dataclass(frozen=True)
class Known:
    """A provider, and who is known there."""

    issuer: str

    def knows(self, subject: str, **claims: object) -> None:
        url = f"{self.issuer}/users/{quote(subject)}"
        httpx.put(url, json=claims).raise_for_status()

    def agrees(self, url: str, subject: str) -> str:
        """Log somebody in there, and return where their browser is sent."""
        answer = httpx.post(url, data={"sub": subject})
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]


@pytest.fixture(scope="module")
def known() -> Iterator[Known]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with run_server_in_thread() as server:
        yield Known(f"http://localhost:{server.server_port}")


@pytest.fixture
def agreed(known: Known, state: ServiceState, client: httpx.Client) -> Callable[..., ProviderTerms]:
    """Return what lets the service ask the provider, on other terms if some are given."""

    def agree(other: Mapping[str, Any] = NO_OTHER) -> ProviderTerms:
        site = str(client.base_url).rstrip("/")
        terms = ProviderTerms(known.issuer, "leads/core", "s:ecret", site, roles=ROLES)
        terms = terms._replace(**other)
        state.provider = Provider(terms)
        return terms

    agree()
    return agree


Agreed = Callable[..., ProviderTerms]


def leave(browser: Browser, wanted: str = "") -> str:
    """Begin a login, and return where the browser is sent."""
    answer = browser.http.get(ELSEWHERE, params={"next": wanted})
    assert answer.status_code == 303
    return answer.headers["location"]


def come_back(known: Known, browser: Browser, subject: str, wanted: str = "") -> httpx.Response:
    return browser.http.get(known.agrees(leave(browser, wanted), subject))


def user_of(state: ServiceState, email: str) -> User | None:
    with state.kept().database.reading() as connection:
        return find_user(connection, email)


def claims(email: str, *groups: str, **other: object) -> dict[str, object]:
    named = {"email": email, "email_verified": True, "name": "Mia Muster", "groups": groups}
    return {**named, **other}


def test_somebody_new_gets_the_role_of_their_groups(
    known: Known, agreed: Agreed, opened: Opened, state: ServiceState
) -> None:
    known.knows("mia", **claims("Mia@Example.com", "staff", "crm"))
    browser = opened()
    assert "Log in with your company account" in text_of(browser.get("/app/login"))
    answer = come_back(known, browser, "mia", "/app/profile")
    assert (answer.status_code, answer.headers["location"]) == (303, "/app/profile")
    assert "leadscore-login" not in browser.http.cookies
    page = text_of(browser.get("/app/profile"))
    assert "Mia Muster" in page and "Sales" in page
    assert "You log in with your company account" in page
    known.knows("mia", **claims("mia@other.example", "crm", "crm-admins"))
    come_back(known, browser, "mia")
    user = user_of(state, "mia@example.com")
    assert user is not None and user.role == "admin" and user.password is None
    assert user_of(state, "mia@other.example") is None


def test_what_is_sent_proves_that_the_same_browser_comes_back(
    agreed: Agreed, opened: Opened
) -> None:
    browser = opened()
    asked = parse_qs(urlsplit(leave(browser)).query)
    state, nonce, verifier, _ = browser.http.cookies["leadscore-login"].split(":")
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    assert asked["code_challenge"] == [challenge.decode().rstrip("=")]
    assert asked["code_challenge_method"] == ["S256"]
    assert (asked["state"], asked["nonce"]) == ([state], [nonce])
    assert min(map(len, (state, nonce, verifier))) >= 43
    assert asked["redirect_uri"] == [f"{str(browser.http.base_url).rstrip('/')}{ELSEWHERE}/back"]


def test_a_login_that_was_begun_in_another_browser_is_refused(
    known: Known, agreed: Agreed, opened: Opened
) -> None:
    known.knows("eve", **claims("eve@example.com", "crm"))
    victim, attacker = opened(), opened()
    back = known.agrees(leave(attacker), "eve")
    answer = victim.http.get(back)
    assert answer.status_code == 400 and "belonged to another window" in text_of(answer)
    leave(victim)
    assert victim.http.get(back).status_code == 400
    # What was begun counts once.
    own = known.agrees(leave(victim), "eve")
    assert victim.http.get(own).status_code == 303
    assert victim.http.get(own).status_code == 400


def test_a_login_rotates_the_session(known: Known, agreed: Agreed, opened: Opened) -> None:
    known.knows("mia", **claims("mia@example.com", "crm"))
    browser = opened()
    browser.get("/app/login")
    planted = browser.http.cookies["leadscore-session"]
    come_back(known, browser, "mia")
    assert browser.http.cookies["leadscore-session"] != planted


def test_somebody_who_was_added_is_known_again_by_a_verified_address(
    known: Known, agreed: Agreed, added: Added, opened: Opened, state: ServiceState
) -> None:
    added("anna", "data")
    agreed({"roles": {}})
    known.knows("a-1", **claims("anna@example.com", email_verified=False))
    assert "no verified e-mail" in text_of(come_back(known, opened(), "a-1"))
    known.knows("a-1", **claims("anna@example.com"))
    assert come_back(known, opened(), "a-1").status_code == 303
    user = user_of(state, "anna@example.com")
    assert user is not None and user.role == "data" and user.subject is not None
    assert opened().log_in("anna@example.com", PASSWORD).status_code == 303
    known.knows("a-2", **claims("anna@example.com"))
    assert "another company account" in text_of(come_back(known, opened(), "a-2"))


@pytest.mark.parametrize(
    ("terms", "told", "said"),
    [
        ({}, claims("x@example.com"), "has no role here yet"),
        ({}, claims("x@example.com", "staff", "CRM"), "has no role here yet"),
        ({"roles": {}}, claims("x@example.com", "crm"), "has no role here yet"),
        ({}, claims("x@example.com", groups="crm-"), "has no role here yet"),
        ({}, {"groups": ["crm"]}, "no verified e-mail address"),
        ({}, claims("x@example.com", "crm", email_verified="yes"), "no verified e-mail address"),
        ({}, claims("no address", "crm"), "no verified e-mail address"),
        ({"domains": ("example.de",)}, claims("x@example.com", "crm"), "this domain cannot"),
        ({"domains": ("example.de",)}, claims("x@a.example.de", "crm"), "this domain cannot"),
        ({"domains": ("example.de",)}, {"groups": ["crm"]}, "no verified e-mail address"),
    ],
)
def test_who_is_not_welcome_is_told_why(
    known: Known, agreed: Agreed, opened: Opened, state: ServiceState,
    terms: dict[str, Any], told: dict[str, Any], said: str,
) -> None:  # fmt: skip
    agreed(terms)
    known.knows("stranger", **told)
    browser = opened()
    answer = come_back(known, browser, "stranger")
    assert answer.status_code == 403
    assert said in text_of(answer)
    assert browser.get("/app/").url.path == "/app/login"
    assert user_of(state, "x@example.com") is None


def test_who_loses_role_or_access_is_out(
    known: Known, agreed: Agreed, opened: Opened, state: ServiceState
) -> None:
    known.knows("mia", **claims("mia@example.com", "crm"))
    assert come_back(known, opened(), "mia").status_code == 303
    known.knows("mia", **claims("mia@example.com"))
    assert "has no role" in text_of(come_back(known, opened(), "mia"))
    known.knows("mia", **claims("mia@example.com", "crm"))
    user = user_of(state, "mia@example.com")
    assert user is not None
    with state.kept().database.writing() as connection:
        disable_user(connection, now(), "test", user)
    assert "Your access is disabled" in text_of(come_back(known, opened(), "mia"))


def test_a_provider_that_vouches_need_not_say_so(
    known: Known, agreed: Agreed, opened: Opened
) -> None:
    agreed({"vouches": True, "claim": "job", "roles": {"boss": "admin"}})
    known.knows("b", email="b@example.com", job="boss")
    assert come_back(known, opened(), "b").status_code == 303


def test_who_cancels_there_is_told_so(known: Known, agreed: Agreed, opened: Opened) -> None:
    browser = opened()
    url = leave(browser)
    denied = httpx.post(url, data={"action": "deny"}).headers["location"]
    state = parse_qs(urlsplit(url).query)["state"][0]
    answer = browser.http.get(denied, params={"error": "access_denied", "state": state})
    assert answer.status_code == 401
    assert "was cancelled there" in text_of(answer)


def test_a_code_that_was_made_up_is_not_taken(
    agreed: Agreed, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    browser = opened()
    leave(browser)
    state = browser.http.cookies["leadscore-login"].split(":")[0]
    with caplog.at_level(logging.WARNING):
        answer = browser.http.get(f"{ELSEWHERE}/back", params={"state": state, "code": "made-up"})
    assert answer.status_code == 503
    assert "nobody can log in by OpenID Connect" in caplog.text


def test_while_the_provider_is_away_passwords_still_count(
    agreed: Agreed, added: Added, opened: Opened
) -> None:
    added()
    agreed({"issuer": "http://localhost:1"})
    browser = opened()
    answer = browser.http.get(ELSEWHERE)
    assert answer.status_code == 503
    assert "does not answer" in text_of(answer)
    assert browser.log_in("anna@example.com", PASSWORD).status_code == 303


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(
    known: Known, agreed: Agreed
) -> None:
    terms = agreed({"issuer": known.issuer.replace("localhost", "127.0.0.1") + "/"})
    with pytest.raises(ProviderError, match="calls itself"):
        Provider(terms).begin()


def test_without_a_provider_there_is_no_such_login(opened: Opened) -> None:
    browser = opened()
    assert browser.get(ELSEWHERE).status_code == 404
    assert browser.get(f"{ELSEWHERE}/back").status_code == 404


KEY, OTHER_KEY = RSAKey.generate_key(2048), RSAKey.generate_key(2048)
TERMS = ProviderTerms("https://login.example.com", "leadscore", "s", "https://leads.example.com")
BEGUN = Begun("state", "nonce", "verifier")


def signed(key: RSAKey = KEY, algorithm: str = "RS256", **other: object) -> str:
    at = now() // 1_000_000
    told = {
        "iss": TERMS.issuer, "aud": TERMS.client_id, "sub": "mia", "nonce": "nonce", "iat": at,
        "exp": at + 600, **other,
    }  # fmt: skip
    return jwt.encode({"alg": algorithm}, {k: v for k, v in told.items() if v is not None}, key)


def unsigned() -> str:
    head, body, _ = signed().split(".")
    head = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    return f"{head}.{body}."


@pytest.mark.parametrize(
    "token",
    [
        signed(OTHER_KEY),
        unsigned(),
        signed(iss="https://login.example.com/"),
        signed(iss=None),
        signed(aud="another"),
        signed(aud=["another"]),
        signed(aud=["leadscore", "another"]),
        signed(aud=["leadscore", "another"], azp="another"),
        signed(nonce="another"),
        signed(nonce=None),
        signed(exp=1),
        signed(exp=None),
        signed(sub=None),
        signed(at_hash="x"),
        "x",
        "",
        None,
    ],
)
def test_a_token_that_is_not_for_this_login_is_not_trusted(token: str | None) -> None:
    keys = {"keys": [KEY.as_dict(private=False)]}
    sent = {"id_token": token, "access_token": "a"}
    with pytest.raises(ProviderError, match="cannot be trusted"):
        Provider(TERMS)._claims(sent, keys, BEGUN)
    good = Provider(TERMS)._claims({"id_token": signed()}, keys, BEGUN)
    assert good["sub"] == "mia"


def test_terms_show_no_secret() -> None:
    assert "hidden" not in repr(TERMS._replace(client_secret="hidden"))
