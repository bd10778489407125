"""The words of both languages, and how numbers, values and spans of time are written in them."""

from functools import cache

from features.contract.duration import DAY_US, HOUR_US, MINUTE_US
from features.contract.language import Language

WORDS: dict[Language, dict[str, str]] = {
    "de": {
        # What things are called.
        "account": "Firma",
        "activity": "Aktivität",
        "every": "Alle Ereignisse",
        "event": "Ereignis {name}",
        "half_life": "Halbwertszeit",
        "lead_age": "Alter des Leads in Tagen",
        "missing_count": "Anzahl fehlender Profilangaben",
        "season": "Jahreszeit",
        "sine": "Sinus",
        "cosine": "Kosinus",
        "missing": "fehlt",
        "true": "ja",
        "false": "nein",
        "odds": "Chance",
        # Why a score changed.
        "cause model": "Ein anderes Modell",
        "cause time": "Es ist Zeit vergangen",
        "cause lead": "Was der Lead getan hat",
        "cause company": "Was andere in der Firma getan haben",
        "cause profile": "Was über den Lead bekannt wurde",
        # How long.
        "days": "{n} Tage",
        "hours": "{n} Stunden",
        "minutes": "{n} Minuten",
        "during days": "{n} Tagen",
        "during hours": "{n} Stunden",
        "during minutes": "{n} Minuten",
        "moment": "weniger als {time}",
        # How often something of one type happened, and that it did not.
        "times 1": "einmal",
        "times 2": "zweimal",
        "times": "{n}-mal",
        "times further": "{n}-mal",
        "times quiet": "in den letzten {time} nicht",
        "times but quiet": "aber nicht in den letzten {time}",
        "times never": "nie",
        "times last": "zuletzt vor {time}",
        "times joint": ": ",
        # The same of all events.
        "events 1": "1 Ereignis",
        "events": "{n} Ereignisse",
        "events further": "{n}",
        "events quiet": "keine Aktivität in den letzten {time}",
        "events but quiet": "aber keines in den letzten {time}",
        "events never": "bisher keine Aktivität",
        "events last": "zuletzt aktiv vor {time}",
        "inactive": "seit {time} keine Aktivität",
        # And what else is said of them.
        "first": "zum ersten Mal vor {time}",
        "within": "{said} in {time}",
        "altogether": "insgesamt {said}",
        "active_days 1": "an einem einzigen Tag",
        "active_days": "an {n} verschiedenen Tagen",
        "distinct_items 0": "ohne Inhalt",
        "distinct_items 1": "ein einziger Inhalt",
        "distinct_items": "{n} verschiedene Inhalte",
        "sum": "Wert zusammen {n}",
        "mean": "Wert im Mittel {n}",
        "max": "Wert höchstens {n}",
        "no value": "ohne Wert",
        "trend up": "in {time} mehr als in den {n} davor",
        "trend": "in {time} so viel wie in den {n} davor",
        "trend down": "in {time} weniger als in den {n} davor",
        "decayed_count 0": "nicht in letzter Zeit",
        "decayed_count": "{n}, jüngere zählen mehr",
        # The lead and its profile.
        "lead for": "Lead seit {time}",
        "lead since unknown": "Unbekannt, seit wann ein Lead",
        "profile_missing 0": "Profil vollständig",
        "profile_missing 1": "1 Profilangabe fehlt",
        "profile_missing": "{n} Profilangaben fehlen",
    },
    "en": {
        "account": "Company",
        "activity": "Activity",
        "every": "All events",
        "event": "Event {name}",
        "half_life": "half-life",
        "lead_age": "Age of the lead in days",
        "missing_count": "Number of missing profile fields",
        "season": "Time of year",
        "sine": "sine",
        "cosine": "cosine",
        "missing": "missing",
        "true": "yes",
        "false": "no",
        "odds": "odds",
        # Why a score changed.
        "cause model": "Another model",
        "cause time": "Time has passed",
        "cause lead": "What the lead did",
        "cause company": "What others in the company did",
        "cause profile": "What became known of the lead",
        "days": "{n} days",
        "hours": "{n} hours",
        "minutes": "{n} minutes",
        "during days": "{n} days",
        "during hours": "{n} hours",
        "during minutes": "{n} minutes",
        "moment": "less than {time}",
        "times 1": "once",
        "times 2": "twice",
        "times": "{n} times",
        "times further": "{n}",
        "times quiet": "not in {time}",
        "times but quiet": "but not in the last {time}",
        "times never": "never",
        "times last": "last time {time} ago",
        "times joint": " ",
        "events 1": "1 event",
        "events": "{n} events",
        "events further": "{n}",
        "events quiet": "no activity in {time}",
        "events but quiet": "but none in the last {time}",
        "events never": "no activity so far",
        "events last": "last active {time} ago",
        "inactive": "no activity for {time}",
        "first": "first time {time} ago",
        "within": "{said} in {time}",
        "altogether": "{said} in all",
        "active_days 1": "on a single day",
        "active_days": "on {n} different days",
        "distinct_items 0": "without an item",
        "distinct_items 1": "a single item",
        "distinct_items": "{n} different items",
        "sum": "value {n} in total",
        "mean": "value {n} on average",
        "max": "value {n} at most",
        "no value": "without a value",
        "trend up": "more in {time} than in the {n} before",
        "trend": "as many in {time} as in the {n} before",
        "trend down": "fewer in {time} than in the {n} before",
        "decayed_count 0": "not lately",
        "decayed_count": "{n}, newer ones counting more",
        "lead for": "Lead for {time}",
        "lead since unknown": "Unknown since when a lead",
        "profile_missing 0": "Profile complete",
        "profile_missing 1": "1 profile field missing",
        "profile_missing": "{n} profile fields missing",
    },
}


