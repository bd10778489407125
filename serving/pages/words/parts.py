"""Parts of an agreement besides stages and ways."""

from collections.abc import Mapping

from serving.pages.words.both import Both

PARTS: Mapping[str, Both] = {
    # Promises.
    "part.sla.title": Both("Was zugesagt ist", "What is promised"),
    "part.sla.use_case": Both("Anwendungsfall {name}", "Use case {name}"),
    "part.sla.within": Both(
        "{stage}: weiter innerhalb von {within} Geschäftszeit; Warnung, wenn {share} davon "
        "verbraucht sind.",
        "{stage}: on within {within} of business time; a warning once {share} of it is used up.",
    ),
    "part.sla.kept_by": Both(
        "Eingehalten auch durch {events}, oder was ein Anruf zu BANT ergab.",
        "Kept, too, by {events}, or by what a call found out of BANT.",
    ),
    "part.sla.hours": Both("{days}: {hours} Uhr", "{days}: {hours}"),
    "part.sla.zone": Both("Zeitzone {zone}", "Time zone {zone}"),
    "part.sla.region": Both(
        "Ohne gesetzliche Feiertage von {region}", "Without public holidays of {region}"
    ),
    "part.sla.closed": Both("Geschlossen: {days}", "Closed: {days}"),
    "part.day.monday": Both("Montag", "Monday"),
    "part.day.tuesday": Both("Dienstag", "Tuesday"),
    "part.day.wednesday": Both("Mittwoch", "Wednesday"),
    "part.day.thursday": Both("Donnerstag", "Thursday"),
    "part.day.friday": Both("Freitag", "Friday"),
    "part.day.saturday": Both("Samstag", "Saturday"),
    "part.day.sunday": Both("Sonntag", "Sunday"),
    # Alerts.
    "part.alerts.title": Both("Worüber benachrichtigt wird", "Of what people are alerted"),
    "part.alerts.event": Both("Bei {events}.", "At {events}."),
    "part.alerts.event_item": Both("Bei {events} an {items}.", "At {events} of {items}."),
    "part.alerts.grade": Both(
        "Wenn die Klasse auf {to} oder besser steigt.", "When the grade rises to {to} or better."
    ),
    "part.alerts.grade_from": Both(
        "Wenn die Klasse von {origin} oder schlechter auf {to} oder besser steigt.",
        "When the grade rises from {origin} or worse to {to} or better.",
    ),
    "part.alerts.sla_warning": Both(
        "Wenn eine Zusage bald nicht mehr eingehalten wird.",
        "When a promise is about to be broken.",
    ),
    "part.alerts.sla_broken": Both(
        "Wenn eine Zusage nicht eingehalten ist.", "When a promise is broken."
    ),
    "part.alerts.sla_after": Both(
        "{time} Geschäftszeit, nachdem eine Zusage nicht eingehalten wurde.",
        "{time} of business time after a promise was broken.",
    ),
    "part.alerts.stages": Both("Nur in: {stages}", "Only in: {stages}"),
    "part.alerts.use_cases": Both("Nur bei: {names}", "Only of: {names}"),
    "part.alerts.quiet": Both(
        "Zum selben Lead erst wieder, wenn {time} vergangen sind.",
        "Of the same lead not again before {time} have passed.",
    ),
    "part.alerts.tell": Both("Geht an: {targets}", "Goes to: {targets}"),
    "part.alerts.owner": Both("wer zuständig ist", "the owner"),
    # The handover.
    "part.handover.title": Both("Was ein Anruf kostet und bringt", "What a call costs and brings"),
    "part.handover.calls": Both(
        "Der Vertrieb hat Zeit für {count} Anrufe in der Woche.",
        "Sales has time for {count} calls a week.",
    ),
    "part.handover.worth": Both(
        "Ein SQL ist {value} wert, ein Anruf kostet {cost}.",
        "An SQL is worth {value}, a call costs {cost}.",
    ),
    "part.handover.propose": Both(
        "Die beste Schwelle für {stage} wird vorgeschlagen; jemand setzt sie in Kraft.",
        "The best threshold for {stage} is proposed; somebody brings it into force.",
    ),
    "part.handover.automatic": Both(
        "Die beste Schwelle für {stage} tritt jede Woche von selbst in Kraft.",
        "The best threshold for {stage} comes into force by itself each week.",
    ),
    # What to do next.
    "part.next_action.title": Both("Was als Interesse zählt", "What counts as interest"),
    "part.next_action.demo": Both(
        "Wunsch nach einer Demo: {events}, {time} lang.", "Asking for a demo: {events}, for {time}."
    ),
    "part.next_action.prices": Both(
        "Frage nach Preisen: {events}, {time} lang.", "Asking about prices: {events}, for {time}."
    ),
    "part.next_action.quiet": Both(
        "Wer {time} lang nichts tat, hat Ruhe.",
        "Whoever did nothing for {time} is left alone.",
    ),
    # Figures.
    "part.kpis.title": Both("Worauf die Kennzahlen schauen", "What the figures look at"),
    "part.kpis.channel": Both(
        "Kanal: das erste bekannte Feld von {fields}.",
        "Channel: the first field that is known of {fields}.",
    ),
    "part.kpis.campaign": Both(
        "Kampagne: das erste bekannte Feld von {fields}.",
        "Campaign: the first field that is known of {fields}.",
    ),
    "part.kpis.value": Both(
        "Wert eines Geschäfts: {field}, in {currency}.", "Value of a deal: {field}, in {currency}."
    ),
    "part.kpis.contacts": Both(
        "Der Vertrieb nimmt einen Lead auf durch: {events}.", "Sales takes up a lead by: {events}."
    ),
    "part.kpis.action_within": Both(
        "Auf die erste Handlung des Vertriebs wird {time} gewartet.",
        "The first action of sales is waited for {time}.",
    ),
    "part.kpis.sql_within": Both("Bis zum SQL: {time}.", "Until SQL: {time}."),
    "part.kpis.close_within": Both(
        "Vom SQL bis zum Kunden: {time}.", "From SQL to customer: {time}."
    ),
    "part.kpis.promised_within": Both(
        "So weit schauen Bewertungen voraus: {time}.", "So far ahead scores look: {time}."
    ),
    # The review.
    "part.review.title": Both("Was trotzdem geprüft wird", "What is reviewed all the same"),
    "part.review.text": Both(
        "Jede Woche werden {count} Leads der Klassen {grades} ausgelost und dem Vertrieb gezeigt.",
        "Every week {count} leads of grades {grades} are drawn at random and shown to sales.",
    ),
}
"""Of the page on the lifecycle."""
