"""The list of work."""

from collections.abc import Mapping

from serving.pages.words.both import Both

WORK: Mapping[str, Both] = {
    "work.title": Both("Arbeitsliste", "Work list"),
    "work.text": Both(
        "Wer sich jetzt am meisten lohnt, zuerst. Jede Bewertung wird neu gerechnet, sobald etwas "
        "geschieht, und jeden Tag.",
        "Who is worth most right now comes first. Each score is computed anew as soon as something "
        "happens, and every day.",
    ),
    "work.search": Both("Name, Firma, E-Mail oder Kennung", "Name, company, e-mail or id"),
    "work.stage": Both("Stufe", "Stage"),
    "work.stage.open": Both("Alle offenen", "All open ones"),
    "work.stage.all": Both("Alle", "All"),
    "work.review": Both("Zur Prüfung", "For review"),
    "work.grades": Both("Klasse", "Grade"),
    "work.use_case": Both("Anwendungsfall", "Use case"),
    "work.use_case.any": Both("Alle", "All"),
    "work.filter": Both("Anzeigen", "Show"),
    "work.reset": Both("Zurücksetzen", "Reset"),
    "work.lead": Both("Lead", "Lead"),
    "work.chance": Both("Wird zum SQL", "Will become SQL"),
    "work.why": Both("Warum", "Why"),
    "work.why.up": Both("Dafür", "For it"),
    "work.why.down": Both("Dagegen", "Against it"),
    "work.change": Both("Seit gestern", "Since yesterday"),
    "work.next": Both("Als Nächstes", "Next"),
    "work.new": Both("neu", "new"),
    "work.first": Both("erste Bewertung", "first score"),
    "work.unchanged": Both("unverändert", "unchanged"),
    "work.points": Both("{points} Punkte", "{points} points"),
    "work.no_score": Both("keine Bewertung", "no score"),
    "work.more": Both("Die nächsten {count}", "The next {count}"),
    "work.from_start": Both("Zum Anfang", "To the beginning"),
    "work.told.page": Both(
        "{count} Leads; die älteste Bewertung ist vom {moment}.",
        "{count} leads; the oldest score is of {moment}.",
    ),
    "work.told.found": Both("{count} Leads gefunden.", "{count} leads found."),
    "work.told.many": Both(
        "Sehr viele Leads passen; gesucht wurde nur unter {most}. Geben Sie mehr ein.",
        "A great many leads fit; only {most} were looked at. Type more.",
    ),
    "work.empty.title": Both("Noch ist niemand bewertet", "Nobody has a score yet"),
    "work.empty.text": Both(
        "Sobald Leads mit einer Rechtsgrundlage für Profiling eintreffen, stehen sie hier, wenige "
        "Sekunden später bewertet.",
        "As soon as leads with a basis for profiling come in, they stand here, scored a few "
        "seconds later.",
    ),
    "work.none.title": Both("Niemand passt dazu", "Nobody fits that"),
    "work.none.text": Both(
        "Ändern Sie die Auswahl, oder setzen Sie sie zurück.", "Change the choice, or reset it."
    ),
}
"""Of the list."""
