"""HubSpot's signature of its requests (version 3), as a way in."""

import base64
import hashlib
import hmac
import re
from urllib.parse import unquote

from fastapi import Request
from pydantic import SecretStr

from features.contract.clock import now
from serving.http.auth import unauthorized
from serving.http.body import read_sent
from serving.http.state import ServiceState

FRESH_MS = 5 * 60 * 1000
"""How far a request's moment may lie from ours."""

# HubSpot signs an address in which these, and no others, are written as they are.
_PLAIN = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


async def by_hubspot(state: ServiceState, request: Request) -> str | None:
    """Let in what HubSpot has signed.

    Raises:
        RefusedError: The signature is wrong, or too old.
    """
    signature = request.headers.get("x-hubspot-signature-v3")
    if signature is None or state.hubspot_secret is None:
        return None
    sent_at = request.headers.get("x-hubspot-request-timestamp", "")
    if not _is_fresh(sent_at):
        raise unauthorized(
            "X-HubSpot-Request-Timestamp lies more than five minutes from now; send it anew"
        )
    address = _address(state.public_url, request)
    body = await read_sent(request)
    expected = sign(state.hubspot_secret, request.method, address, body, sent_at)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise unauthorized(
            "X-HubSpot-Signature-v3 is not that of this request; see that LEADSCORE_HUBSPOT_SECRET "
            "is the app's client secret, and LEADSCORE_PUBLIC_URL the address it sends to"
        )
    return "hubspot"


def sign(secret: SecretStr, method: str, address: str, body: bytes, sent_at: str) -> str:
    """Return HubSpot's signature of a request.

    Args:
        secret: Of the app.
        method: Such as ``POST``.
        address: All of it, as it was called.
        body: Byte for byte as it was sent, packed if it was.
        sent_at: Milliseconds since 1970, as they were sent.
    """
    plain = _PLAIN.sub(lambda found: unquote(found[0]), address)
    signed = (method + plain).encode() + body + sent_at.encode()
    digest = hmac.new(secret.get_secret_value().encode(), signed, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _is_fresh(sent_at: str) -> bool:
    if re.fullmatch("[0-9]{1,15}", sent_at) is None:
        return False
    return abs(now() // 1000 - int(sent_at)) <= FRESH_MS


def _address(public_url: str | None, request: Request) -> str:
    """Return the address that was called, which a gateway may have changed on the way."""
    base = str(request.base_url) if public_url is None else public_url
    raw_path: bytes = request.scope["raw_path"]
    raw_query: bytes = request.scope["query_string"]
    path, query = raw_path.decode("latin-1"), raw_query.decode("latin-1")
    return base.rstrip("/") + path + (f"?{query}" if query else "")
