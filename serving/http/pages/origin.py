"""Whether a form was sent from a page of ours: by its token, and by what the browser says."""

from urllib.parse import urlsplit

from serving.access.session import is_form_token
from serving.http.pages.mistakes import PageError
from serving.http.pages.visit import Visit

SAFE = frozenset({"GET", "HEAD"})

_FIELD, _HEADER = "form_token", "x-form-token"


def require_own_form(visit: Visit) -> None:
    """Let only forms of our own pages change anything.

    Raises:
        PageError: Another site may have sent it.
    """
    sent = visit.form.raw(_FIELD) or visit.request.headers.get(_HEADER, "")
    if not _is_from_here(visit) or not is_form_token(sent, visit.token):
        raise PageError(403, "forged")


def _is_from_here(visit: Visit) -> bool:
    headers = visit.request.headers
    fetched = headers.get("sec-fetch-site")
    if fetched is not None and fetched not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    # A gateway may have changed the name that the browser called.
    ours = {headers.get("host", ""), urlsplit(visit.state.public_url or "").netloc}
    return origin.partition("://")[2] in ours - {""}
