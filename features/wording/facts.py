"""What is worth saying of an event type, or of all events, in a row: a few facts of its features.

Features overlap: three visits in 7 days are three in 30 as well, and where nothing was done in 90
days, nothing was in 7. Of those that say the same, the one that contributes most is told.

Many reasons are looked at in one call of a compiled function; a request has some, a file millions.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US, HOUR_US, MINUTE_US
from features.declaration.feature_set import Behaviour, FeatureSet
from features.declaration.operators import OPERATORS
from features.declaration.subject import Subjects
from features.kernel.by_size import put_by_size
from features.kernel.compiled import compiled
from features.kernel.plan import WHOLE_HISTORY

MOST_FACTS = 3

QUIET = "quiet"
"""Kind of the fact that nothing happened; every other kind is an operator's name."""

LAST = "days_since_last"
FIRST = "days_since_first"

_FAINT = 0.1
"""What contributes less than this share of the strongest is not worth saying."""

_NAMES = {operator.code: str(name) for name, operator in OPERATORS.items()} | {
    len(OPERATORS): QUIET
}
_CODES = {name: code for code, name in _NAMES.items()}
_NONE = -1
_COUNT, _LAST, _FIRST, _QUIET = (_CODES[name] for name in ("count", LAST, FIRST, QUIET))
_OF_VALUES = len(_NAMES)
"""What sum, mean and maximum have in common where they say the same."""


def _codes(*names: str) -> NDArray[np.bool_]:
    return np.isin(np.arange(len(_NAMES)), [_CODES[name] for name in names])


_VALUES = _codes("sum", "mean", "max")
_ONCE = _codes("active_days", "distinct_items")
_SINCE = _codes(LAST, FIRST)
_TELLING = _codes("count", "active_days", LAST, FIRST)
"""Operators that say nothing, or 0, only where nothing happened at all."""

_RANK = np.argsort(
    [
        _CODES[name]
        for name in (
            "count", QUIET, "active_days", "distinct_items", "sum", "mean", "max", "decayed_count",
            LAST, FIRST, "trend",
        )
    ]
)  # fmt: skip
"""The place of each kind in a sentence, by its code."""

_UNITS = np.array([DAY_US, HOUR_US, MINUTE_US])


class Fact(NamedTuple):
    """One thing to say.

    Attributes:
        kind: An operator's name, or `QUIET`.
        value: What the operator says; NaN where it says nothing, 0 where nothing happened. Times
            that have passed are whole days, hours or minutes, as they are said.
        span: How far back it looks, microseconds; `WHOLE_HISTORY` for all.
    """

    kind: str
    value: float
    span: int


class Chosen(NamedTuple):
    """What is to be said of some subjects, each of one row.

    Attributes:
        columns: int64 [reasons, features of the largest subject], its features, the strongest
            first, then -1.
        facts: int64 [reasons, `MOST_FACTS`, 3], codes of kinds, the bits of values, and spans; in
            the order in which they are said, then kinds of -1.
    """

    columns: NDArray[np.int64]
    facts: NDArray[np.int64]


class _Looks(NamedTuple):
    """What the features of subjects look at.

    Attributes:
        starts: int64 [subjects + 1], where each subject's columns begin.
        columns: int64 [features], by subject.
        kind: int64 [features], code of the operator; -1 is not told.
        span: int64 [features], how far back it looks, microseconds.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    kind: NDArray[np.int64]
    span: NDArray[np.int64]


class Facts:
    """Chooses what to say of the subjects of a feature set."""

    def __init__(self, feature_set: FeatureSet, subjects: Subjects) -> None:
        """Lay out what the features of each subject look at."""
        self._most = max(map(len, subjects.columns))
        self._looks = _Looks(
            np.cumsum([0, *map(len, subjects.columns)]),
            np.array([c for own in subjects.columns for c in own], dtype=np.int64),
            np.full(len(feature_set.features), _NONE),
            np.zeros(len(feature_set.features), dtype=np.int64),
        )
        for own in subjects.columns:
            for column, feature in _told(feature_set, own).items():
                self._looks.kind[column] = OPERATORS[feature.operator].code
                self._looks.span[column] = feature.window or WHOLE_HISTORY

    def choose(
        self,
        subject: NDArray[np.int64],
        row: NDArray[np.int64],
        numbers: NDArray[np.float64],
        contributions: NDArray[np.float64],
    ) -> Chosen:
        """Choose what to say of subjects.

        Args:
            subject: int64 [reasons], positions of subjects.
            row: int64 [reasons], of which row.
            numbers: float64 [rows, features], values; NaN is missing.
            contributions: float64 [rows, features], what each adds to the log-odds; finite.
        """
        columns = np.full((len(subject), self._most), _NONE)
        facts = np.full((len(subject), MOST_FACTS, 3), _NONE)
        _choose(subject, row, self._looks, numbers, contributions, columns, facts)
        return Chosen(columns, facts)


def facts_of(chosen: NDArray[np.int64]) -> list[Fact]:
    """Return the facts of one reason, from int64 [`MOST_FACTS`, 3]."""
    kinds, spans = chosen[:, 0].tolist(), chosen[:, 2].tolist()
    values = np.ascontiguousarray(chosen[:, 1]).view(np.float64).tolist()
    return [
        Fact(_NAMES[kind], value, span)
        for kind, value, span in zip(kinds, values, spans, strict=True)
        if kind != _NONE
    ]


@compiled(nogil=True)
def whole_times(days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times that have passed as they are said: whole days, hours or minutes; NaN is none."""
    whole = days.copy()
    for place in range(len(days)):
        if not np.isnan(days[place]):
            whole[place] = _whole(days[place])
    return whole


