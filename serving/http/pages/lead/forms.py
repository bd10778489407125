"""What somebody found out of a lead, as the form on BANT sends it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

from pydantic import ValidationError

from features.contract.language import Language
from serving.http.pages.form import Form
from serving.http.pages.mistakes import PageError
from serving.http.requests.bant import BantBody
from serving.http.requests.fields import LONGEST_NOTE
from serving.intake.spelling import words_of
from serving.lifecycle.bant import Part, Report, Source
from serving.pages.saying import say

CONFIDENCES: Mapping[str, float] = {"certain": 1.0, "likely": 0.8, "vague": 0.4}
"""How sure a finding is, as people choose it."""

_QUARTERS = 8

_NONE = "none"
"""What a choice says where it was asked, and there is none."""

_LONGEST_NEED = 60


def bant_choices(language: Language, today: datetime) -> Iterator[tuple[str, object]]:
    """Yield what the form offers, by the name under which its template knows it."""

    def called(begin: str, names: Iterable[str]) -> list[tuple[str, str]]:
        return [(name, say(language, begin + name)) for name in names]

    left_open = ("", say(language, "lead.bant.not_asked"))
    none = (_NONE, say(language, "lead.bant.none"))
    quarters = [(one, one) for one in _quarters(today)]
    yield "authorities", [left_open, *called("bant.part.", get_args(Part)), none]
    yield "timelines", [left_open, *quarters, none]
    yield "sources", called("bant.source.", get_args(Source))
    yield "confidences", called("bant.sure.", CONFIDENCES)


class FormMistakeError(Exception):
    """A form that cannot be read.

    Attributes:
        mistakes: Of the words, the last part of the key, by field.
    """

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        """Name what is wrong."""
        super().__init__(", ".join(mistakes))
        self.mistakes = mistakes


def reported(form: Form, by: str, now: int) -> Report:
    """Return what a form says was found out.

    Args:
        form: As it was sent.
        by: Who found it out.
        now: Microseconds since 1970.

    Raises:
        FormMistakeError: Something in it is wrong, or nothing is in it.
        PageError: No page of ours has such choices.
    """
    told = dict(_told(form))
    if not told:
        raise FormMistakeError({"nothing": "nothing"})
    if form.get("confidence") not in CONFIDENCES:
        raise PageError(400, "invalid")
    confidence = CONFIDENCES[form.get("confidence")]
    sent = {**told, "source": form.get("source"), "confidence": confidence, "by": by}
    try:
        return BantBody.model_validate({**sent, "note": note_of(form)}).report(now)
    except ValidationError as error:
        wrong = {str(one["loc"][0]) for one in error.errors()} & {"budget", "need"}
        if not wrong:
            raise PageError(400, "invalid") from None
        raise FormMistakeError({field: field for field in wrong}) from None


def note_of(form: Form) -> str | None:
    """Return the note of a form, None where it has none.

    Raises:
        FormMistakeError: It is too long.
    """
    # A browser counts a new line as one character, and sends two.
    note = form.get("note").replace("\r\n", "\n")
    if len(note) > LONGEST_NOTE:
        raise FormMistakeError({"note": "note"})
    return note or None


def _told(form: Form) -> Any:  # noqa: ANN401 - pairs of a subject and what is said of it
    least, most = form.get("at_least"), form.get("at_most")
    if form.get("no_budget"):
        yield "budget", None
    elif least or most:
        amounts = {"at_least": _amount(least), "at_most": _amount(most)}
        yield "budget", {**amounts, "currency": form.get("currency")}
    if authority := form.get("authority"):
        yield "authority", None if authority == _NONE else {"part": authority}
    if need := form.get("need"):
        yield "need", {"code": "_".join(words_of(need))[:_LONGEST_NEED]}
    if timeline := form.get("timeline"):
        yield "timeline", None if timeline == _NONE else {"quarter": timeline}


def _amount(typed: str) -> str | float | None:
    """Return an amount, also as Germans write it; what is none is left for the check."""
    if not typed:
        return None
    plain = typed.replace(" ", "").replace("\u202f", "")
    if "," in plain or plain.count(".") > 1 or plain[-4:-3] == ".":
        plain = plain.replace(".", "").replace(",", ".")
    try:
        return float(plain)
    except ValueError:
        return typed


def _quarters(today: datetime) -> list[str]:
    """Return this quarter and the next ones, such as `2026-Q3`."""
    first = 4 * today.year + (today.month - 1) // 3
    return [f"{one // 4}-Q{one % 4 + 1}" for one in range(first, first + _QUARTERS)]
