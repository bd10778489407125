"""Login elsewhere: by OpenID Connect, as a code with PKCE, state and nonce."""

import math
import time
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry

from serving.access.provider_terms import ProviderTerms
from serving.access.role import Role

BACK = "/app/login/provider/back"
"""Path that the provider sends people back to."""

_SCOPE = "openid email profile"
_SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
_CLOCKS_DIFFER_SECONDS = 120
_PATIENCE_SECONDS = 10.0
_DESCRIBED_SECONDS = 300.0


class ProviderError(Exception):
    """The provider does not answer, or says what cannot be trusted; the message names no person."""


class Begun(NamedTuple):
    """A login that is under way; the browser keeps it until it comes back."""

    state: str
    nonce: str
    verifier: str


class Identity(NamedTuple):
    """Who somebody is to the provider.

    Attributes:
        subject: Stable and unique there.
        email: That it has verified; None where it has not.
        name: As others see it.
        role: By the groups that it told; None where none of them makes a role.
    """

    subject: str
    email: str | None
    name: str
    role: Role | None


class Provider:
    """Asks a provider who somebody is."""

    def __init__(self, terms: ProviderTerms) -> None:
        """Ask nothing yet."""
        self.terms = terms
        self.redirect = terms.site + BACK
        self._client = OAuth2Client(
            None, terms.client_id, scope=_SCOPE, redirect_uri=self.redirect,
            code_challenge_method="S256",
        )  # fmt: skip
        self._described: tuple[float, dict[str, Any]] = (-math.inf, {})

    def begin(self) -> tuple[str, Begun]:
        """Return where the browser goes to log in, and what it must keep until it comes back.

        Raises:
            ProviderError: The provider does not answer.
        """
        begun = Begun(generate_token(48), generate_token(48), generate_token(64))
        with httpx.Client(timeout=_PATIENCE_SECONDS) as client:
            address = self._description(client)["authorization_endpoint"]
        url, _ = self._client.create_authorization_url(
            address, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
        return str(url), begun

    def finish(self, code: str, begun: Begun) -> Identity:
        """Return who came back.

        Args:
            code: That the browser brought.
            begun: What it kept.

        Raises:
            ProviderError: The provider does not answer, or says what cannot be trusted.
        """
        with httpx.Client(timeout=_PATIENCE_SECONDS) as client:
            description = self._description(client)
            token = self._token(client, description["token_endpoint"], code, begun)
            keys = _answer(client, "GET", description["jwks_uri"])
            claims = self._claims(token, keys, begun)
            more = _more(client, description.get("userinfo_endpoint"), token, claims["sub"])
        return self._identity({**more, **claims})

    def _description(self, client: httpx.Client) -> dict[str, Any]:
        # Whoever opens the login makes us ask; so not every time.
        read, told = self._described
        if time.monotonic() - read > _DESCRIBED_SECONDS:
            told = self._read_description(client)
            self._described = (time.monotonic(), told)
        return told

    def _read_description(self, client: httpx.Client) -> dict[str, Any]:
        issuer = self.terms.issuer
        path = "/.well-known/openid-configuration"
        told = _answer(client, "GET", issuer.rstrip("/") + path)
        if told.get("issuer") != issuer:
            raise ProviderError(f"the provider at {issuer} calls itself {told.get('issuer')!r}")
        for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(told.get(needed), str):
                raise ProviderError(f"the provider at {issuer} does not tell its {needed}")
        return told

    def _token(self, client: httpx.Client, url: str, code: str, begun: Begun) -> dict[str, Any]:
        # As RFC 6749 has it, both are encoded before they are put together.
        proof = httpx.BasicAuth(*map(quote, (self.terms.client_id, self.terms.client_secret)))
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": begun.verifier,
        }
        return _answer(client, "POST", url, data=sent, auth=proof)

    def _claims(self, token: dict[str, Any], keys: dict[str, Any], begun: Begun) -> dict[str, Any]:
        registry = JWSRegistry(algorithms=_SIGNED_BY, strict_check_header=False)
        try:
            known_keys = KeySet.import_key_set(cast("KeySetSerialization", keys))
            decoded = jwt.decode(str(token.get("id_token")), known_keys, registry=registry)
            expected = {
                "iss": {"essential": True, "value": self.terms.issuer},
                "aud": {"essential": True, "value": self.terms.client_id},
            }
            known = {
                "nonce": begun.nonce,
                "client_id": self.terms.client_id,
                "access_token": token.get("access_token"),
            }
            claims = CodeIDToken(decoded.claims, decoded.header, expected, known)
            claims.validate(leeway=_CLOCKS_DIFFER_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            kind = type(error).__name__
            raise ProviderError(f"the provider's token cannot be trusted ({kind})") from None
        return dict(claims)

    def _identity(self, claims: dict[str, Any]) -> Identity:
        email = claims.get("email")
        verified = claims.get("email_verified", self.terms.vouches) in (True, "true")
        known = email if isinstance(email, str) and verified else None
        name = claims.get("name")
        return Identity(
            str(claims["sub"]), known, name if isinstance(name, str) else "", self._role(claims)
        )

    def _role(self, claims: dict[str, Any]) -> Role | None:
        told = claims.get(self.terms.claim)
        groups = told if isinstance(told, list) else [told]
        return next((role for name, role in self.terms.roles.items() if name in groups), None)


def _more(client: httpx.Client, url: object, token: dict[str, Any], subject: str) -> dict[str, Any]:
    """Return what the provider tells of somebody beside its token, where it does."""
    if not isinstance(url, str) or not isinstance(token.get("access_token"), str):
        return {}
    shown = {"Authorization": f"Bearer {token['access_token']}"}
    told = _answer(client, "GET", url, headers=shown)
    return told if told.get("sub") == subject else {}


def _answer(client: httpx.Client, method: str, url: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401
    try:
        told = client.request(method, url, **sent).raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ProviderError(f"the provider does not answer ({type(error).__name__})") from None
    if not isinstance(told, dict):
        raise ProviderError("the provider answers with no object")
    return told