def _told(feature_set: FeatureSet, columns: tuple[int, ...]) -> dict[int, Behaviour]:
    """Return the features of a subject that can be told, by column."""
    own = {c: f for c in columns if isinstance(f := feature_set.features[c], Behaviour)}
    # Nobody talks of weighted counts as long as there is anything else to tell.
    return {c: f for c, f in own.items() if f.operator != "decayed_count"} or own


@compiled(nogil=True)
def _choose(
    subject: NDArray[np.int64],
    row: NDArray[np.int64],
    looks: _Looks,
    numbers: NDArray[np.float64],
    contributions: NDArray[np.float64],
    columns: NDArray[np.int64],
    facts: NDArray[np.int64],
) -> None:
    starts, kind, span = looks.starts, looks.kind, looks.span
    values = facts.view(np.float64)
    said = np.empty((MOST_FACTS, 2), dtype=np.int64)
    said_value = np.empty(MOST_FACTS)
    for reason in range(len(subject)):
        start, stop, r = starts[subject[reason]], starts[subject[reason] + 1], row[reason]
        for place in range(stop - start):
            column = looks.columns[start + place]
            put_by_size(columns[reason], place, column, contributions[r])
        quiet_for, last, strongest = _quiet(columns[reason], kind, span, numbers[r])
        if strongest == _NONE:
            continue
        if quiet_for == WHOLE_HISTORY and np.isnan(last):
            facts[reason, 0, 0], facts[reason, 0, 2] = _QUIET, WHOLE_HISTORY
            values[reason, 0, 1] = 0.0
            continue
        enough = _FAINT * abs(contributions[r, strongest])
        found = 0
        for column in columns[reason]:
            if column == _NONE or found == MOST_FACTS:
                break
            operator, value, back = kind[column], numbers[r, column], span[column]
            if operator == _NONE:
                continue
            if abs(contributions[r, column]) < enough:
                break
            what, of, over = _saying(operator, back, value, quiet_for, last)
            known = False
            for other in range(found):
                same = said_value[other] == of or (np.isnan(said_value[other]) and np.isnan(of))
                known |= said[other, 0] == what and said[other, 1] == over and same
            if known:
                continue
            said[found, 0], said[found, 1], said_value[found] = what, over, of
            if what == _QUIET:
                silent = np.isnan(last)
                operator, value = (_QUIET, 0.0) if silent else (_LAST, last)
                back = quiet_for if silent else WHOLE_HISTORY
            if operator in (_LAST, _FIRST):
                value = _whole(value)
            _insert(facts[reason], values[reason], found, operator, value, back)
            found += 1


@compiled(nogil=True)
def _quiet(
    columns: NDArray[np.int64],
    kind: NDArray[np.int64],
    span: NDArray[np.int64],
    numbers: NDArray[np.float64],
) -> tuple[int, float, int]:
    """Return for how long nothing has happened, the days since it last did, and the strongest."""
    quiet_for, last, strongest = 0, np.nan, _NONE
    for column in columns:
        if column == _NONE or kind[column] == _NONE:
            continue
        if strongest == _NONE:
            strongest = column
        value = numbers[column]
        if kind[column] == _LAST and value > 0.0:
            last = value
            quiet_for = max(quiet_for, int(np.rint(value * DAY_US)))
        elif _TELLING[kind[column]] and not value > 0.0:
            quiet_for = max(quiet_for, span[column])
    return quiet_for, last, strongest


@compiled(nogil=True)
def _saying(
    operator: int, span: int, value: float, quiet_for: int, last: float
) -> tuple[int, float, int]:
    """Return what features have in common that say the same: a kind, a value and a span."""
    if value > 0.0:
        # Once is on one day, and one item: nobody says both.
        if operator == _COUNT or (value == 1.0 and _ONCE[operator]):
            return _COUNT, value, 0
        if value == last and _SINCE[operator]:
            return _QUIET, 0.0, 0
    elif span <= quiet_for:
        return _QUIET, 0.0, 0
    return (_OF_VALUES if _VALUES[operator] else operator), value, span


@compiled(nogil=True)
def _whole(days: float) -> float:
    """Return a time that has passed in whole days, hours or minutes; 0 for a moment."""
    # As `elapsed` says it.
    micros = max(days, 0.0) * DAY_US + 1
    for unit in _UNITS:
        if micros >= 2 * unit:
            return float(np.floor(micros / unit) * unit / DAY_US)
    return 0.0


@compiled(nogil=True)
def _insert(
    facts: NDArray[np.int64],
    values: NDArray[np.float64],
    count: int,
    kind: int,
    value: float,
    span: int,
) -> None:
    """Insert a fact where it is said."""
    place = count
    while place > 0 and (_RANK[facts[place - 1, 0]], facts[place - 1, 2]) > (_RANK[kind], span):
        facts[place] = facts[place - 1]
        place -= 1
    facts[place, 0], facts[place, 2] = kind, span
    values[place, 1] = value
