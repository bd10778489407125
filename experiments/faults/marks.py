"""Words that stand in all that is told of leads, and in every secret: no log may hold one."""

import json
import re

LEAD = "wolfsmark"
SECRET = "dachsmark"

_CREATED = "2026-04-20T08:00:00Z"
_AS_OF = "2026-05-28T00:00:00Z"


def marked_lead(number: int) -> str:
    """Return the id of a lead."""
    return f"{LEAD}-{number}"


def marked_body(number: int) -> bytes:
    """Return what is told of a lead with a person's data."""
    contact = {"email": f"{LEAD}{number}@example.com", "name": f"Erika {LEAD}", "company": LEAD}
    consent = {"purpose": "profiling", "source": LEAD, "at": _CREATED}
    profile = {"industry": LEAD, "employees": 120}
    told = {"created_at": _CREATED, "contact": contact, "profile": profile, "consents": [consent]}
    return json.dumps(told).encode()


def marked_request(events: int) -> bytes:
    """Return a request for the score of a lead that nobody keeps, with so many events."""
    event = {"event_type": "page_view", "occurred_at": "2026-05-01T10:00:00Z", "item": LEAD * 2}
    lead = {"lead_id": LEAD, "created_at": _CREATED, "profile": {"industry": LEAD}}
    return json.dumps({"lead": lead, "events": [event] * events, "as_of": _AS_OF}).encode()


def marks_in(text: str, *secrets: str) -> int:
    """Count the places of a text that hold a mark, or another secret."""
    return len(re.findall("|".join(map(re.escape, (LEAD, SECRET, *secrets))), text, re.IGNORECASE))
