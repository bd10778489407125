"""A browser without a screen: it keeps cookies, and sends the forms of pages that it has seen."""

import re
from html import unescape
from types import TracebackType
from typing import Self

import httpx

_TOKEN = re.compile(r'name="form_token" value="([0-9a-f]{64})"')
_TAGS = re.compile(r"<[^>]+>")


class Browser:
    """One browser of one person."""

    def __init__(self, address: str, **headers: str) -> None:
        """Open it; `headers` are sent with every request."""
        self.http = httpx.Client(base_url=address, headers=headers, timeout=30, verify=False)
        self.token = ""

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        """Open a page, and go where it leads."""
        return self._seen(self.http.get(path, follow_redirects=True))

    def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form of the page that was seen last; go nowhere."""
        return self._seen(self.http.post(path, data={"form_token": self.token, **fields}))

    def log_in(self, email: str, password: str, wanted: str = "") -> httpx.Response:
        """Open the login, and send it."""
        self.get("/app/login")
        return self.send("/app/login", email=email, password=password, next=wanted)

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        found = _TOKEN.search(answer.text)
        if found is not None:
            self.token = found[1]
        return answer


def text_of(answer: httpx.Response) -> str:
    """Return what a reader of a page sees."""
    return " ".join(unescape(_TAGS.sub(" ", answer.text)).split())
