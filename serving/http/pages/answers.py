"""Answers to requests for pages: a page, or the way to another one."""

import re
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.http.pages.cookies import drop_cookie, read_cookie, set_cookie
from serving.http.pages.mistakes import ErrorKind
from serving.http.pages.visit import Visit
from serving.pages.frame import HEADERS, HOME, page

LOGIN = "/app/login"

_OWN_PATH = re.compile(r"/app/[^\\\x00-\x20\x7f]*")
_DONE_SECONDS = 60


def show(visit: Visit, name: str, status: int = 200, **values: object) -> Response:
    """Show a page.

    Args:
        visit: Whose.
        name: Of the template.
        status: Of HTTP.
        values: What the template needs.
    """
    response = HTMLResponse(page(name, visit.frame, **values), status, HEADERS)
    public_url = visit.state.public_url
    drop_cookie(response, visit.request, public_url, "done")
    if read_cookie(visit.request, public_url, "session") is None:
        # Forms of a guest are bound to their browser, too.
        set_cookie(response, visit.request, public_url, "session", visit.token)
    return response


def show_error(visit: Visit, status: int, kind: ErrorKind) -> Response:
    """Show what went wrong."""
    return show(visit, "error", status, kind=kind)


def go(visit: Visit, path: str, done: str | None = None) -> Response:
    """Send the browser to another page.

    Args:
        visit: Whose.
        path: Of a page of ours.
        done: What the page says was done: a key of the words, without its `done.`.
    """
    response = RedirectResponse(path, HTTPStatus.SEE_OTHER, HEADERS)
    if done is not None:
        public_url = visit.state.public_url
        set_cookie(response, visit.request, public_url, "done", done, _DONE_SECONDS)
    return response


def go_to_login(visit: Visit) -> Response:
    """Send the browser to the login, and from there back to where it wanted to go."""
    wanted = visit.path if visit.request.method == "GET" else HOME
    address = f"{LOGIN}?{urlencode({'next': wanted})}"
    if visit.request.headers.get("hx-request") is not None:
        # A script asked; the page that it is in has to go there.
        return Response(status_code=401, headers={**HEADERS, "HX-Redirect": LOGIN})
    return go(visit, address)


def own_path(sent: str) -> str:
    """Return the path of a page of ours, the first page where what was sent is none."""
    return sent if _OWN_PATH.fullmatch(sent) and len(sent) <= 2_000 else HOME
