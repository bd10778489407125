"""Buckets: consecutive accounts that one task works on, with about as many leads each."""

import numpy as np
from numpy.typing import NDArray

from features.history.lead_table import Leads


class Buckets:
    """Which bucket each lead is in; no account is in two.

    Attributes:
        count: How many buckets there may be.
        of_lead: int64 [leads], ascending.
    """

    def __init__(self, leads: Leads, count: int) -> None:
        """Divide all leads."""
        self.count = count
        first_of_account = np.searchsorted(leads.account, leads.account)
        self.of_lead: NDArray[np.int64] = first_of_account * count // max(len(leads), 1)

    @property
    def sql(self) -> str:
        """SQL of the same in DuckDB: `account` and `bucket`, from a table `leads`."""
        return f"""
            SELECT account, (min(lead) * {self.count}
                             // (SELECT count(*) FROM leads))::INTEGER AS bucket
            FROM leads GROUP BY account
        """

    def leads(self, bucket: int) -> slice:
        """Return the leads of a bucket."""
        return slice(*np.searchsorted(self.of_lead, (bucket, bucket + 1)).tolist())
