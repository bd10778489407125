"""The page on the model, and promises held against what came."""

from collections.abc import Mapping

from serving.pages.words.both import Both

MODEL: Mapping[str, Both] = {
    "model.title": Both("Modell", "Model"),
    "model.now": Both("Was jetzt antwortet", "What answers now"),
    "model.now.model": Both(
        "Sagt, wie wahrscheinlich ein Lead innerhalb von {days} Tagen {target} wird.",
        "Tells how likely a lead becomes {target} within {days} days.",
    ),
    "model.now.flat": Both(
        "Sagt, wie wahrscheinlich ein Lead {target} wird.",
        "Tells how likely a lead becomes {target}.",
    ),
    "model.rules": Both("Die Regeln", "The rules"),
    "model.rules.beside": Both("Regeln, wo kein Modell kann", "Rules where no model can"),
    "model.since": Both("In diesem Prozess seit", "In this process since"),
    "model.trained": Both("Trainiert", "Trained"),
    "model.learned": Both("Gelernt aus", "Learned from"),
    "model.learned.from": Both(
        "{leads} Leads, {rows} Zeilen, davon {positives} mit Erfolg",
        "{leads} leads, {rows} rows, {positives} of them with success",
    ),
    "model.parts": Both("Mischung", "Mixture"),
    "model.parts.of": Both(
        "Bäume {trees}, logistisch {linear}", "trees {trees}, logistic {linear}"
    ),
    "model.features": Both("Merkmale", "Features"),
    "model.own": Both("Eigene Modelle von Anwendungsfällen", "Models of use cases"),
    "model.own.text": Both(
        "Der erste Anwendungsfall, der zu einem Lead passt und dessen Modell geladen ist, "
        "antwortet; sonst das allgemeine Modell, und wo das nicht kann, die Regeln.",
        "The first use case that fits a lead and whose model is loaded answers; else the general "
        "model, and the rules where that cannot.",
    ),
    "model.own.use_case": Both("Anwendungsfall", "Use case"),
    "model.own.model": Both("Modell", "Model"),
    "model.own.away": Both("nicht geladen", "not loaded"),
    "model.own.all": Both("allen Leads", "all leads"),
    "model.own.learned": Both("{leads} Leads ({group})", "{leads} leads ({group})"),
    "model.truth": Both("Versprochen und eingetreten", "Promised, and what came"),
    "model.truth.text": Both(
        "Die erste Bewertung jedes Leads im letzten Jahr: was sie im Mittel versprach, und wie "
        "viele in {days} Tagen SQL wurden. Wessen Frist noch läuft, zählt nicht mit.",
        "The first score of each lead in the last year: what it promised on average, and how many "
        "became SQL within {days} days. Who still has time does not count.",
    ),
    "model.truth.count": Both("Nachzählen", "Count it"),
    "model.truth.empty.title": Both("Noch keine Bewertungen", "No scores yet"),
    "model.truth.empty.text": Both(
        "Sobald gespeicherte Leads bewertet sind und ihre Frist vorbei ist, steht hier, was daraus "
        "wurde.",
        "As soon as stored leads are scored and their time is over, what became of them is here.",
    ),
    "promise.title": Both("Versprochen und eingetreten", "Promised, and what came"),
    "promise.basis": Both("Grundlage", "Basis"),
    "promise.grade": Both("Klasse", "Grade"),
    "promise.expected": Both("Versprochen", "Promised"),
    "promise.came": Both("Eingetreten", "Came"),
    "promise.range": Both("Bereich (95 %), Strich: versprochen", "Range (95 %), stroke: promised"),
    "promise.waiting": Both("Frist läuft noch", "Still has time"),
    "promise.by.model": Both("Modell", "model"),
    "promise.by.rules": Both("Regeln", "rules"),
    "promise.too_early": Both("noch nicht zu sagen", "too early to tell"),
    "promise.of": Both("{came} von {leads}", "{came} of {leads}"),
    "model.tried": Both("Wie wahr es im Training war", "How true it was in training"),
    "model.tried.text": Both(
        "An Leads, aus deren Ausgang es nichts gelernt hatte: dem neuesten Abschnitt, und denen, "
        "die an früheren Stichtagen offen waren. In Klammern der Bereich, in dem der wahre Wert "
        "mit 95 % liegt.",
        "On leads from whose outcome it had learned nothing: the newest slice, and those that were "
        "open at past cut-offs. In brackets the range in which the true value lies with 95 %.",
    ),
    "model.figure": Both("Kennzahl", "Figure"),
    "model.newest": Both("Neuester Abschnitt", "Newest slice"),
    "model.backtest": Both("Rückschau", "Backtest"),
    "model.notes": Both("Was man dazu wissen muss", "What to know before believing it"),
    "metric.roc_auc": Both("Reihenfolge (ROC AUC)", "Order (ROC AUC)"),
    "metric.roc_auc.text": Both(
        "Wie oft ein späterer Erfolg vor einem anderen Lead steht; 0,5 ist Zufall.",
        "How often a later success stands before another lead; 0.5 is chance.",
    ),
    "metric.lift_10": Both("Erste 10 % (Lift)", "First 10 % (lift)"),
    "metric.lift_10.text": Both(
        "Wie viel mal so viele Erfolge unter den besten 10 % sind wie im Mittel.",
        "How many times as many successes are among the best 10 % as on average.",
    ),
    "metric.expected_observed": Both("Versprochen je Eingetretenem", "Promised for each that came"),
    "metric.expected_observed.text": Both(
        "1 ist genau; über 1 wurde zu viel versprochen.",
        "1 is exact; above 1, too much was promised.",
    ),
    "metric.brier": Both("Mittlerer quadratischer Fehler (Brier)", "Mean squared error (Brier)"),
    "metric.brier.text": Both("Je kleiner, desto besser.", "The smaller, the better."),
    "metric.ece": Both("Abstand der Wahrscheinlichkeiten (ECE)", "Distance of probabilities (ECE)"),
    "metric.ece.text": Both(
        "Wie weit Wahrscheinlichkeiten im Mittel neben den Anteilen liegen.",
        "How far probabilities lie beside the shares on average.",
    ),
    "model.subjects": Both("Worauf es achtet", "What it looks at"),
    "model.subjects.model": Both(
        "Wie weit ein Thema die Log-Odds im Mittel bewegt, die stärksten zuerst.",
        "How far a subject moves the log-odds on average, the strongest first.",
    ),
    "model.subjects.rules": Both(
        "Wie weit die Regeln zu einem Thema die Log-Odds höchstens bewegen, die stärksten zuerst.",
        "How far the rules about a subject can move the log-odds, the strongest first.",
    ),
    "model.subject": Both("Thema", "Subject"),
    "model.importance": Both("Gewicht", "Weight"),
    "model.rested": Both("Worauf Bewertungen beruhten", "What scores rested on"),
    "model.rested.text": Both(
        "Die neuesten {scores} Bewertungen gespeicherter Leads.",
        "The newest {scores} scores of stored leads.",
    ),
    "model.rested.none": Both(
        "Noch ist kein gespeicherter Lead bewertet.", "No stored lead is scored yet."
    ),
    "model.why.no_model": Both("kein Modell geladen", "no model loaded"),
    "model.why.model_refused": Both("Modell nicht verwendbar", "model not usable"),
    "model.why.non_finite": Both("keine brauchbare Zahl", "no usable number"),
    "model.why.deadline": Both("zu lange gebraucht", "took too long"),
    "model.challenger": Both("Herausforderer", "Challenger"),
    "model.challenger.none": Both(
        "Keiner eingestellt. Mit LEADSCORE_CHALLENGER bewertet ein zweites Modell dieselben Leads, "
        "ohne dass es jemand sieht.",
        "None is set. By LEADSCORE_CHALLENGER, a second model scores the same leads, without "
        "anybody seeing it.",
    ),
    "model.challenger.loading": Both("Noch nicht geladen.", "Not loaded yet."),
    "model.challenger.text": Both(
        "Die neuesten {leads} Bewertungen, die beide abgaben. Wer näher an dem liegt, was kam, "
        "zeigt sich, wenn die Fristen vorbei sind.",
        "The newest {leads} scores that both gave. Which is closer to what came shows once the "
        "time of these leads is over.",
    ),
    "model.challenger.mean": Both("im Mittel {share}", "on average {share}"),
    "model.challenger.apart": Both("Mittlerer Abstand", "Mean distance"),
    "model.challenger.points": Both("{points} Prozentpunkte", "{points} percentage points"),
    "model.challenger.best": Both("Gleiche unter den besten 10 %", "Same among the best 10 %"),
    "model.drift": Both("Verschiebung", "Drift"),
    "model.drift.none": Both(
        "Wird noch nicht gemessen. Dass sich die Leads verändert haben, zeigt bis dahin nur der "
        "Abstand zwischen Versprochenem und Eingetretenem.",
        "Not yet measured. Until then, that leads have changed shows only in how far what came is "
        "from what was promised.",
    ),
}
