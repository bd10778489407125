"""Cookies of the workspace: readable by no script, sent by no other site's form."""

from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from serving.access.hosts import host_name, is_loopback

CookieName = Literal["session", "language", "done", "login"]
"""Who is logged in; the language of a guest; what was just done; a login that is under way."""


def is_plain(request: Request, public_url: str | None) -> bool:
    """Tell whether a request came unencrypted from another machine: it gets no cookie back."""
    return request.scope["scheme"] != "https" and _is_secure(request, public_url)


def read_cookie(request: Request, public_url: str | None, name: CookieName) -> str | None:
    """Return the value of a cookie, None where it was not sent."""
    return request.cookies.get(_full_name(request, public_url, name))


def set_cookie(
    response: Response,
    request: Request,
    public_url: str | None,
    name: CookieName,
    value: str,
    seconds: int | None = None,
) -> None:
    """Let the browser keep a cookie: for some seconds, or until it is closed."""
    response.set_cookie(
        _full_name(request, public_url, name),
        value,
        max_age=seconds,
        path="/",
        secure=_is_secure(request, public_url),
        httponly=True,
        samesite="lax",
    )


def drop_cookie(
    response: Response, request: Request, public_url: str | None, name: CookieName
) -> None:
    """Let the browser forget a cookie, where it has it."""
    if read_cookie(request, public_url, name) is not None:
        set_cookie(response, request, public_url, name, "", 0)


def _full_name(request: Request, public_url: str | None, name: CookieName) -> str:
    # The prefix makes sure that no other host of the domain has set it; it needs https.
    prefix = "__Host-" if _is_secure(request, public_url) else ""
    return f"{prefix}leadscore-{name}"


def _is_secure(request: Request, public_url: str | None) -> bool:
    if public_url is not None and urlsplit(public_url).scheme == "https":
        return True
    return not is_loopback(host_name(request.headers.get("host", "")))
