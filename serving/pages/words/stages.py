"""Stages, ways between them and reasons, as people say them."""

from collections.abc import Mapping

from serving.pages.words.both import Both

STAGES: Mapping[str, Both] = {
    "stage.visitor": Both("Besucher", "Visitor"),
    "stage.lead": Both("Lead", "Lead"),
    "stage.MAL": Both("MAL", "MAL"),
    "stage.MQL": Both("MQL", "MQL"),
    "stage.SAL": Both("SAL", "SAL"),
    "stage.SQL": Both("SQL", "SQL"),
    "stage.customer": Both("Kunde", "Customer"),
    "stage.disqualified": Both("Ausgeschieden", "Disqualified"),
    "stage.recycled": Both("Zurückgestellt", "Set aside"),
    "stage.help.visitor": Both("Niemand weiß, wer das ist.", "Nobody knows who it is."),
    "stage.help.lead": Both("Hat gesagt, wer er ist.", "Told who it is."),
    "stage.help.MAL": Both("Passt zur Zielgruppe.", "Fits the target group."),
    "stage.help.MQL": Both("Passt und ist interessiert.", "Fits and is interested."),
    "stage.help.SAL": Both("Vom Vertrieb angenommen.", "Accepted by sales."),
    "stage.help.SQL": Both("BANT ist geklärt.", "BANT is established."),
    "stage.help.customer": Both("Hat gekauft.", "Bought."),
    "stage.help.disqualified": Both("Kommt nicht infrage.", "Out of the question."),
    "stage.help.recycled": Both("Nicht jetzt.", "Not now."),
    "move.MAL": Both("Als MAL führen", "Make it MAL"),
    "move.MQL": Both("Als MQL führen", "Make it MQL"),
    "move.SAL": Both("Annehmen", "Accept"),
    "move.SQL": Both("Zum SQL machen", "Make it SQL"),
    "move.customer": Both("Ist jetzt Kunde", "Is a customer now"),
    "move.disqualified": Both("Ablehnen", "Reject"),
    "move.recycled": Both("Zurückstellen", "Set aside"),
    "move.lead": Both("Als Lead führen", "Make it a lead"),
    "move.visitor": Both("Als Besucher führen", "Make it a visitor"),
    "mover.rule": Both("Regel", "Rule"),
    "mover.sales": Both("Vertrieb", "Sales"),
    "mover.marketing": Both("Marketing", "Marketing"),
    "mover.crm": Both("CRM", "CRM"),
    "mover.admin": Both("Administration", "Administration"),
    "reason.no_budget": Both("Kein Budget", "No budget"),
    "reason.no_time": Both("Keine Zeit", "No time"),
    "reason.no_answer": Both("Nicht erreicht", "No answer"),
    "reason.wrong_person": Both("Falsche Person", "Wrong person"),
    "reason.not_interested_yet": Both("Noch kein Interesse", "Not interested yet"),
    "reason.competitor": Both("Wettbewerber", "Competitor"),
    "reason.student": Both("Studium oder Schule", "Student"),
    "reason.no_need": Both("Kein Bedarf", "No need"),
    "reason.bought_elsewhere": Both("Woanders gekauft", "Bought elsewhere"),
    "reason.not_reachable": Both("Nicht erreichbar", "Not reachable"),
    "reason.no_consent": Both("Will keinen Kontakt", "Wants no contact"),
    "reason.duplicate": Both("Doppelt", "Duplicate"),
    "reason.spam": Both("Spam", "Spam"),
}
"""Of stages; a reason of your own is shown as the agreement writes it."""

CHANCE: Mapping[str, Both] = {
    "chance.about": Both("etwa {count} von {scale}", "about {count} in {scale}"),
    "chance.over": Both("mehr als {count} von {scale}", "more than {count} in {scale}"),
    "chance.under": Both("weniger als {count} von {scale}", "fewer than {count} in {scale}"),
}
"""Of probabilities."""

CLOCK: Mapping[str, Both] = {
    "clock.left": Both("noch {time}", "{time} left"),
    "clock.late": Both("{time} zu spät", "{time} late"),
    "clock.hours": Both("{number} Arbeitsstd.", "{number} business h"),
    "clock.minutes": Both("{number} Arbeitsmin.", "{number} business min"),
    "clock.due": Both("zugesagt bis {moment}", "promised by {moment}"),
}
"""Of the promises of sales."""
