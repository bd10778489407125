"""A service with an empty record, answered by rules, on either database."""

import math
from collections.abc import Iterator

import httpx
import pytest

from serving.agreements import Agreements
from serving.http.state import ServiceState
from serving.record.database.database import Database
from serving.record.privacy.policy import Policy
from serving.scoring.rules import read_rules
from serving.scoring.scoring import Conditions, Scoring
from serving.stored.scoring import StoredScores
from tests.serving.server import answering


@pytest.fixture
def state(database: Database) -> ServiceState:
    """Return what the service answers from."""
    state = ServiceState()
    state.record = StoredScores(database, Policy())
    state.record.agreements = Agreements(database, None, None)
    state.ready(Scoring(read_rules(), "no_model", Conditions(deadline=math.inf)))
    return state


@pytest.fixture
def client(state: ServiceState) -> Iterator[httpx.Client]:
    """Return a client of the service, which runs."""
    with answering(state) as client:
        yield client
