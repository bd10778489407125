"""The page on the funnel and its figures."""

from collections.abc import Mapping

from serving.pages.words.both import Both

FIGURES: Mapping[str, Both] = {
    "figures.title": Both("Trichter und Kennzahlen", "Funnel and figures"),
    "figures.csv": Both("Als CSV laden", "Download as CSV"),
    "figures.filter": Both("Anzeigen", "Show"),
    "figures.from": Both("Ab", "From"),
    "figures.to": Both("Bis vor", "Until before"),
    "figures.by": Both("Getrennt nach", "Told apart by"),
    "figures.by.none": Both("alles zusammen", "all together"),
    "figures.mistake.period": Both(
        "Dieser Zeitraum geht nicht: Er endet nach seinem Anfang, mit Tagen wie 2026-03-01. "
        "Gezeigt ist das letzte Jahr.",
        "There is no such period: it ends after it begins, with days such as 2026-03-01. The last "
        "year is shown.",
    ),
    "figures.mistake.groups": Both(
        "Das wären mehr als 1.000 Gruppen. Wählen Sie einen kürzeren Zeitraum oder eine andere "
        "Trennung.",
        "That would be more than 1,000 groups. Choose a shorter period, or tell apart by something "
        "else.",
    ),
    "figures.funnel": Both("Trichter", "Funnel"),
    "figures.funnel.text": Both(
        "Leads, die in dem Zeitraum entstanden: wie viele bis heute welche Stufe erreicht haben. "
        "Jüngere hatten weniger Zeit.",
        "Leads that were created in the period: how many have reached which stage by today. "
        "Younger ones had less time.",
    ),
    "figures.funnel.drawn": Both(
        "Trichter der Stufen; die Zahlen stehen in der Tabelle daneben.",
        "Funnel of the stages; the numbers are in the table beside it.",
    ),
    "figures.stage": Both("Stufe", "Stage"),
    "figures.leads": Both("Leads", "Leads"),
    "figures.onward": Both("Von der Stufe davor", "Of the stage before"),
    "figures.empty.title": Both("Keine Leads in dem Zeitraum", "No leads in the period"),
    "figures.empty.text": Both(
        "Wählen Sie einen anderen Zeitraum, oder importieren Sie Leads.",
        "Choose another period, or import leads.",
    ),
    "figures.figures": Both("Kennzahlen", "Figures"),
    "figures.figures.text": Both(
        "Nur was alt genug ist, um es zu sagen, zählt; die Spanne enthält den wahren Wert mit "
        "95 %.",
        "Only what is old enough to tell counts; the range holds the true value with 95 %.",
    ),
    "figures.nothing": Both("noch kein Fall", "no case yet"),
    "figures.range": Both("{low} bis {high}", "{low} to {high}"),
    "figures.waiting": Both("{count} noch offen", "{count} still open"),
    "figures.per_day": Both("{number} am Tag", "{number} a day"),
    "figures.hours": Both("{number} Std.", "{number} h"),
    "figures.days": Both("{number} Tage", "{number} days"),
    "figures.deals_per_day": Both("{number} Abschlüsse am Tag", "{number} deals a day"),
    "figures.rejections": Both("Warum der Vertrieb ablehnt", "Why sales rejects"),
    "figures.rejections.none": Both(
        "In dem Zeitraum hat der Vertrieb nichts abgelehnt.",
        "In the period, sales has rejected nothing.",
    ),
    "figures.reason": Both("Grund", "Reason"),
    "figures.no_reason": Both("ohne Grund", "no reason given"),
    "figures.share": Both("Anteil", "Share"),
    "figures.count": Both("Anzahl", "Count"),
    "figures.groups": Both("Im Vergleich", "Compared"),
    "figures.group": Both("Gruppe", "Group"),
    "figures.not_known": Both("nicht bekannt", "not known"),
}
