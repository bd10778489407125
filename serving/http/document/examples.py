"""Examples of what is sent; they work when pasted."""

from typing import Any

EXAMPLE_REQUEST: dict[str, Any] = {
    "lead": {
        "lead_id": "L-1042",
        "created_at": "2026-02-20T08:15:00Z",
        "account_id": "A-77",
        "profile": {
            "channel": "trade_fair",
            "industry": "manufacturing",
            "employees": 240,
            "role": "management",
        },
    },
    "events": [
        {"event_type": "trade_fair_visit", "occurred_at": "2026-02-20T08:15:00Z"},
        {
            "event_type": "whitepaper",
            "occurred_at": "2026-02-24T13:40:00Z",
            "item": "predictive-maintenance",
        },
        {"event_type": "price_page", "occurred_at": "2026-02-27T09:05:00+01:00"},
        {
            "event_type": "demo_request",
            "occurred_at": "2026-02-28T16:20:00Z",
            "recorded_at": "2026-02-28T16:25:00Z",
            "event_id": "E-9001",
        },
    ],
    "as_of": "2026-03-01T12:00:00Z",
    "language": "en",
}

BAD_LEAD: dict[str, Any] = {"lead": {"lead_id": "L-1043", "created_at": "2026-02-20T08:15:00"}}

EXAMPLES: dict[str, Any] = {
    "ScoreRequest": EXAMPLE_REQUEST,
    "BatchRequest": {"leads": [EXAMPLE_REQUEST, BAD_LEAD]},
    "LeadBody": {
        "created_at": "2026-02-20T08:15:00Z",
        "account_id": "A-77",
        "profile": {"channel": "trade_fair", "industry": "manufacturing", "employees": 240},
        "contact": {"email": "k.sommer@example.com", "phone": "+49 30 901820"},
        "consents": [
            {"purpose": "profiling", "source": "form:trade-fair", "wording": "2026-01"},
        ],
    },
    "EventsBody": {
        "events": [
            {
                "lead_id": "L-1042",
                "event_type": "demo_request",
                "occurred_at": "2026-02-28T16:20:00Z",
                "event_id": "E-9001",
            },
            {"email": "k.sommer@example.com", "event_type": "price_page"},
        ]
    },
    "StagesBody": {"stages": [{"lead_id": "L-1042", "stage": "MQL"}]},
    "FeedbackBody": {"lead_id": "L-1042", "kind": "rejected", "reason": "no budget this year"},
    "TrackedBatch": {
        "batch": [
            {
                "type": "track",
                "userId": "L-1042",
                "event": "demo_request",
                "messageId": "7d1c3a52",
                "timestamp": "2026-02-28T16:20:00Z",
            }
        ],
        "sentAt": "2026-02-28T16:20:01Z",
    },
    "TrackedMessage": {
        "userId": "L-1042",
        "event": "demo_request",
        "groupId": "A-77",
        "previousId": "cookie-1",
        "traits": {"industry": "manufacturing"},
    },
    "SenderPayload": [
        {
            "eventId": 100,
            "subscriptionType": "contact.propertyChange",
            "objectId": 1042,
            "propertyName": "jobtitle",
            "propertyValue": "head of production",
            "occurredAt": 1772278800000,
        }
    ],
    "WebhookBody": {"url": "https://crm.example.com/leadscore", "events": ["score.changed"]},
    "OptInBody": {
        "lead_id": "L-1042",
        "purpose": "newsletter",
        "wording": "newsletter-2026-01",
        "language": "de",
        "source": "form:newsletter",
    },
    "ListedLeads": [
        {"E-Mail": "k.sommer@example.com", "Firma": "Sommer GmbH", "Branche": "Maschinenbau"},
        {"E-Mail": "j.winter@example.com", "Telefon": "+49 30 901820", "Notiz": "ruft an"},
    ],
    "MergeBody": {"kept": "L-1042", "joined": "L-1043"},
    "DifferentBody": {"lead_ids": ["L-1042", "L-1044"]},
    "TransitionBody": {
        "to": "MQL",
        "expected": "lead",
        "role": "marketing",
        "by": "u-17",
        "note": "asked for an offer at our stand",
    },
    "OwnerBody": {"owner": "u-17", "by": "crm"},
    "BantBody": {
        "budget": {"at_least": 20_000, "at_most": 40_000, "currency": "EUR"},
        "authority": {"part": "decides"},
        "timeline": {"quarter": "2026-Q3"},
        "source": "call",
        "confidence": 0.8,
        "by": "u-17",
    },
    "StoredRequest": {"lead_ids": ["L-1042", "L-1043"]},
}
"""By the name of their model."""

EXAMPLE_LEAD: dict[str, Any] = {
    "lead_id": "L-1042",
    "kind": "lead",
    "created_at": "2026-02-20T08:15:00Z",
    "account_id": "A-77",
    "changed_at": "2026-02-28T16:25:00Z",
    "owner": "user 7",
}

EXAMPLE_OWNER: dict[str, Any] = {
    "lead_id": "L-1042",
    "owner": "u-17",
    "email": None,
    "since": "2026-03-01T12:00:00Z",
    "by": "crm",
}

EXAMPLE_OPT_IN: dict[str, Any] = {
    "opt_in_id": "3dY0b9p6cQkz1mVtXw8LrFhA",
    **EXAMPLES["OptInBody"],
    "requested_at": "2026-02-28T16:25:00Z",
    "expires_at": "2026-03-07T16:25:00Z",
    "confirmed_at": None,
    "mail": "waiting",
    "attempts": 0,
    "answer": None,
}

EXAMPLE_REPORT: dict[str, Any] = {
    "imported": True,
    "read_as": "JSON",
    "rows": 2,
    "new": 2,
    "changed": 0,
    "unchanged": 0,
    "events": 0,
    "consents": 0,
    "refused_rows": 0,
    "refused": [],
    "columns": [
        {"column": "E-Mail", "becomes": "contact.email"},
        {"column": "Firma", "becomes": "contact.company"},
        {"column": "Branche", "becomes": "profile.industry"},
        {"column": "Telefon", "becomes": "contact.phone"},
    ],
    "columns_left": ["Notiz"],
}

EXAMPLE_MOVE: dict[str, Any] = {
    "from_stage": "lead",
    "to_stage": "MQL",
    "at": "2026-03-01T12:00:00Z",
    "cause": "person",
    "role": "marketing",
    "by": "u-17",
    "reason": None,
    "note": "asked for an offer at our stand",
    "allowed": True,
    "agreement": "1 0123456789ab",
    "use_case": None,
    "probability": 0.27,
    "grade": "A",
}

EXAMPLE_BANT: dict[str, Any] = {
    "lead_id": "L-1042",
    "established": 3,
    "complete": False,
    "missing": "Missing: Need (not asked yet).",
    "findings": [
        {
            "subject": subject,
            "state": "unknown" if value is None else "established",
            "value": value,
            "source": None if value is None else "call",
            "confidence": None if value is None else 0.8,
            "at": None if value is None else "2026-03-01T12:00:00Z",
            "by": None if value is None else "u-17",
        }
        for subject, value in (
            ("budget", {"at_least": 20_000.0, "at_most": 40_000.0, "currency": "EUR"}),
            ("authority", {"part": "decides"}),
            ("need", None),
            ("timeline", {"quarter": "2026-Q3"}),
        )
    ],
}

EXAMPLE_MERGE: dict[str, Any] = {
    "merge_id": 7,
    "kept": "L-1042",
    "joined": "L-1043",
    "by": "api",
    "at": "2026-03-01T12:00:00Z",
    "undone_at": None,
}
