"""Who a lead is: what the CRM knows, with gaps, and how well the true profile fits."""

import numpy as np
from numpy.typing import NDArray

_INDUSTRIES = {
    "machinery": (0.17, 0.5),
    "automotive": (0.11, 0.35),
    "logistics": (0.12, 0.4),
    "manufacturing": (0.14, 0.45),
    "software": (0.13, 0.0),
    "healthcare": (0.09, -0.1),
    "retail": (0.10, -0.3),
    "consulting": (0.08, -0.5),
    "public_sector": (0.06, -0.6),
}
_ROLES = {
    "management": (0.14, 0.6),
    "head of department": (0.20, 0.5),
    "procurement": (0.13, 0.2),
    "engineer": (0.21, 0.0),
    "it": (0.14, 0.1),
    "marketing": (0.09, -0.3),
    "student": (0.06, -2.0),
    "competitor": (0.03, -2.5),
}
_COUNTRIES = {"DE": 0.86, "AT": 0.08, "CH": 0.06}
_BUNDESLAENDER = {
    "NW": 0.215, "BY": 0.16, "BW": 0.135, "NI": 0.095, "HE": 0.075, "RP": 0.05, "SN": 0.05,
    "BE": 0.045, "SH": 0.035, "BB": 0.03, "ST": 0.025, "TH": 0.025, "HH": 0.02, "MV": 0.02,
    "SL": 0.01, "HB": 0.01,
}  # fmt: skip
_UNKNOWN = {"industry": 0.05, "employees": 0.14, "role": 0.12}


def draw_profiles(
    account: NDArray[np.int64], intent: NDArray[np.float64], rng: np.random.Generator
) -> tuple[dict[str, NDArray[np.object_]], NDArray[np.float64]]:
    """Draw the profile of each lead, alike inside an account where it is about the company.

    Args:
        account: int64 [leads], counting up from 0.
        intent: float64 [leads]; who wants to buy leaves a phone number more often.
        rng: Source of all chance.

    Returns:
        What the CRM knows, object [leads] by field name with None where it does not; and the fit of
        the true profile, float64 [leads].
    """
    leads, accounts = len(account), int(account[-1]) + 1
    industry = _draw([share for share, _ in _INDUSTRIES.values()], accounts, rng)[account]
    role = _draw([share for share, _ in _ROLES.values()], leads, rng)
    employees = np.ceil(rng.lognormal(np.log(110), 1.5, accounts)).clip(1, 200_000)[account]
    country = _draw(list(_COUNTRIES.values()), accounts, rng)[account]
    land = _draw(list(_BUNDESLAENDER.values()), accounts, rng)[account]

    fit = np.array([effect for _, effect in _INDUSTRIES.values()])[industry]
    fit += np.array([effect for _, effect in _ROLES.values()])[role]
    # The product suits the Mittelstand best: a parabola around 300 people.
    fit += (0.5 - 0.25 * np.log(employees / 300) ** 2).clip(-1.0)

    bundesland = np.array(list(_BUNDESLAENDER), dtype=object)[land]
    bundesland[country != 0] = None
    profile = {
        "industry": np.array(list(_INDUSTRIES), dtype=object)[industry],
        "employees": employees.astype(np.int64).astype(object),
        "role": np.array(list(_ROLES), dtype=object)[role],
        "country": np.array(list(_COUNTRIES), dtype=object)[country],
        "bundesland": bundesland,
        "has_phone": (rng.random(leads) < _sigmoid(0.5 * intent - 0.4)).astype(object),
        "newsletter": (rng.random(leads) < _sigmoid(0.3 * intent - 0.2)).astype(object),
    }
    for field, share in _UNKNOWN.items():
        profile[field][rng.random(leads) < share] = None
    return profile, fit


def _draw(shares: list[float], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    weights = np.array(shares)
    return rng.choice(len(weights), size=size, p=weights / weights.sum())


def _sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1.0 / (1.0 + np.exp(-x))
