"""What is asked about stored leads: the same cases that a request without a record would send."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from features.contract.case import Case
from features.contract.language import Language
from features.contract.lead import Event, Lead, ProfileValue, moment
from serving.record.leads.events import events_of
from serving.record.leads.leads import StoredLead
from serving.record.leads.members import members_of
from serving.record.leads.profiles import profiles


def stored_cases(
    connection: Connection,
    leads: Collection[StoredLead],
    parts: Mapping[int, int],
    as_of: int,
    language: Language | None,
) -> list[Case]:
    """Return one case for each lead, in order.

    Args:
        connection: Reading.
        leads: That stand for themselves, created by `as_of`.
        parts: By number of each part of the leads, for which it stands.
        as_of: Microseconds since 1970; what was recorded later is not known then.
        language: Of the reasons; None leaves it to the service.
    """
    accounts = {lead.account_id for lead in leads if lead.account_id is not None}
    members = members_of(connection, accounts)
    own = {lead.number for lead in leads}
    of_own = {number: root for number, root in parts.items() if root in own}
    events = events_of(connection, of_own | members.parts, as_of)
    known = profiles(connection, of_own, as_of)
    return [
        Case(
            lead=Lead(
                lead.lead_id, moment(lead.created), lead.account_id, _held(known, lead.number)
            ),
            events=events.get(lead.number, []),
            account_events=_of_others(lead, members.leads, events),
            as_of=as_of,
            language=language,
        )
        for lead in leads
    ]


def _held(known: dict[int, dict[str, ProfileValue]], number: int) -> dict[str, ProfileValue]:
    """Return the values of a lead that were not taken back."""
    return {field: value for field, value in known.get(number, {}).items() if value is not None}


def _of_others(
    lead: StoredLead, members: dict[str, set[int]], events: dict[int, list[Event]]
) -> list[Event] | None:
    """Return the events of the other leads of an account; none is known where it has none."""
    if lead.account_id is None:
        return None
    others = sorted(members[lead.account_id] - {lead.number})
    return [event for number in others for event in events.get(number, [])]
