"""A promise of eight hours over Easter."""

from datetime import datetime
from zoneinfo import ZoneInfo

from features.contract.lead import micros
from serving.lifecycle.sla import SlaTerms

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
HOURS: dict[str, object] = {
    "time_zone": "Europe/Berlin", "region": "DE", **dict.fromkeys(WEEKDAYS, "09:00-17:00"),
}  # fmt: skip
TERMS = SlaTerms.model_validate({"hours": HOURS, "stages": {"MQL": {"within": "8h"}}})


def at(text: str) -> int:
    return micros(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")), "")


SINCE = at("2026-04-02T13:00")  # the Thursday before Easter
DUE = at("2026-04-07T13:00")  # the Tuesday after
WARNED = at("2026-04-07T11:00")
