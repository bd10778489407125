"""What is asked: a lead, what is known of it, and the moment it is asked about."""

from dataclasses import dataclass

from features.contract.language import Language
from features.contract.lead import Event, Lead


@dataclass(frozen=True, slots=True)
class Case:
    """A lead to score, at a moment.

    Attributes:
        lead: The lead.
        events: Its own events.
        account_events: Events of the other leads of its account; None if not known.
        as_of: Microseconds since 1970.
        language: Of the reasons; None leaves it to whoever answers.
    """

    lead: Lead
    events: list[Event]
    account_events: list[Event] | None
    as_of: int
    language: Language | None
