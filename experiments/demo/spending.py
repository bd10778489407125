"""What the channels of a simulated market cost, month by month."""

from collections import Counter
from collections.abc import Iterable

from features.contract.lead import moment
from serving.intake.leads import ToldLead
from serving.lifecycle.kpis.costs import Cost

_OF_A_LEAD = {
    "seo": 35.0,
    "sea": 90.0,
    "social": 60.0,
    "affiliate": 55.0,
    "trade_fair": 240.0,
    "field_sales": 310.0,
}
"""What a lead of each channel costs, in euros."""


def costs_of(leads: Iterable[ToldLead]) -> list[Cost]:
    """Return what leads have cost: by the month in which they came, and their channel."""
    came = Counter(
        (f"{moment(lead.recorded):%Y-%m}", str(lead.profile["channel"])) for lead in leads
    )
    return [
        Cost(month, channel, None, count * _OF_A_LEAD[channel])
        for (month, channel), count in sorted(came.items())
    ]
