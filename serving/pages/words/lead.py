"""The page on a lead."""

from collections.abc import Mapping

from serving.pages.words.both import Both

LEAD: Mapping[str, Both] = {
    "lead.back": Both("Arbeitsliste", "Work list"),
    "lead.id": Both("Kennung", "Id"),
    "lead.created": Both("Lead seit", "Lead since"),
    "lead.no_contact": Both(
        "Weder E-Mail-Adresse noch Telefonnummer sind bekannt.",
        "Neither e-mail address nor telephone number is known.",
    ),
    # The score.
    "lead.chance": Both("wird in {horizon} zum SQL", "will become SQL within {horizon}"),
    "lead.chance.open": Both("wird zum SQL", "will become SQL"),
    "lead.grade": Both("Klasse {grade}", "Grade {grade}"),
    "lead.rank": Both(
        "Score {score} von 100 im Vergleich mit anderen Leads",
        "Score {score} of 100 compared with other leads",
    ),
    "lead.rank.rules": Both("Score {score} von 100, nach Regeln", "Score {score} of 100, by rules"),
    "lead.as_of": Both("Stand {moment}", "As of {moment}"),
    "lead.use_case": Both("Anwendungsfall {name}", "use case {name}"),
    "lead.use_case_away": Both(
        "Das eigene Modell des Anwendungsfalls {name} ist nicht geladen; ein anderes antwortet an "
        "seiner Stelle.",
        "The model of the use case {name} is not loaded; another one answers in its place.",
    ),
    "lead.by_model": Both("Modell {version}", "Model {version}"),
    "lead.by_rules": Both("Regeln statt Modell", "Rules instead of a model"),
    "lead.fallback.no_model": Both(
        "Es ist kein Modell geladen, darum antworten die Regeln.",
        "No model is loaded, so the rules answer.",
    ),
    "lead.fallback.model_refused": Both(
        "Das Modell konnte nicht verwendet werden, darum antworten die Regeln.",
        "The model could not be used, so the rules answer.",
    ),
    "lead.fallback.non_finite": Both(
        "Das Modell gab für diesen Lead keine brauchbare Zahl, darum antworten die Regeln.",
        "The model gave no usable number for this lead, so the rules answer.",
    ),
    "lead.fallback.deadline": Both(
        "Das Modell brauchte zu lange, darum antworten die Regeln. Laden Sie die Seite neu.",
        "The model took too long, so the rules answer. Reload the page.",
    ),
    # Why there is no score.
    "lead.unscored.no_basis.title": Both("Keine Bewertung", "No score"),
    "lead.unscored.no_basis.text": Both(
        "Für diesen Lead liegt keine gültige Rechtsgrundlage für Profiling vor ({bases}). Darum "
        "wird er nicht bewertet, und sein Verhalten wird hier weder gezeigt noch ausgewertet.",
        "No valid basis for profiling is recorded for this lead ({bases}). So it is not scored, "
        "and its behaviour is neither shown nor analysed here.",
    ),
    "lead.unscored.visitor.title": Both("Noch keine Bewertung", "No score yet"),
    "lead.unscored.visitor.text": Both(
        "Niemand weiß, wer dieser Besucher ist. Bewertet wird erst, wer sich zu erkennen gibt.",
        "Nobody knows who this visitor is. Only who told who they are is scored.",
    ),
    "lead.unscored.unreadable.title": Both("Bewertung nicht möglich", "No score is possible"),
    "lead.unscored.unreadable.text": Both(
        "Das Feld {field} enthält etwas, das das Modell nicht lesen kann. Korrigieren Sie es dort, "
        "woher die Daten kommen.",
        "The field {field} holds something that the model cannot read. Correct it where the data "
        "come from.",
    ),
    "lead.unscored.loading.title": Both("Der Dienst lädt noch", "The service is still loading"),
    "lead.unscored.loading.text": Both(
        "Die Bewertung ist in wenigen Sekunden da. Laden Sie die Seite dann neu.",
        "The score will be there in a few seconds. Reload the page then.",
    ),
    # Why.
    "lead.why": Both("Warum diese Bewertung", "Why this score"),
    "lead.why.text": Both(
        "Von einem Lead, über den nichts Besonderes bekannt ist, zu diesem. Jeder Balken beginnt, "
        "wo der vorige endet; Beiträge sind Log-Odds.",
        "From a lead about which nothing special is known to this one. Each bar begins where the "
        "one before it ended; contributions are log-odds.",
    ),
    "lead.why.reason": Both("Grund", "Reason"),
    "lead.why.bar": Both("Wirkung", "Effect"),
    "lead.why.contribution": Both("Beitrag", "Adds"),
    "lead.why.after": Both("Danach", "Then"),
    "lead.why.base": Both("Ausgangswert", "Starting point"),
    "lead.why.other": Both("Alles Übrige", "Everything else"),
    "lead.why.total": Both("Zusammen", "In total"),
    "lead.why.inside": Both("Woraus das besteht", "What this is made of"),
    "lead.why.wrong": Both("Der Grund stimmt nicht", "This reason is wrong"),
    "lead.why.wrong.of": Both("Der Grund stimmt nicht: {text}", "This reason is wrong: {text}"),
    "lead.why.said_wrong": Both("Als falsch gemeldet", "Reported as wrong"),
    "lead.fit": Both("Profil", "Profile"),
    "lead.behaviour": Both("Verhalten", "Behaviour"),
    "lead.part.up": Both("spricht dafür", "speaks for it"),
    "lead.part.down": Both("spricht dagegen", "speaks against it"),
    "lead.part.none": Both("sagt nichts", "says nothing"),
    "lead.missing": Both("Würde mehr verraten", "Would tell more"),
    "lead.missing.events": Both("Ereignisse", "events"),
    "lead.missing.account_events": Both("Ereignisse der Firma", "events of the company"),
    # What it did.
    "lead.timeline": Both("Was geschah", "What happened"),
    "lead.timeline.text": Both(
        "Was jedes Ereignis heute zur Bewertung beiträgt: der Lead mit allem bis dahin, verglichen "
        "mit ihm ohne dieses Ereignis.",
        "What each event adds to today's score: the lead with all up to it, compared with the same "
        "without this event.",
    ),
    "lead.timeline.earlier": Both(
        "Gezeigt sind die {shown} neuesten Ereignisse; {earlier} frühere zählen auch.",
        "The {shown} newest events are shown; {earlier} earlier ones count, too.",
    ),
    "lead.timeline.empty": Both(
        "Bis jetzt ist kein Ereignis bekannt.", "No event is known so far."
    ),
    "lead.timeline.unreadable": Both(
        "Was die Ereignisse beitragen, lässt sich zurzeit nicht sagen.",
        "What the events add cannot be told at the moment.",
    ),
    "lead.timeline.nothing": Both("ändert heute nichts", "changes nothing today"),
    "lead.timeline.value": Both("Wert {value}", "value {value}"),
    # What changed.
    "lead.change": Both("Was sich geändert hat", "What changed"),
    "lead.change.from": Both(
        "Von {before} am {begin} zu {after} jetzt.", "From {before} on {begin} to {after} now."
    ),
    "lead.change.nothing": Both("Nichts hat sich geändert.", "Nothing has changed."),
    "lead.change.unreadable": Both(
        "Was damals bekannt war, lässt sich nicht auswerten.",
        "What was known then cannot be read.",
    ),
    "lead.change.other": Both("Übriges", "the rest"),
    "lead.history": Both("Bisherige Bewertungen", "Scores so far"),
    "lead.history.why": Both("Was sich seither änderte", "What changed since"),
    "lead.history.why.of": Both("Was sich seit {moment} änderte", "What changed since {moment}"),
    "lead.history.empty": Both("Dies ist die erste Bewertung.", "This is the first score."),
    # What to do next.
    "lead.next": Both("Als Nächstes", "Next"),
    "lead.next.worth": Both("Erwartungswert {money}", "Expected value {money}"),
    "lead.question": Both("Die beste nächste Frage", "The best next question"),
    "lead.question.back": Both("Zum Lead", "To the lead"),
    "lead.question.ask": Both("Was sollte man fragen?", "What should be asked?"),
    "lead.question.best": Both("Fragen Sie nach: {field}.", "Ask for: {field}."),
    "lead.question.moves": Both(
        "Die Antwort verschiebt die Bewertung im Mittel um {points} Punkte; sie läge zwischen "
        "{low} und {high}. Gerechnet mit dem, was {leads} andere Leads sagten.",
        "The answer moves the score by {points} points on average; it would lie between {low} and "
        "{high}. Computed with what {leads} other leads said.",
    ),
    "lead.question.answers": Both("Nach Antwort", "By answer"),
    "lead.question.share": Both("{share} der Leads", "{share} of leads"),
    "lead.question.then": Both("Danach:", "Then:"),
    "lead.question.none": Both(
        "Es fehlt keine Angabe, deren Antwort die Bewertung verschieben würde.",
        "Nothing is missing whose answer would move the score.",
    ),
    # Where it stands.
    "lead.stage": Both("Stufe", "Stage"),
    "lead.stage.since": Both("seit {moment}", "since {moment}"),
    "lead.stage.none": Both(
        "Das CRM nennt eine Stufe, die Ihre Vereinbarung nicht kennt.",
        "The CRM tells a stage that your agreement does not know.",
    ),
    "lead.stage.end": Both("Von hier führt kein Weg weiter.", "No way leads on from here."),
    "lead.stage.reason": Both("Grund", "Reason"),
    "lead.stage.choose": Both("Bitte wählen", "Please choose"),
    "lead.stage.note": Both("Notiz", "Note"),
    "lead.stage.unmet": Both("Es fehlt noch:", "Still missing:"),
    "lead.stage.history": Both("Bisherige Stufen", "Stages so far"),
    "lead.stage.outside": Both("außerhalb der Vereinbarung", "outside the agreement"),
    "lead.stage.not_yours": Both(
        "Über Leads entscheidet der Vertrieb.", "Sales decides about leads."
    ),
    # BANT.
    "lead.bant": Both("BANT", "BANT"),
    "lead.bant.count": Both("{count} von 4 geklärt", "{count} of 4 established"),
    "lead.bant.edit": Both("Etwas herausgefunden?", "Found something out?"),
    "lead.bant.not_asked": Both("nicht gefragt", "not asked"),
    "lead.bant.none": Both("gefragt: keines", "asked: none"),
    "lead.bant.at_least": Both("Budget mindestens", "Budget at least"),
    "lead.bant.at_most": Both("Budget höchstens", "Budget at most"),
    "lead.bant.currency": Both("Währung", "Currency"),
    "lead.bant.no_budget": Both("Es gibt keines", "There is none"),
    "lead.bant.need.help": Both(
        "In einem oder zwei Worten, zum Beispiel Ersatz Altsystem.",
        "In a word or two, such as replace legacy.",
    ),
    "lead.bant.source": Both("Woher", "From"),
    "lead.bant.confidence": Both("Wie sicher", "How sure"),
    "lead.bant.note": Both("Notiz", "Note"),
    "lead.bant.save": Both("Festhalten", "Keep"),
    "lead.bant.mistake.nothing": Both(
        "Füllen Sie mindestens eines der vier Felder aus.", "Fill in at least one of the four."
    ),
    "lead.bant.mistake.budget": Both(
        "Beträge sind Zahlen ab 0, das Höchste nicht unter dem Mindesten.",
        "Amounts are numbers from 0, the highest not below the lowest.",
    ),
    "lead.bant.mistake.need": Both(
        "Bis zu 60 Buchstaben oder Ziffern.", "Up to 60 letters or digits."
    ),
    "lead.bant.mistake.note": Both("Bis zu 2.000 Zeichen.", "Up to 2,000 characters."),
    "bant.budget": Both("Budget", "Budget"),
    "bant.authority": Both("Entscheidung", "Authority"),
    "bant.need": Both("Bedarf", "Need"),
    "bant.timeline": Both("Zeitplan", "Timeline"),
    "bant.state.established": Both("geklärt", "established"),
    "bant.state.against": Both("spricht dagegen", "speaks against it"),
    "bant.state.unsure": Both("unsicher", "unsure"),
    "bant.state.outdated": Both("veraltet", "out of date"),
    "bant.state.unknown": Both("offen", "open"),
    "bant.part.decides": Both("entscheidet", "decides"),
    "bant.part.approves": Both("gibt frei", "approves"),
    "bant.part.recommends": Both("empfiehlt", "recommends"),
    "bant.part.uses": Both("nutzt es", "uses it"),
    "bant.source.form": Both("Formular", "Form"),
    "bant.source.call": Both("Gespräch", "Call"),
    "bant.source.email": Both("E-Mail", "E-mail"),
    "bant.source.crm": Both("CRM", "CRM"),
    "bant.source.event": Both("Veranstaltung", "Event"),
    "bant.sure.certain": Both("sicher", "certain"),
    "bant.sure.likely": Both("wahrscheinlich", "likely"),
    "bant.sure.vague": Both("vermutet", "a guess"),
    # What if.
    "lead.what_if": Both("Was wäre, wenn", "What if"),
    "lead.what_if.text": Both(
        "Nur gerechnet, nicht gespeichert.", "Only computed; nothing is stored."
    ),
    "lead.what_if.field": Both("Feld", "Field"),
    "lead.what_if.value": Both("wäre", "were"),
    "lead.what_if.help": Both("Leer: unbekannt.", "Empty: unknown."),
    "lead.what_if.ask": Both("Rechnen", "Compute"),
    "lead.what_if.tag": Both("Hypothetisch", "Hypothetical"),
    "lead.what_if.said": Both(
        "Wäre {field} {value}, so stünde dort {then}, Klasse {grade}, statt {now}.",
        "If {field} were {value}, it would say {then}, grade {grade}, instead of {now}.",
    ),
    "lead.what_if.unknown_value": Both(
        "Dieser Wert kam in der Vergangenheit nicht vor; das Modell hat über ihn nichts gelernt.",
        "This value never occurred before; the model has learned nothing about it.",
    ),
    "lead.what_if.mistake.field": Both("Wählen Sie ein Feld.", "Choose a field."),
    "lead.what_if.mistake.number": Both(
        "Hier zählt eine Zahl, zum Beispiel 250.", "A number is needed here, such as 250."
    ),
    "lead.what_if.mistake.long": Both("Höchstens 200 Zeichen.", "200 characters at most."),
    # What is known.
    "lead.known": Both("Was bekannt ist", "What is known"),
    "known.free_mailer": Both("Adresse bei einem Freemailer", "Address of a free provider"),
    "known.phone_country": Both("Land der Telefonnummer", "Country of the phone number"),
    "known.country_code": Both("Ländercode", "Country code"),
    "known.employees_band": Both("Größenklasse", "Size of company"),
    "lead.known.nothing": Both("Noch keine Angaben.", "Nothing yet."),
    "lead.company": Both("Firma", "Company"),
    "lead.company.combined": Both(
        "Irgendjemand hier wird zum SQL: {chance}", "Anybody here will become SQL: {chance}"
    ),
    "lead.company.alone": Both("Sonst ist hier niemand bekannt.", "Nobody else is known here."),
    "lead.company.others": Both("und {count} weitere", "and {count} more"),
    "lead.company.unscored": Both("ohne Bewertung", "no score"),
    "lead.consent": Both("Einwilligungen", "Consent"),
    "lead.consent.none": Both("Nichts ist vermerkt.", "Nothing is recorded."),
    "lead.consent.given": Both("erteilt", "given"),
    "lead.consent.withdrawn": Both("widerrufen", "withdrawn"),
    # What was done.
    "done.lead_moved": Both("Die Stufe ist geändert.", "The stage is changed."),
    "done.bant_kept": Both("Es ist festgehalten.", "It is kept."),
    "done.reason_wrong": Both(
        "Danke. Der Grund ist als falsch gemeldet.", "Thank you. The reason is reported as wrong."
    ),
    # Why it was not done.
    "lead.refused.moved_meanwhile": Both(
        "Jemand war schneller, es wurde nichts geändert. Unten steht der neue Stand.",
        "Somebody was faster; nothing was changed. What is true now stands below.",
    ),
    "lead.refused.no_such_way": Both(
        "Ihre Vereinbarung hat diesen Weg nicht. Es wurde nichts geändert.",
        "Your agreement has no such way. Nothing was changed.",
    ),
    "lead.refused.criteria_unmet": Both(
        "Dafür fehlt noch etwas; es steht unten bei der Stufe. Es wurde nichts geändert.",
        "Something is still missing; it stands below at the stage. Nothing was changed.",
    ),
    "lead.refused.not_scored": Both(
        "Dafür fehlt eine Rechtsgrundlage für Profiling. Es wurde nichts geändert.",
        "A basis for profiling is missing for that. Nothing was changed.",
    ),
    "lead.refused.reason": Both(
        "Wählen Sie einen Grund. Es wurde nichts geändert.",
        "Choose a reason. Nothing was changed.",
    ),
    "lead.refused.note": Both(
        "Die Notiz hat mehr als 2.000 Zeichen. Es wurde nichts geändert.",
        "The note has more than 2,000 characters. Nothing was changed.",
    ),
}
"""Of a lead."""
