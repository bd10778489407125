"""What a cell means: an empty one, a text, a number, a moment, yes or no.

Where a cell can be read in two ways, it is refused; no message holds its value.
"""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from features.contract.category import category_key
from features.contract.lead import LARGEST_NUMBER, ContractError, ProfileValue, micros
from features.contract.text import LONGEST_NAME, trimmed

Cell = str | int | float | bool | datetime | date | None

_LONGEST_FIGURE = 15

ZONE = ZoneInfo("Europe/Berlin")
"""Of moments that name none."""

_EMPTY = frozenset(
    {"-", "--", "–", "—", "n/a", "n.a.", "k.a.", "k. a.", "keine angabe", "#n/a", "#nv"}
)
_DAY = re.compile(
    r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?"
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")
_WHOLE = re.compile(r"-?(0|[1-9]\d*)")
_GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:(?:\.\d{3})+|(?:,\d{3})+|(?:['’\s]\d{3})+)")
_TWO_WAYS = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}")
_GERMAN = re.compile(r"-?(?:\d+|\d{1,3}(?:\.\d{3})+),\d+")
_ENGLISH = re.compile(r"-?(?:\d+|\d{1,3}(?:,\d{3})+)\.\d+")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_YES = frozenset({"x", "✓", "✔", "wahr", "j", "y"})
_NO = frozenset({"falsch", "n"})


def filled(cell: Cell) -> Cell:
    """Return a cell, None where it says that there is nothing."""
    if not isinstance(cell, str):
        return cell
    text = trimmed(cell.strip())
    # Upper case alone: Null is a surname.
    return None if text is None or text == "NULL" or text.casefold() in _EMPTY else text


def text_of(cell: Cell, longest: int = LONGEST_NAME) -> str:
    """Return a cell as text; a whole number has no fraction.

    Raises:
        ContractError: It cannot be kept, or is too long.
    """
    if isinstance(cell, bool):
        cell = str(cell).lower()
    elif isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    if _NO_TEXT.search(text):
        raise ContractError("", "holds a character that is none; correct it")
    text = " ".join(text.split())
    if len(text) > longest:
        raise ContractError("", f"is longer than {longest} characters")
    return text


def value_of(cell: Cell) -> ProfileValue:
    """Return a cell as a profile value; a text that is a number in German or English is one.

    Raises:
        ContractError: It is a number that can be read in two ways, or no profile value.
    """
    if isinstance(cell, bool):
        return cell
    if isinstance(cell, int | float):
        return _bounded(cell)
    text = text_of(cell)
    number = _number(text)
    return text if number is None else _bounded(number)


def _number(text: str) -> int | float | None:
    if _TWO_WAYS.fullmatch(text):
        raise ContractError(
            "", "can be read as two numbers; write it without a separator of thousands"
        )
    if _WHOLE.fullmatch(text) or _GROUPED.fullmatch(text):
        # What is longer is a key, not a figure.
        return _ungrouped(text) if len(text) <= _LONGEST_FIGURE else None
    if _GERMAN.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    return float(text.replace(",", "")) if _ENGLISH.fullmatch(text) else None


def count_of(cell: Cell) -> int:
    """Return a cell as a whole number, such as a number of employees.

    Raises:
        ContractError: It is none.
    """
    if isinstance(cell, str) and _GROUPED.fullmatch(cell):
        cell = _ungrouped(cell)
    number = value_of(cell)
    if isinstance(number, bool) or not isinstance(number, int | float) or number != int(number):
        raise ContractError(
            "", "is no whole number; correct it, or take the column as another profile field"
        )
    return int(number)


def truth_of(cell: Cell) -> bool:
    """Return a cell as yes or no.

    Raises:
        ContractError: It is neither.
    """
    key = category_key(text_of(cell), boolean=True)
    if key == "true" or key in _YES:
        return True
    if key == "false" or key in _NO:
        return False
    raise ContractError("", "is neither yes nor no; write ja, nein, yes, no or x")


def moment_of(cell: Cell) -> int:
    """Return a cell as microseconds since 1970; without a time zone it is German time.

    Raises:
        ContractError: It is no moment, or can be read as two.
    """
    found = cell if isinstance(cell, date) else _moment(text_of(cell))
    if found is None:
        raise ContractError("", "is no date; write 2026-03-01, 01.03.2026 or 01.03.2026 10:30")
    if not isinstance(found, datetime):
        found = datetime(found.year, found.month, found.day)  # noqa: DTZ001 - German time, below
    at = micros(found if found.tzinfo else found.replace(tzinfo=ZONE), "")
    if at < 0:
        raise ContractError("", "lies before 1970; correct it or leave it out")
    return at


def _moment(text: str) -> datetime | None:
    try:
        if _ISO.fullmatch(text):
            return datetime.fromisoformat(text)
        if match := _DAY.fullmatch(text):
            day, month, year, hour, minute, second = map(int, match.groups(default="0"))
            year += 2000 if year < 100 else 0
            return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001
    except ValueError:
        pass
    return None


def _ungrouped(text: str) -> int:
    return int(re.sub(r"[^\d-]", "", text))


def _bounded(number: float) -> int | float:
    if not abs(number) <= LARGEST_NUMBER:
        raise ContractError("", f"must be a number between ±{LARGEST_NUMBER:g}")
    return number
