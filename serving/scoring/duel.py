"""A champion and a challenger, by what both said of the same leads at the same moments."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from serving.model.reference import GRADE_FROM_SCORE

_BEST = 100 - GRADE_FROM_SCORE["A"]
"""How many of a hundred leads are among the best of each."""


class Duel(NamedTuple):
    """How far two models agree.

    Attributes:
        leads: That both scored.
        champion: Mean of its probabilities.
        challenger: Mean of its probabilities.
        apart: Mean distance of the two probabilities of a lead.
        same_best: Share of the best tenth of the one that the other one has among its best, too.
    """

    leads: int
    champion: float
    challenger: float
    apart: float
    same_best: float


def duel(said: Sequence[tuple[float, float]]) -> Duel | None:
    """Return how far two models agree, None where there is nothing to compare.

    Args:
        said: For each lead, the probability by the champion and by the challenger.
    """
    if not said:
        return None
    one, other = np.array(said).T
    most = max(1, round(len(said) * _BEST / 100))
    both = {*np.argsort(-one, kind="stable")[:most]} & {*np.argsort(-other, kind="stable")[:most]}
    return Duel(
        leads=len(said),
        champion=float(one.mean()),
        challenger=float(other.mean()),
        apart=float(np.abs(one - other).mean()),
        same_best=len(both) / most,
    )
