"""Forms as browsers send them."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from starlette.requests import Request

from serving.http.body import read_body
from serving.http.pages.mistakes import PageError

_MOST_FIELDS = 1_000


class Form:
    """What a form holds; fields that it lacks are empty."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        """Hold values by the name of their field."""
        self._fields = fields

    def get(self, name: str) -> str:
        """Return the value of a field, without the spaces around it."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """Return the value of a field as it was typed, as a password needs it."""
        values = self._fields.get(name)
        return values[0] if values else ""

    def all(self, name: str) -> list[str]:
        """Return all values of a field, such as of ticks."""
        return self._fields.get(name, [])


async def read_form(request: Request) -> Form:
    """Return the form of a request.

    Raises:
        PageError: It is none.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request)
    if kind != "application/x-www-form-urlencoded":
        if body:
            raise PageError(415, "invalid")
        return Form({})
    try:
        text = body.decode("ascii")
        fields = parse_qs(
            text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise PageError(400, "invalid") from None
    if any("\0" in value for values in fields.values() for value in values):
        # No database takes it.
        raise PageError(400, "invalid")
    return Form(fields)
