"""Features that follow from a lead and a moment: age, what of the profile is missing, the season.

A lead created at the first moment of 1970 is one whose creation nobody knows: that is what exports
write for no date, and what sources without such a column are read as.
"""

import numpy as np
from numpy.typing import NDArray

from features.contract.duration import DAY_US
from features.declaration.feature_set import LeadAge, MissingCount, Season
from features.declaration.table import FeatureTable

_AGE, _MISSING_COUNT = LeadAge().name, MissingCount().name
_NOTHING = np.array(None, dtype=object)

_YEAR_US = round(365.2425 * DAY_US)
_ANGLES = 2 * np.pi * np.arange(_YEAR_US // DAY_US + 1) / (_YEAR_US / DAY_US)
# Looked up by the day: a sine of many rows and that of one may differ in the last bit.
_WAVES = {Season(wave="sine").name: np.sin(_ANGLES), Season(wave="cosine").name: np.cos(_ANGLES)}


def fill_derived(table: FeatureTable, created: NDArray[np.int64], as_of: NDArray[np.int64]) -> None:
    """Write lead age, missing count and season into a table whose profile is filled.

    Args:
        table: Its `numbers` are written in place.
        created: int64 [rows], microseconds since 1970; 0 where nobody knows.
        as_of: int64 [rows], microseconds since 1970.
    """
    columns = table.feature_set.columns
    if _AGE in columns:
        table.numbers[:, columns[_AGE]] = np.where(created == 0, np.nan, (as_of - created) / DAY_US)
    if _MISSING_COUNT in columns:
        table.numbers[:, columns[_MISSING_COUNT]] = _missing(table)
    day = as_of % _YEAR_US // DAY_US
    for name, wave in _WAVES.items():
        if name in columns:
            table.numbers[:, columns[name]] = wave[day]


def _missing(table: FeatureTable) -> NDArray[np.int64]:
    missing = np.zeros(len(table), dtype=np.int64)
    for column in table.feature_set.numbers.values():
        missing += np.isnan(table.numbers[:, column])
    for texts in table.texts.values():
        missing += np.equal(texts, _NOTHING)
    return missing
