"""What a history says about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What was read, and what was left out and why.

    Attributes:
        leads: Leads kept.
        events: Events kept; one that two leads share counts for each.
        duplicate_leads: Rows of the leads source whose key an earlier row has.
        leads_before_1970: Leads created before 1970, or at its first moment, which means no date.
        events_of_unknown_leads: Events whose key no lead has.
        duplicate_events: Events whose id another event of the same type and lead has.
        events_before_1970: Events no clock can have seen.
        stages_of_unknown_leads: Stage changes whose lead is not among the leads.
        events_in_future: Events dated later than now: planned, not seen.
        stages_in_future: Stage changes dated later than now.
        profile_is_todays: Whether any profile field has no history.
    """

    leads: int
    events: int
    duplicate_leads: int
    leads_before_1970: int
    events_of_unknown_leads: int
    duplicate_events: int
    events_before_1970: int
    stages_of_unknown_leads: int
    events_in_future: int
    stages_in_future: int
    profile_is_todays: bool


@dataclass(frozen=True, slots=True)
class EventTypeSummary:
    """How often an event type occurs, and whether its events carry values and items.

    Attributes:
        event_type: Its name.
        events: How many there are.
        leads: How many leads they belong to.
        value_share: Share of events with a value, 0 to 1.
        item_share: Share of events with an item, 0 to 1.
    """

    event_type: str
    events: int
    leads: int
    value_share: float
    item_share: float
