"""The page on the handover: without terms, with them, and its threshold brought into force."""

import pytest

from features.contract.clock import now
from serving.access.role import Role
from serving.http.state import ServiceState
from serving.lifecycle.handover import HandoverTerms
from serving.record.lifecycle.stages import StageEntry, add_stages
from serving.record.lifecycle.thresholds import threshold_in_force
from serving.record.privacy.consents import NewConsent, add_consent
from serving.record.scores.scores import GivenScore, give_scores
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.record.telling import HOUR, put, told

PATH = "/app/figures/handover"
TERMS = HandoverTerms(
    calls_per_week=2, value_of_conversion=1000, cost_of_call=100, currency="EUR"
)  # fmt: skip


def priced(state: ServiceState) -> None:
    """Let calls have a price, and three leads wait, of whom two can be called."""
    kept, at = state.kept(), now() - HOUR
    kept.lifecycle = kept.lifecycle.model_copy(update={"handover": TERMS})
    for lead_id, chance in (("a", 0.5), ("b", 0.3), ("c", 0.05)):
        number = put(kept.database, told(lead_id, at, created=at)).number
        score = GivenScore(
            number, at, at, chance, 95, "A", "model", None, "m/1", None, 0.0, 0.0, {}
        )  # fmt: skip
        with kept.database.writing() as connection:
            basis = NewConsent("profiling", "consent", True, "t", None, None, at)
            add_consent(connection, number, basis, at)
            give_scores(connection, [score])
            add_stages(
                connection,
                [StageEntry(number, "MQL", at + 1, "rule")._replace(
                    role="rule", probability=chance, grade="A")],
                at,
            )  # fmt: skip


def test_without_terms_it_says_what_lacks(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added("ben", "marketing")
    ben = opened("ben")
    shown = text_of(ben.get(PATH))
    assert "No call has a price yet" in shown and "handover.calls_per_week" in shown
    assert "What past lists brought" in shown
    assert ben.send(PATH).status_code == 409


def test_the_best_threshold_is_shown_and_brought_into_force(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added("ben", "marketing")
    priced(state)
    ben = opened("ben")
    page = ben.get(PATH)
    shown = text_of(page)
    # Two calls: 0.5 * 1000 - 100 and 0.3 * 1000 - 100.
    assert "Best threshold 30.0 % 2 leads, 2 of them called, 0.8 become SQL" in shown
    assert "600 €" in shown or "€600" in shown
    assert "The criteria of the lifecycle decide" in shown and "<polyline" in page.text
    assert ben.send(PATH).status_code == 303
    with state.kept().database.reading() as connection:
        entry = threshold_in_force(connection)
    assert entry is not None and (entry.threshold, entry.by) == (0.3, "user 1")
    shown = text_of(ben.get(PATH))
    assert "In force 30.0 %" in shown and "into force" not in shown


@pytest.mark.parametrize("role", ["sales", "data"])
def test_others_see_it_and_change_nothing(
    added: Added, opened: Opened, state: ServiceState, role: Role
) -> None:
    added("mia", role)
    priced(state)
    mia = opened("mia")
    assert "Bring" not in text_of(mia.get(PATH))
    assert mia.send(PATH).status_code == 403