def number_text(value: float, language: Language) -> str:
    """Return a finite number with up to two decimals; small ones keep two significant digits."""
    if value.is_integer():
        return f"{value:z.0f}"
    text = f"{value:.2g}" if abs(value) < 0.1 else f"{value:.2f}".rstrip("0").rstrip(".")
    return decimal(text, language)


def decimal(text: str, language: Language) -> str:
    """Return a number written with a point as a language writes it: with a comma in German."""
    return text.replace(".", ",") if language == "de" else text


def value_text(value: float | str | None, language: Language) -> str:
    """Return a feature's value for a reader: ``2,5``, ``ja``, ``Maschinenbau``, ``fehlt``."""
    if value is None:
        return WORDS[language]["missing"]
    if isinstance(value, str):
        return WORDS[language][value] if value in ("true", "false") else value
    return number_text(value, language)


def window_unit(micros: int) -> tuple[int, str]:
    """Return a window as a whole number of days, hours or minutes, of which it has at least two."""
    if micros % DAY_US == 0 and micros >= 2 * DAY_US:
        return micros // DAY_US, "days"
    return (micros // HOUR_US, "hours") if micros >= 2 * HOUR_US else (60, "minutes")


def window_words(micros: int, language: Language) -> str:
    """Return a window as it is called: ``7 Tage``, ``24 hours``."""
    number, unit = window_unit(micros)
    return WORDS[language][unit].format(n=number)


@cache
def during(micros: int, language: Language) -> str:
    """Return a window as it stands after "in": ``7 Tagen``, ``24 hours``."""
    number, unit = window_unit(micros)
    return WORDS[language][f"during {unit}"].format(n=number)


def elapsed(days: float, language: Language) -> str:
    """Return a time that has passed, rounded down: ``45 Tagen``, ``30 hours``, ``5 minutes``."""
    words = WORDS[language]
    # A moment is given in microseconds, its distance in days: never just below a whole.
    micros = max(days, 0.0) * DAY_US + 1
    for unit, size in (("days", DAY_US), ("hours", HOUR_US), ("minutes", MINUTE_US)):
        if micros >= 2 * size:
            return words[f"during {unit}"].format(n=int(micros // size))
    return words["moment"].format(time=words["during minutes"].format(n=2))
