"""What differs between a score that was given and what is said offline."""

import math
from collections import Counter

from serving.scoring.answer import Assessment
from training.consistency.given import Given

TOLERANCE = 1e-6
"""Up to which log-odds, probabilities and contributions are the same: sums differ in a last bit."""

_OTHER = "other"


def differences(given: Given, said: Assessment) -> dict[str, float]:
    """Return by how much what is said offline is above what was given; nothing if they agree.

    Args:
        given: The score.
        said: Offline.

    Returns:
        Differences beyond `TOLERANCE` in log-odds by subject (and ``base``, ``other``, which are
        the subjects that the score did not list), of the sum as ``log_odds`` where no part differs
        by itself, and of the ``probability``.
    """
    parts = _parts(given, said)
    parts["base"] = said.base - given.base_log_odds
    found = {name: by for name, by in parts.items() if not abs(by) <= TOLERANCE}
    total = said.base + math.fsum(said.by_reason.tolist()) - given.log_odds
    if not found and not abs(total) <= TOLERANCE:
        found["log_odds"] = total
    if not abs(said.probability - given.probability) <= TOLERANCE:
        found["probability"] = said.probability - given.probability
    return found


def _parts(given: Given, said: Assessment) -> dict[str, float]:
    """Return differences by subject that the score listed; those of all others are one.

    A subject of several rules is among the others: which of them were listed is not known.
    """
    subjects = [subject for subject, _ in said.basis.about]
    alone = {subject for subject, reasons in Counter(subjects).items() if reasons == 1}
    listed = given.contributions.keys() & alone
    parts = dict.fromkeys([*listed, _OTHER], 0.0)
    for subject, value in zip(subjects, said.by_reason.tolist(), strict=True):
        parts[subject if subject in listed else _OTHER] += value
    for subject, value in given.contributions.items():
        parts[subject if subject in listed else _OTHER] -= value
    return parts
