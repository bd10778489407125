"""Leads that come in over the whole history, and a profile that says a little about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.worlds.truth import DAYS, KNOWN_DAYS, START
from features.contract.duration import DAY_US

LEADS = 3_000

_SEGMENTS = np.array(["small", "medium", "large", "public"], dtype=object)


@dataclass(frozen=True, slots=True)
class Leads:
    """Leads of a world, all [leads].

    Attributes:
        lead_id: Object array of str.
        created: int64, microseconds since 1970.
        profile: What the CRM knows by field name; numbers, or texts, with NaN or None for missing.
        account_id: Object array of str; None where a world has no accounts.
    """

    lead_id: NDArray[np.object_]
    created: NDArray[np.int64]
    profile: dict[str, NDArray[np.float64] | NDArray[np.object_]]
    account_id: NDArray[np.object_] | None = None


def arrivals(days: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return when leads are created: at random over the first `days` days, int64 [leads]."""
    created: NDArray[np.int64] = START + rng.integers(0, days * DAY_US, LEADS)
    return created


def numbered(prefix: str, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return ids of leads or accounts."""
    return np.array([f"{prefix}{number:05d}" for number in numbers.tolist()], dtype=object)


def draw_leads(propensity: NDArray[np.float64], rng: np.random.Generator) -> Leads:
    """Draw leads of a latent propensity to buy, float64 [leads] of mean 0 and variance 1.

    What the profile says of it is noisy: a size, missing in a tenth, and a segment.
    """
    size = np.exp(4.0 + 0.7 * propensity + 0.7 * rng.normal(size=LEADS)).round()
    size[rng.random(LEADS) < 0.1] = np.nan
    leaning = 0.5 * propensity + rng.normal(size=LEADS)
    segment = _SEGMENTS[np.searchsorted([-0.8, 0.2, 1.2], leaning)]
    return Leads(
        lead_id=numbered("L", np.arange(LEADS)),
        created=arrivals(DAYS, rng),
        profile={"size": size, "segment": segment},
    )


def relative_hazard(propensity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by what a propensity multiplies the hazard, float64 [leads], 1 in the mean."""
    return np.exp(0.8 * propensity - 0.32)


def ages(created: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the age of each lead on each day, float64 [leads, days], 0 up to its first day."""
    first = (created - START) // DAY_US
    age: NDArray[np.float64] = np.maximum(KNOWN_DAYS - first[:, None], 0).astype(np.float64)
    return age
