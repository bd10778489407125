"""Leads that are not independent of each other: those of one account or of one person."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from features.history.lead_table import Leads


def independent_groups(leads: Leads) -> NDArray[np.int64]:
    """Return a code for each lead, int64 [leads], equal for leads that belong together.

    Belonging together is passed on: a person with leads in two accounts joins all their leads.
    """
    accounts = int(leads.account.max(initial=-1)) + 1
    nodes = accounts + int(leads.person.max(initial=-1)) + 1
    ones = np.ones(len(leads), dtype=np.int8)
    edges = coo_array((ones, (leads.account, accounts + leads.person)), shape=(nodes, nodes))
    component: NDArray[np.int64] = connected_components(edges, directed=False)[1].astype(np.int64)
    return component[leads.account]
