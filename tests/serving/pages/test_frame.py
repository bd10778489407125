"""What stands around pages: moments as their readers read them."""

from datetime import UTC, datetime

import pytest

from features.contract.language import Language
from features.contract.lead import micros
from serving.pages.frame import Frame


@pytest.mark.parametrize(
    ("language", "time_zone", "said"),
    [
        ("de", "Europe/Berlin", ("29. März 2026, 01:59 MEZ", "29. März 2026, 03:00 MESZ")),
        ("en", "Europe/Berlin", ("29 Mar 2026, 01:59 CET", "29 Mar 2026, 03:00 CEST")),
        ("de", "UTC", ("29. März 2026, 00:59 UTC", "29. März 2026, 01:00 UTC")),
    ],
)
def test_moments_are_read_in_the_time_zone_of_the_agreement(
    language: Language, time_zone: str, said: tuple[str, str]
) -> None:
    frame = Frame(language, "/app/", "token", time_zone=time_zone)
    moments = (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC))
    assert tuple(frame.when(micros(at, "at")) for at in moments) == said
