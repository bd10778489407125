"""The leads of a batch as they were sent: each is read from the text when it is its turn.

Read all at once, a batch of 30 MiB keeps everybody waiting for two tenths of a second, and takes
many times its size.
"""

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import cast

from serving.http.body import whole_number
from serving.http.errors import RefusedError
from serving.http.requests.fields import MOST_LEADS
from serving.http.requests.score import BatchRequest

_LEADS = "leads"
_BLANK = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder(parse_int=whole_number)


class SentLeads:
    """Leads that were sent together, none of them checked."""

    def __init__(self, body: bytes) -> None:
        """Find where each lead stands.

        Args:
            body: JSON.

        Raises:
            RefusedError: It is no JSON.
            ValidationError: It is no batch; no more of it was read than tells so.
        """
        try:
            self._text = body.decode()
            sent = _Walk(self._text).batch()
        except (ValueError, RecursionError):
            message = "the body is no JSON in UTF-8"
            raise RefusedError(400, "invalid_json", message) from None
        self._places = cast("list[int]", BatchRequest.model_validate(sent).leads)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    def __getitem__(self, some: slice) -> list[object]:
        """Read some of them."""
        return [_DECODER.raw_decode(self._text, place)[0] for place in self._places[some]]


class _Walk:
    """A way through a text of JSON; whatever is none raises a ValueError or RecursionError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def batch(self) -> object:
        """Return what was sent, with its leads as places in the text.

        Whatever is no batch is not read to its end; what is returned breaks the model like it.
        """
        if self._sign() != "{":
            return self._value()
        sent: dict[str, object] = {}
        for _ in self._items("{", "}"):
            name = self._name()
            if name != _LEADS or self._sign() != "[":
                return {_LEADS: [], name: None}
            sent[name] = places = self._places()
            if len(places) > MOST_LEADS:
                return sent
        self._take("")
        return sent

    def _places(self) -> list[int]:
        places: list[int] = []
        for _ in self._items("[", "]"):
            self._sign()
            places.append(self._at)
            self._value()
            if len(places) > MOST_LEADS:
                break
        return places

    def _items(self, first: str, last: str) -> Iterator[None]:
        """Yield before each item between two signs."""
        self._take(first)
        if self._sign() != last:
            yield
            while self._sign() == ",":
                self._take(",")
                yield
        self._take(last)

    def _name(self) -> str:
        if self._sign() != '"':
            raise ValueError
        name = str(self._value())
        self._take(":")
        return name

    def _value(self) -> object:
        self._sign()
        value, self._at = _DECODER.raw_decode(self._text, self._at)
        return value

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            raise ValueError
        self._at += len(sign)

    def _sign(self) -> str:
        """Go on to what is not blank, and return its first character; none at the end."""
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]
