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
_NO_TEXTS = np.empty((0, 0), dtype=np.bool_)

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
    columns = table.feature_set.columns
    age, missing, sine, cosine = (
        columns.get(name, _NOWHERE) for name in (_AGE, _MISSING, _SINE, _COSINE)
    )
    fields = np.array([*table.feature_set.numbers.values()], dtype=np.int64)
    untold = _untold(table) if missing != _NOWHERE else _NO_TEXTS
    _fill(created, as_of, (age, missing, sine, cosine), fields, untold, table.numbers)


def _untold(table: FeatureTable) -> NDArray[np.bool_]:
    # Bool [fields, rows], which texts are missing.
    texts = np.array([*table.texts.values()], dtype=object).reshape(-1, len(table))
    untold: NDArray[np.bool_] = np.equal(texts, _NOTHING)
    return untold


@compiled()
def _fill(
    created: NDArray[np.int64],
    as_of: NDArray[np.int64],
    columns: tuple[int, int, int, int],
    fields: NDArray[np.int64],
    untold: NDArray[np.bool_],
    numbers: NDArray[np.float64],
) -> None:
    age, missing, sine, cosine = columns
    for r in range(len(as_of)):
        if missing != _NOWHERE:
            numbers[r, missing] = 0.0
            for field in fields:
                numbers[r, missing] += np.isnan(numbers[r, field])
            for text in range(len(untold)):
                numbers[r, missing] += untold[text, r]
        if age != _NOWHERE:
            numbers[r, age] = np.nan if created[r] == 0 else (as_of[r] - created[r]) / DAY_US
        day = as_of[r] % _YEAR_US // DAY_US
        if sine != _NOWHERE:
            numbers[r, sine] = _WAVES[0, day]
        if cosine != _NOWHERE:
            numbers[r, cosine] = _WAVES[1, day]
