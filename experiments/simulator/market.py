"""Who the leads are: companies, their people, and what drives them without anyone seeing it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.simulator.profile import draw_profiles
from features.contract.duration import DAY_US

HISTORY_US = 548 * DAY_US
"""Leads come in over eighteen months."""

NEVER = 2**62
"""A moment that does not come; sums with a horizon stay inside int64."""

_SECOND_US = 1_000_000

CHANNELS = ("seo", "sea", "social", "affiliate", "trade_fair", "field_sales")
_MIX_THEN = (0.24, 0.26, 0.08, 0.12, 0.18, 0.12)
_MIX_NOW = (0.30, 0.18, 0.22, 0.08, 0.12, 0.10)
_CHANNEL_FIT = np.array([0.15, 0.0, -0.4, -0.5, 0.4, 0.6])

_GROUP_SIZES = np.array([0.42, 0.25, 0.15, 0.09, 0.06, 0.03])

_BUYING_SHARE = 0.45
_NO_ACCOUNT = 0.06


@dataclass(frozen=True, slots=True)
class Market:
    """Leads as a structure of arrays, all [leads]; those of one account stand side by side.

    Attributes:
        lead_id: Text.
        account_id: Text, None where the CRM does not know the company.
        created: int64, microseconds since 1970.
        channel: int64, position in `CHANNELS`.
        profile: What the CRM knows by field name, None where it does not.
        fit: float64, what the true profile adds to the log hazard of becoming SQL.
        intent: float64, latent wish to buy; mostly shared by the account.
        buying_from: int64, when the account's latent buying phase begins, or `NEVER`.
        buying_until: int64, when it is over, or `NEVER`.
    """

    lead_id: NDArray[np.object_]
    account_id: NDArray[np.object_]
    created: NDArray[np.int64]
    channel: NDArray[np.int64]
    profile: dict[str, NDArray[np.object_]]
    fit: NDArray[np.float64]
    intent: NDArray[np.float64]
    buying_from: NDArray[np.int64]
    buying_until: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of leads."""
        return len(self.lead_id)


def draw_market(leads: int, before: int, until: int, rng: np.random.Generator) -> Market:
    """Draw leads that come in up to `until`.

    Args:
        leads: How many.
        before: How many were drawn before, so that ids go on from there.
        until: End of the history, microseconds since 1970.
        rng: Source of all chance.
    """
    account = _groups(leads, rng)
    accounts = int(account[-1]) + 1
    first, created = _arrivals(account, until, rng)
    intent = np.sqrt(0.65) * rng.normal(size=accounts)[account]
    intent += np.sqrt(0.35) * rng.normal(size=leads)
    buying_from, buying_until = _buying_phases(first, rng)
    channel = _channels(created, until, rng)
    profile, fit = draw_profiles(account, intent, rng)
    profile["channel"] = np.array(CHANNELS, dtype=object)[channel]
    account_id = _ids("A", account + before)
    account_id[rng.random(leads) < _NO_ACCOUNT] = None
    return Market(
        lead_id=_ids("L", np.arange(leads) + before),
        account_id=account_id,
        created=created,
        channel=channel,
        profile=profile,
        fit=fit + _CHANNEL_FIT[channel],
        intent=intent,
        buying_from=buying_from[account],
        buying_until=buying_until[account],
    )


def _groups(leads: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return the account of each lead: 0, 0, 0, 1, 2, 2..."""
    sizes = rng.choice(len(_GROUP_SIZES), size=leads, p=_GROUP_SIZES) + 1
    return np.repeat(np.arange(leads), sizes)[:leads]


def _arrivals(
    account: NDArray[np.int64], until: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first contact of each account, and when each lead was created."""
    leads, accounts = len(account), int(account[-1]) + 1
    # More companies come in later: the density grows in a straight line to 1.5 times the first.
    share = (np.sqrt(1 + 1.25 * rng.random(accounts)) - 1) / 0.5
    first = until - HISTORY_US + _whole_seconds(share * (HISTORY_US - DAY_US))
    later = np.minimum(
        rng.exponential(25 * DAY_US, leads), rng.random(leads) * (until - first)[account]
    )
    heads = np.r_[True, account[1:] != account[:-1]]
    created: NDArray[np.int64] = first[account] + np.where(heads, 0, _whole_seconds(later))
    return first, created


def _buying_phases(
    first: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return begin and end of each account's phase, around and after its first contact."""
    accounts = len(first)
    buying = rng.random(accounts) < _BUYING_SHARE
    begin = first + _whole_seconds(rng.uniform(-10, 110, accounts) * DAY_US)
    end = begin + _whole_seconds((20 + rng.gamma(2.0, 20.0, accounts)) * DAY_US)
    return np.where(buying, begin, NEVER), np.where(buying, end, NEVER)


def _channels(
    created: NDArray[np.int64], until: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw channels from a mix that drifts from what it was to what it is."""
    age = ((until - created) / HISTORY_US)[:, None]
    mix = age * np.array(_MIX_THEN) + (1 - age) * np.array(_MIX_NOW)
    below: NDArray[np.int64] = (rng.random((len(created), 1)) > mix.cumsum(axis=1)).sum(axis=1)
    return np.minimum(below, len(CHANNELS) - 1)


def _whole_seconds(micros: NDArray[np.float64]) -> NDArray[np.int64]:
    return (micros // _SECOND_US).astype(np.int64) * _SECOND_US


def _ids(prefix: str, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array([f"{prefix}{number + 1:07d}" for number in numbers.tolist()], dtype=object)
