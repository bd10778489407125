"""What a history says about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceEnd:
    """How far a source of leads or events reaches.

    Attributes:
        section: Where the project file declares it, such as ``sources.events.1``.
        end: Its newest moment by now, microseconds since 1970; None if it has none.
    """

    section: str
    end: int | None


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
        leads_never_seen: Leads that start with the data, since nothing tells when they did.
        ends: How far the sources of events, and of leads that have dates, reach.
        left_out: Sentences on what never came into the sources.
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
    leads_never_seen: int
    ends: tuple[SourceEnd, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventTypeSummary:
    """How often an event type occurs, and whether its events carry values and items.

    Attributes:
        event_type: Its name.
        events: How many there are.
        leads: How many leads they belong to.
        value_share: Share of events with a value, 0 to 1.
        item_share: Share of events with an item, 0 to 1.
        shortest_lag: Least time from when one happened until it was recorded, microseconds.
    """

    event_type: str
    events: int
    leads: int
    value_share: float
    item_share: float
    shortest_lag: int = 0
