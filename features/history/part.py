"""Some accounts of a history, with all that is known of them: what features are computed from."""

from typing import Literal

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.history.lead_table import Leads
from features.history.profile_history import ProfileHistory


class HistoryPart:
    """Leads, their events and their profiles.

    Attributes:
        connection: A database with the table or view `events`.
        profile: Profile values by lead and moment.
        events: The table `events` as columns in memory; None if there are too many.
        engine: Where the events lie, and features are computed.
    """

    events: pa.Table | None = None
    engine: Literal["local", "spark"] = "local"
    _leads: Leads

    def __init__(self, connection: duckdb.DuckDBPyConnection, profile: ProfileHistory) -> None:
        """Take what is known; a history fills it in later."""
        self.connection = connection
        self.profile = profile

    @classmethod
    def of(
        cls, connection: duckdb.DuckDBPyConnection, profile: ProfileHistory, leads: Leads
    ) -> "HistoryPart":
        """Return what is known of some leads, all of it at hand."""
        part = HistoryPart(connection, profile)
        part._leads = leads
        return part

    def leads(self) -> Leads:
        """Return all leads; a lead's code is its position there."""
        return self._leads

    def of_events(self, query: str, *values: str) -> pa.Table:
        """Return what a query of the table `events` alone finds.

        Args:
            query: In SQL that all engines read.
            values: What each question mark in it stands for.
        """
        return self.connection.sql(query, params=list(values) or None).to_arrow_table()

    def lay_beside_events(self, name: str, table: pa.Table) -> None:
        """Let queries of the table `events` look into another one as well, by a name."""
        self.connection.register(name, table)

    def eventful(self, as_of: int) -> NDArray[np.bool_]:
        """Return of which leads an event counts at a moment, bool [leads]."""
        found = self.of_events(f"""
            SELECT DISTINCT lead FROM events
            WHERE lead >= 0 AND occurred < {as_of} AND recorded <= {as_of}
        """)
        eventful = np.zeros(len(self._leads), dtype=np.bool_)
        eventful[found["lead"].to_numpy()] = True
        return eventful
