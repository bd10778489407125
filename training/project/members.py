"""The leads that a project is about: all of its sources, or those of one group."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from features.contract.group import membership
from features.history.history import History
from training.project.project import Project

Inside = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.bool_]]
"""Tells which rows of (lead, as_of) the project is about, by what was known then; bool [rows]."""


def everybody(lead: NDArray[np.int64], _: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell that it is about all of them."""
    return np.ones(len(lead), dtype=np.bool_)


def members_of(project: Project, history: History) -> Inside:
    """Return what tells the leads of a project; without `[leads]`, these are all."""
    if project.leads is None:
        return everybody
    where = project.leads.where
    is_one = membership(where)

    def inside(lead: NDArray[np.int64], as_of: NDArray[np.int64]) -> NDArray[np.bool_]:
        profiles, profile = history.profile.distinct(sorted(where), lead, as_of)
        fits = np.array([is_one(one) for one in profiles], dtype=np.bool_)
        return fits[profile]

    return inside
