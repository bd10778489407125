"""The pages on the lifecycle and the rules."""

from collections.abc import Mapping

from serving.pages.words.both import Both

AGREED: Mapping[str, Both] = {
    "agreed.title": Both("Regeln und Lebenszyklus", "Rules and lifecycle"),
    "agreed.lifecycle": Both("Lebenszyklus", "Lifecycle"),
    "agreed.rules": Both("Regeln", "Rules"),
    "agreed.lifecycle.text": Both(
        "Was ein Lead wann heißt, was er für den nächsten Schritt braucht und wer darüber "
        "entscheidet. Der Dienst hält sich daran.",
        "What a lead is called when, what it takes to move on, and who decides it. The service "
        "keeps to it.",
    ),
    "agreed.rules.text": Both(
        "Punkte für das, was ein Lead ist und tut. Die Regeln bewerten, wo kein Modell antworten "
        "kann.",
        "Points for what a lead is and does. The rules score where no model can answer.",
    ),
    "agreed.edit": Both("Bearbeiten", "Edit"),
    "agreed.edit.lifecycle": Both("Lebenszyklus bearbeiten", "Edit the lifecycle"),
    "agreed.edit.rules": Both("Regeln bearbeiten", "Edit the rules"),
    "agreed.called": Both("Bezeichnung", "Called"),
    "agreed.fingerprint": Both("Fingerabdruck", "Fingerprint"),
    "agreed.version": Both("Version", "Version"),
    "agreed.file": Both("Datei des Dienstes", "file of the service"),
    "agreed.ways": Both("Stufen und Wege", "Stages and ways"),
    "agreed.end": Both("Ende", "end"),
    "agreed.also": Both("Im CRM auch: {names}", "In the CRM also: {names}"),
    "agreed.from": Both("aus {stages}", "from {stages}"),
    "agreed.by.rule": Both("von selbst", "by itself"),
    "agreed.by.sales": Both("Vertrieb", "sales"),
    "agreed.by.marketing": Both("Marketing", "marketing"),
    "agreed.by.admin": Both("Administration", "administration"),
    "agreed.by.crm": Both("CRM", "CRM"),
    "agreed.reasons": Both("Mit Grund: {reasons}", "With a reason: {reasons}"),
    "agreed.bant.sure": Both(
        "Belege zählen ab einer Sicherheit von {share} %.",
        "Evidence counts from a confidence of {share} %.",
    ),
    "agreed.bant.fresh": Both(
        "Belege zählen {days} Tage lang.", "Evidence counts for {days} days."
    ),
    "agreed.bant.within": Both(
        "Die Entscheidung liegt höchstens {days} Tage voraus.",
        "The decision lies at most {days} days ahead.",
    ),
    "agreed.bant.authority": Both(
        "Als Rolle in der Entscheidung genügt: {parts}.",
        "As part in the decision is enough: {parts}.",
    ),
    "agreed.views": Both("Wie Leads genannt werden", "What leads are called"),
    "agreed.view.cold": Both("kalt", "cold"),
    "agreed.view.warm": Both("warm", "warm"),
    "agreed.view.sales": Both("Vertriebs-Lead", "sales lead"),
    "agreed.use_cases": Both("Andere Schwellen und Modelle", "Other thresholds and models"),
    "agreed.use_case.model": Both("Eigenes Modell", "Model of its own"),
    "agreed.unloaded": Both(
        "Das Modell dieser Anwendungsfälle ist hier noch nicht geladen: {names}. Ihre Leads sind "
        "in dieser Vorschau vom allgemeinen Modell bewertet.",
        "The model of these use cases is not loaded here yet: {names}. In this preview, the "
        "general model has scored their leads.",
    ),
    "agreed.versions": Both("Versionen", "Versions"),
    "agreed.newest": Both("die neueste", "newest"),
    "agreed.who": Both("Von wem, wann", "By whom, when"),
    "agreed.note": Both("Warum", "Why"),
    "agreed.action": Both("Aktion", "Action"),
    "agreed.look": Both("Ansehen", "Look"),
    "agreed.look.of": Both("Version {version} ansehen", "Look at version {version}"),
    "agreed.undone": Both("zurück zu {version}", "back to {version}"),
    "agreed.undo": Both(
        "Zurück zu Version {version}: Vorschau", "Back to version {version}: preview"
    ),
    "agreed.since": Both("Änderungen seit Version {version}", "Changes since version {version}"),
    "agreed.whole": Both("Der ganze Text", "The whole text"),
    "agreed.sign": Both("Zeichen", "Sign"),
    "agreed.line": Both("Zeile", "Line"),
    "agreed.new": Both("neu", "new"),
    "agreed.gone": Both("entfällt", "gone"),
    "agreed.no_difference": Both("Kein Unterschied.", "No difference."),
    "agreed.soon": Both(
        "Version {version} gilt in wenigen Sekunden.", "Version {version} counts in a few seconds."
    ),
    "agreed.unusable": Both(
        "Version {version} kann dieser Dienst nicht verwenden; Version {in_force} gilt weiter.",
        "This service cannot use version {version}; version {in_force} stays in force.",
    ),
    "agreed.mistakes": Both("Das geht so nicht", "This cannot be kept"),
    "agreed.mistake.long": Both(
        "Der Text hat mehr als 100.000 Zeichen.", "The text has more than 100,000 characters."
    ),
    "agreed.mistake.same": Both(
        "Der Text ist der, der schon gilt.", "The text is the one that counts already."
    ),
    "agreed.newer.title": Both(
        "Inzwischen hat jemand anderes gespeichert", "Somebody else has saved meanwhile"
    ),
    "agreed.newer.text": Both(
        "Es gibt jetzt Version {version}. Ihr Text steht unten noch ganz da. Übernehmen Sie von "
        "Version {version}, was bleiben soll; gespeichert wird auf ihrer Grundlage.",
        "There is version {version} now. Your text is below, all of it. Take over from version "
        "{version} what is to stay; it will be saved on top of that one.",
    ),
    "agreed.newer.lines": Both(
        "Was Ihr Text an der neuen Version ändert", "What your text changes in the newer version"
    ),
    "agreed.newer.whole": Both("Die neue Version im Ganzen", "The newer version as a whole"),
    "agreed.text": Both("Text (TOML)", "Text (TOML)"),
    "agreed.text.help": Both(
        "Was die Zeilen bedeuten, steht in den Kommentaren. Nichts gilt, bevor Sie die Vorschau "
        "gesehen und gespeichert haben.",
        "Comments say what the lines mean. Nothing counts before you have seen the preview and "
        "saved.",
    ),
    "agreed.why": Both("Warum", "Why"),
    "agreed.why.help": Both(
        "Für alle, die später die Versionen lesen.", "For whoever reads the versions later."
    ),
    "agreed.try": Both("Vorschau", "Preview"),
    "agreed.preview": Both("Vorschau", "Preview"),
    "agreed.looked.all": Both(
        "Ausprobiert an {looked} Leads. Nichts wurde geändert.",
        "Tried on {looked} leads. Nothing was changed.",
    ),
    "agreed.looked.some": Both(
        "Ausprobiert an {looked} von {leads} Leads. Ausgelassen ist, wer am Ende steht oder nicht "
        "bewertet werden darf; von mehr als 1.000 Leads werden 1.000 zufällig gewählt. Nichts "
        "wurde geändert.",
        "Tried on {looked} of {leads} leads. Left out is who is at an end or may not be scored; of "
        "more than 1,000 leads, 1,000 are taken at random. Nothing was changed.",
    ),
    "agreed.nobody.title": Both("Keine Leads", "No leads"),
    "agreed.nobody.text": Both(
        "Es gibt noch keine Leads, an denen sich die Änderung ausprobieren ließe.",
        "There are no leads yet on which the change could be tried.",
    ),
    "agreed.big.title": Both(
        "Diese Änderung betrifft {share} der Leads", "This change concerns {share} of the leads"
    ),
    "agreed.big.text": Both(
        "Das ist mehr als ein Drittel. Sehen Sie genau hin, bevor Sie speichern: Was Regeln einmal "
        "bewegt haben, nimmt eine spätere Version nicht zurück.",
        "That is more than a third. Look closely before you save: a later version does not take "
        "back what rules have moved.",
    ),
    "agreed.month": Both(
        "Was aus dem letzten Monat geworden wäre", "What last month would have been"
    ),
    "agreed.month.text": Both(
        "Wo Leads ständen, wenn 30 Tage lang nur die eine oder nur die andere Fassung gegolten "
        "hätte, nach dem, was heute von ihnen bekannt ist. Entscheidungen von Menschen und des CRM "
        "bleiben.",
        "Where leads would stand if only the one or only the other text had counted for 30 days, "
        "by what is known of them today. What people and the CRM decided stays.",
    ),
    "agreed.month.now": Both("Wie es gilt", "As it is"),
    "agreed.month.then": Both("Mit der Änderung", "With the change"),
    "agreed.month.change": Both("Unterschied", "Difference"),
    "agreed.stage": Both("Stufe", "Stage"),
    "agreed.no_stage": Both("unbekannte Stufe", "unknown stage"),
    "agreed.once": Both(
        "Was sich nach dem Speichern zusätzlich bewegt", "What moves in addition once it is saved"
    ),
    "agreed.once.none": Both("Kein Lead.", "No lead."),
    "agreed.unknown": Both(
        "{count} Leads stehen in einer Stufe, die es in der Änderung nicht mehr gibt; keine Regel "
        "bewegt sie dann.",
        "{count} leads are in a stage that the change does not have any more; no rule moves them "
        "then.",
    ),
    "agreed.grades": Both(
        "Welche Klasse dieselben Leads hätten", "Which grade the same leads would have"
    ),
    "agreed.grades.text": Both(
        "Nach den Regeln allein. Wo ein Modell antwortet, ändert sich nichts.",
        "By the rules alone. Where a model answers, nothing changes.",
    ),
    "agreed.grades.axes": Both("heute ↓ geändert →", "today ↓ changed →"),
    "agreed.lines": Both("Was sich im Text ändert", "What changes in the text"),
    "agreed.keep": Both("Als Version {version} speichern", "Save as version {version}"),
    "agreed.keep.lifecycle": Both(
        "Die Version gilt wenige Sekunden später überall. Leads werden bewegt, sobald sie wieder "
        "bewertet werden, spätestens nach einem Tag.",
        "The version counts everywhere a few seconds later. Leads are moved as soon as they are "
        "scored again, after a day at the latest.",
    ),
    "agreed.keep.rules": Both(
        "Die Version gilt wenige Sekunden später überall. Gespeicherte Bewertungen ändern sich, "
        "sobald ein Lead wieder bewertet wird, spätestens nach einem Tag.",
        "The version counts everywhere a few seconds later. Stored scores change as soon as a "
        "lead is scored again, after a day at the latest.",
    ),
    "agreed.keep.button": Both("Speichern", "Save"),
    "agreed.go_on": Both("Weiter bearbeiten", "Go on editing"),
    "agreed.sure": Both(
        "Ja, {share} der Leads sollen davon betroffen sein.",
        "Yes, {share} of the leads shall be concerned.",
    ),
    "agreed.unsure": Both(
        "Bestätigen Sie das, oder bearbeiten Sie den Text weiter.",
        "Confirm that, or go on editing the text.",
    ),
    "done.agreed": Both(
        "Gespeichert. Die Version gilt in wenigen Sekunden überall.",
        "Saved. The version counts everywhere in a few seconds.",
    ),
    "rules.thresholds": Both("Schwellen in Punkten", "Thresholds in points"),
    "rules.at_zero": Both("Wahrscheinlichkeit ohne Punkte", "Probability without points"),
    "rules.at_sql": Both("An der Schwelle zu SQL", "At the threshold for SQL"),
    "rules.fit": Both("Was ein Lead ist", "What a lead is"),
    "rules.behaviour": Both("Was ein Lead tut", "What a lead does"),
    "rules.sentence": Both("Regel", "Rule"),
    "rules.condition": Both("Bedingung", "Condition"),
    "rules.points": Both("Punkte", "Points"),
    "rules.missing": Both("unbekannt", "not known"),
    "rules.at_least": Both("mindestens {number}", "at least {number}"),
    "rules.below": Both("weniger als {number}", "less than {number}"),
}
