"""Features that follow from a lead and a moment: age, what of the profile is missing, the season.

A lead created at the first moment of 1970 is one whose creation nobody knows: that is what exports
write for no date, and what sources without such a column are read as.
"""

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.declaration.feature_set import LeadAge, MissingCount, Season
from features.declaration.table import FeatureTable
from features.kernel.compiled import compiled

_AGE, _MISSING, _SINE, _COSINE = (
    feature.name
    for feature in (LeadAge(), MissingCount(), Season(wave="sine"), Season(wave="cosine"))
)
_NOWHERE = -1
_NOTHING = np.array(None, dtype=object)

_YEAR_US = round(365.2425 * DAY_US)
_ANGLES = 2 * np.pi * np.arange(_YEAR_US // DAY_US + 1) / (_YEAR_US / DAY_US)
# Looked up by the day: a sine of many rows and that of one may differ in the last bit.
_WAVES = np.stack((np.sin(_ANGLES), np.cos(_ANGLES)))


def fill_derived(table: FeatureTable, created: NDArray[np.int64], as_of: NDArray[np.int64]) -> None:
    """Write lead age, missing count and season into a table whose profile is filled.

    Args:
        table: Its `numbers` are written in place.
        created: int64 [rows], microseconds since 1970; 0 where nobody knows.
        as_of: int64 [rows], microseconds since 1970.
    """
    columns, numbers = table.feature_set.columns, table.numbers
    if _MISSING in columns:
        numbers[:, columns[_MISSING]] = _missing(table)
    age, sine, cosine = (columns.get(name, _NOWHERE) for name in (_AGE, _SINE, _COSINE))
    _fill(created, as_of, age, sine, cosine, numbers)


def _missing(table: FeatureTable) -> NDArray[np.int64]:
    fields = [*table.feature_set.numbers.values()]
    numbers: NDArray[np.int64] = np.isnan(table.numbers[:, fields]).sum(axis=1)
    texts = np.array([*table.texts.values()], dtype=object).reshape(-1, len(table))
    missing: NDArray[np.int64] = np.equal(texts, _NOTHING).sum(axis=0)
    return numbers + missing


@compiled()
def _fill(
    created: NDArray[np.int64],
    as_of: NDArray[np.int64],
    age: int,
    sine: int,
    cosine: int,
    numbers: NDArray[np.float64],
) -> None:
    for r in range(len(as_of)):
        if age != _NOWHERE:
            numbers[r, age] = np.nan if created[r] == 0 else (as_of[r] - created[r]) / DAY_US
        day = as_of[r] % _YEAR_US // DAY_US
        if sine != _NOWHERE:
            numbers[r, sine] = _WAVES[0, day]
        if cosine != _NOWHERE:
            numbers[r, cosine] = _WAVES[1, day]
