"""People alerted of what leads do, of grades that jump and of promises about to be broken.

An alert is written in the transaction of what it tells of, together with its message; whoever holds
the lead is the only one that raises any of it. So nobody is told twice, whatever is done again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection

from features.contract.lead import moment
from serving.lifecycle.agreement import Lifecycle
from serving.lifecycle.alerts import EventAlert, GradeAlert, Kind, Occurrence, news
from serving.lifecycle.sla_moments import (
    RECENT_US,
    SlaMoment,
    due_moments,
    next_moment,
    sla_moments,
)
from serving.mail import OWNER
from serving.model.reference import Grade
from serving.record.leads.events import RecentEvent, recent_events
from serving.record.leads.leads import leads_by_number, parts_of
from serving.record.leads.owners import owner_ids, users_owning
from serving.record.lifecycle.alerts import NewAlert, add_alerts, raised_of
from serving.record.privacy.policy import Policy
from serving.record.queue.outbox import Message, add_messages
from serving.record.queue.sla_clocks import claim_due, set_clocks, stop_clocks
from serving.record.scores.scores import CurrentScore, current_scores
from serving.stored.standing import Standing, standings

ALERT_RAISED = "alert.raised"


def alert_of_scored(
    connection: Connection,
    lifecycle: Lifecycle,
    scored: Sequence[Standing],
    grades: Mapping[int, Grade | None],
    now: int,
) -> list[Kind]:
    """Alert people of what happened to leads that were just scored, and return of what kinds.

    Args:
        connection: Writing; nobody else raises alerts of these leads meanwhile.
        lifecycle: The agreement.
        scored: Where they stand by now, with their scores.
        grades: By number, the grade that each had before, None where it had none; a lead of which
            that says nothing is left out.
        now: Microseconds since 1970.
    """
    if not lifecycle.alerts:
        return []
    parts = parts_of(connection, [one.lead.number for one in scored])
    events = _recent(connection, lifecycle, parts, now)
    found = {
        one.lead.number: [
            *_events(lifecycle, one, events.get(one.lead.number, ())),
            *_grades(lifecycle, one, grades),
            *_promises(one, due_moments(_moments(lifecycle, one), now)),
        ]
        for one in scored
    }
    _wind(connection, lifecycle, scored, now)
    return _raise(connection, lifecycle, scored, found, parts, now)


def alert_of_promises(
    connection: Connection, lifecycle: Lifecycle, policy: Policy, now: int, limit: int
) -> tuple[int, list[Kind]]:
    """Alert people of promises that are due to be looked at.

    Args:
        connection: Writing.
        lifecycle: The agreement.
        policy: Which bases for profiling count; without one, nobody is alerted of a lead.
        now: Microseconds since 1970.
        limit: Most leads.

    Returns:
        How many leads were looked at, and of what kinds the alerts are.
    """
    numbers = claim_due(connection, now, limit)
    if not numbers:
        return 0, []
    parts = parts_of(connection, numbers)
    leads = [one for one in leads_by_number(connection, numbers) if one.kind == "lead"]
    standing = [(one, None) for one in leads if one.number in parts.values()]
    every = standings(connection, lifecycle, policy, standing, now)
    here = [one for one in every if one.facts.consent]
    found = {
        one.lead.number: [*_promises(one, due_moments(_moments(lifecycle, one), now))]
        for one in here
    }
    _wind(connection, lifecycle, here, now)
    # Of whoever became part of another lead, or may not be scored any more, nobody is alerted.
    stop_clocks(connection, set(numbers) - {one.lead.number for one in here})
    return len(numbers), _raise(connection, lifecycle, here, found, parts, now)


def _recent(
    connection: Connection, lifecycle: Lifecycle, parts: Mapping[int, int], now: int
) -> dict[int, list[RecentEvent]]:
    """Return events that somebody may be alerted of, by the number of the lead that stands."""
    types = {
        event for one in lifecycle.alerts if isinstance(one, EventAlert) for event in one.events
    }
    found: dict[int, list[RecentEvent]] = {}
    if types:
        for event in recent_events(connection, parts, types, now - RECENT_US, now):
            found.setdefault(parts[event.lead], []).append(event)
    return found


def _events(
    lifecycle: Lifecycle, one: Standing, events: Iterable[RecentEvent]
) -> Iterator[Occurrence]:
    use_case = lifecycle.use_case(one.facts.profile)
    for alert in lifecycle.alerts:
        if not isinstance(alert, EventAlert):
            continue
        for event in events:
            if alert.is_about(event.type, event.item) and alert.concerns(
                one.facts.position.stage, use_case
            ):
                at = moment(event.occurred).isoformat()
                because = {"event_type": event.type, "occurred_at": at}
                key = f"{event.type} {event.event_id}"
                yield Occurrence(alert, event.lead, key, event.received, because)


def _grades(
    lifecycle: Lifecycle, one: Standing, grades: Mapping[int, Grade | None]
) -> Iterator[Occurrence]:
    score, now = one.facts.score, one.facts.now
    if score is None or one.lead.number not in grades:
        return
    old = grades[one.lead.number]
    use_case = lifecycle.use_case(one.facts.profile)
    for alert in lifecycle.alerts:
        if (
            isinstance(alert, GradeAlert)
            and alert.is_about(old, score.grade)
            and alert.concerns(one.facts.position.stage, use_case)
        ):
            because = {"old": old, "new": score.grade}
            yield Occurrence(alert, one.lead.number, str(now), now, because)


def _moments(lifecycle: Lifecycle, one: Standing) -> list[SlaMoment]:
    if one.contacted is not None:
        return []
    use_case = lifecycle.use_case(one.facts.profile)
    terms = lifecycle.promised(use_case)
    return sla_moments(lifecycle.alerts, terms, one.facts.position, use_case)


def _promises(one: Standing, moments: Iterable[SlaMoment]) -> Iterator[Occurrence]:
    position = one.facts.position
    # The part that came into the stage keeps what was told of it, also when it is taken apart.
    came = (entry.lead for entry in one.history if entry.at == position.since)
    own = next(came, one.lead.number)
    for found in moments:
        because = {
            "since": moment(position.since).isoformat(),
            "due_at": moment(found.due_at).isoformat(),
        }
        key = f"{position.stage} {position.since}"
        yield Occurrence(found.alert, own, key, found.at, because)


def _raise(
    connection: Connection,
    lifecycle: Lifecycle,
    here: Sequence[Standing],
    found: Mapping[int, Collection[Occurrence]],
    parts: Mapping[int, int],
    now: int,
) -> list[Kind]:
    """Raise what is news of what was found, by the number of the lead that stands."""
    some = {one.lead.number: one for one in here if found[one.lead.number]}
    if not some:
        return []
    raised = raised_of(connection, {part: root for part, root in parts.items() if root in some})
    scores, owners = current_scores(connection, list(some)), owner_ids(connection, list(some))
    new = [(one, each) for n, one in some.items() for each in news(found[n], raised.get(n, []))]
    alerts = [
        NewAlert(
            lead=each.lead, name=each.alert.name, key=each.key, kind=each.alert.kind,
            said=_said(lifecycle, one, each, scores.get(one.lead.number))
            | {"owner": owners[one.lead.number]},
        )
        for one, each in new
    ]  # fmt: skip
    numbers = add_alerts(connection, alerts, now)
    owned = users_owning(connection, list(some))
    messages = [
        Message(
            ALERT_RAISED, one.lead.number, _payload(number, alert, now),
            # Where nobody owns the lead, there is no owner to be told.
            tuple(t for t in each.alert.tell if t != OWNER or one.lead.number in owned),
        )
        for (one, each), alert, number in zip(new, alerts, numbers, strict=True)
    ]  # fmt: skip
    add_messages(connection, messages, now)
    return [alert.kind for alert in alerts]


def _payload(number: int, alert: NewAlert, now: int) -> dict[str, object]:
    return {
        "type": ALERT_RAISED,
        "timestamp": moment(now).isoformat(),
        "data": {"alert_id": number, **alert.said},
    }


def _said(
    lifecycle: Lifecycle, one: Standing, occurrence: Occurrence, score: CurrentScore | None
) -> dict[str, object]:
    """Return what is told of an alert: no contact, and nothing that a sender wrote freely."""
    alert = occurrence.alert
    return {
        "alert": alert.name,
        "kind": alert.kind,
        "label": None if alert.label is None else alert.label.model_dump(),
        "tell": list(alert.tell),
        "lead_id": one.lead.lead_id,
        "account_id": one.lead.account_id,
        "stage": one.facts.position.stage,
        "grade": None if score is None else score.grade,
        "probability": None if score is None else score.probability,
        "because": dict(occurrence.because),
        "agreement": lifecycle.name,
    }


def _wind(connection: Connection, lifecycle: Lifecycle, here: Sequence[Standing], now: int) -> None:
    """Note when the promises that run for leads are to be looked at next."""
    set_clocks(
        connection,
        {one.lead.number: next_moment(_moments(lifecycle, one), now) for one in here},
    )
