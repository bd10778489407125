"""The page on the funnel and its figures, and the same as CSV."""

import pytest

from features.contract.clock import now
from features.contract.duration import DAY_US
from serving.access.role import Role
from serving.http.state import ServiceState
from serving.record.lifecycle.stages import StageEntry, add_stages
from tests.serving.http.pages.browser import text_of
from tests.serving.http.pages.conftest import Added, Opened
from tests.serving.record.telling import put, told

PATH = "/app/figures"
HOSTILE = "=<script>alert(1)</script>"


def filled(state: ServiceState) -> None:
    """Let four leads have been handed over 120 days ago, of whom two were accepted."""
    at = now() - 120 * DAY_US
    ways = (("SAL", "SQL"), ("SAL",), ("recycled",), ())
    for n, stages in enumerate(ways):
        profile = {"utm_source": HOSTILE if n % 2 else "fair"}
        number = put(state.kept().database, told(f"L-{n}", at, created=at, profile=profile)).number
        entries = [
            StageEntry(number, stage, at + (k + 1) * DAY_US, "mia")._replace(
                role="sales", reason="no_time" if stage == "recycled" else None
            )
            for k, stage in enumerate(("MQL", *stages))
        ]
        with state.kept().database.writing() as connection:
            add_stages(connection, entries, at)


@pytest.mark.parametrize("role", ["sales", "marketing", "data", "admin"])
def test_all_may_see_figures_also_of_nobody(added: Added, opened: Opened, role: Role) -> None:
    added("mia", role)
    shown = text_of(opened("mia").get(PATH))
    assert "No leads in the period" in shown and "MQL to SQL – no case yet" in shown
    assert "sales has rejected nothing" in shown


def test_the_funnel_and_its_figures_are_shown(
    added: Added, opened: Opened, state: ServiceState
) -> None:
    added("mia", "marketing")
    filled(state)
    mia = opened("mia")
    page = mia.get(f"{PATH}?by=channel")
    shown = text_of(page)
    assert "Lead 4 – MAL 4 100.0 %" in shown and "SAL 2 50.0 %" in shown
    assert "SQL 1 50.0 % 9.5 % – 90.5 %" in shown
    assert "Acceptance rate 66.7 % 20.8 % to 93.9 % 2 of 3 · 1 still open" in shown
    assert "No time 100 % 1" in shown
    assert "fair" in shown and "<script>" not in page.text
    table = mia.get(f"{PATH}/table.csv?by=channel")
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    assert table.text.startswith("channel,figure,")
    # No spreadsheet runs it.
    assert "\n=" not in table.text and "'=<script>" in table.text


def test_a_period_may_be_chosen(added: Added, opened: Opened, state: ServiceState) -> None:
    added("mia", "data")
    filled(state)
    mia = opened("mia")
    assert "No leads in the period" in text_of(mia.get(f"{PATH}?from=2020-01-01&to=2020-02-01"))
    for bad in ("from=x", "from=2026-02-30", "from=2026-02-01&to=2026-01-01", "by=email"):
        answer = mia.get(f"{PATH}?{bad}")
        assert answer.status_code == 422
        assert "There is no such period" in text_of(answer) and "Lead 4" in text_of(answer)
        assert mia.get(f"{PATH}/table.csv?{bad}").status_code == 400
