"""What features are about: a profile field, an event type at a level, all events, the lead's age.

Many features tell of one thing, such as how often the price page was visited in 7, 30 and 90 days.
A reader is told of the thing: its contribution is the sum of theirs.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from features.declaration.feature_set import Feature, FeatureSet

EVERY_EVENT = "*"


def subject_of(feature: Feature) -> str:
    """Return what a feature is about, such as ``profile.role`` or ``account.event:price_page``.

    All events are ``event:*``; what has one feature only is called as the feature is.
    """
    if feature.kind == "season":
        return "season"
    if feature.kind != "behaviour":
        return feature.name
    prefix = "account." if feature.level == "account" else ""
    return f"{prefix}event:{feature.event_type or EVERY_EVENT}"


class Subjects:
    """The subjects of a feature set, in the order of their first features.

    Attributes:
        names: One for each subject.
        columns: The columns of its features, for each subject.
    """

    def __init__(self, feature_set: FeatureSet) -> None:
        """Gather the columns of each subject."""
        columns: defaultdict[str, list[int]] = defaultdict(list)
        for column, feature in enumerate(feature_set.features):
            columns[subject_of(feature)].append(column)
        self.names = tuple(columns)
        self.columns = tuple(map(tuple, columns.values()))
        self._order = np.concatenate([*columns.values()])
        self._starts = np.cumsum([0, *map(len, self.columns)])[:-1]

    def sums(self, contributions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64 [rows, subjects], sums of float64 [rows, features]."""
        # Rows have to be contiguous, or one row and many are not added up in the same order.
        ordered = np.take(contributions, self._order, axis=1)
        sums: NDArray[np.float64] = np.add.reduceat(ordered, self._starts, axis=1)
        return sums
