"""Parts of an agreement as sentences: nothing of them is left out, in either language."""

import pytest

from features.contract.language import Language
from serving.access.user import LANGUAGES
from serving.lifecycle.agreement import Lifecycle
from serving.pages.agreed_parts import agreed_parts
from tests.serving.lifecycle.agreements import agreement, small

WHOLE = agreement(
    handover={
        "calls_per_week": 50, "value_of_conversion": 2000, "cost_of_call": 60, "currency": "EUR",
        "apply": "automatic", "stage": "MAL",
    },
    sla={
        "hours": {
            "time_zone": "Europe/Berlin", "region": "DE-BY",
            "monday": ["09:00-12:00", "13:00-17:00"], "tuesday": "09:00-15:00",
            "friday": "09:00-15:00", "closed": ["12-24..01-01", "2026-05-15"],
        },
        "stages": {
            "MQL": {"within": "8h", "kept_by": ["call", "meeting"]}, "SAL": {"within": "30min"},
        },
    },
    use_cases=[
        {"name": "Austria", "when": {"country": "AT"}, "sla": {"stages": {"MQL": {"within": "4h"}}}}
    ],
    alerts=[
        {"name": "demo", "kind": "event", "events": ["demo"], "items": ["/a*"], "tell": ["owner"],
         "stages": ["MQL"], "use_cases": ["Austria"], "label": {"de": "Vorführung", "en": "Show"}},
        {"name": "jump", "kind": "grade", "from": "C", "to": "A", "quiet_for": "7d", "tell": ["s"]},
        {"name": "up", "kind": "sla_broken", "after": "16h", "tell": ["boss", "sales"]},
    ],
)  # fmt: skip


def said(lifecycle: Lifecycle, language: Language) -> dict[str, list[str]]:
    return {
        part.key: [
            *[part.title],
            *(text for group in part.groups for text in (group.name or "", *group.sentences)),
        ]
        for part in agreed_parts(lifecycle, language)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_of_a_part_is_said(language: Language) -> None:
    found = {key: " ".join(texts) for key, texts in said(WHOLE, language).items()}
    for key, values in {
        "sla": [
            "Europe/Berlin",
            "DE-BY",
            "09:00–12:00, 13:00–17:00",
            "09:00–15:00",
            "8 h",
            "30 min",
            "75",
            "call, meeting",
            "Austria",
            "4 h",
        ],
        "alerts": ["demo", "/a*", "MQL", "Austria", "7", "16 h", "boss, sales", "jump"],
        "handover": ["50", "60", "MAL"],
        "next_action": ["demo_request", "price_page", "14", "180"],
        "kpis": ["channel, utm_source", "campaign", "deal_value", "EUR", "call", "14", "90", "180"],
        "review": ["5", "D"],
    }.items():
        for value in values:
            assert value in found[key], (key, value)


def test_both_languages_say_it_in_their_words() -> None:
    german, english = said(WHOLE, "de"), said(WHOLE, "en")
    assert "Geschlossen: 24.12. – 1.1., 15.5.2026" in german["sla"]
    assert "Closed: 12-24 – 01-01, 2026-05-15" in english["sla"]
    assert "Dienstag, Freitag: 09:00–15:00 Uhr" in german["sla"]
    assert "Tuesday, Friday: 09:00–15:00" in english["sla"]
    assert "Vorführung" in german["alerts"] and "Show" in english["alerts"]
    assert "Geht an: wer zuständig ist" in german["alerts"]
    assert "When the grade rises from C or worse to A or better." in english["alerts"]
    assert german.keys() == english.keys()
    assert all(len(german[key]) == len(english[key]) for key in german)


def test_what_is_not_agreed_on_is_no_part() -> None:
    assert said(Lifecycle.model_validate(small()), "en").keys() == {"next_action", "kpis"}
