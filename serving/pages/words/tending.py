"""The pages on imports, duplicates, consent and the audit."""

from collections.abc import Mapping

from serving.pages.words.both import Both

TENDING: Mapping[str, Both] = {
    "tending.title": Both("Datenpflege", "Data care"),
    "imports.title": Both("Importe", "Imports"),
    "imports.text": Both(
        "Listen von Leads, etwa von einer Messe: CSV, Excel oder JSON Lines mit bis zu {most} "
        "Zeilen. Alle werden übernommen, oder keine.",
        "Lists of leads, such as of a fair: CSV, Excel or JSON Lines of up to {most} rows. All of "
        "them are taken, or none.",
    ),
    "imports.file": Both("Datei", "File"),
    "imports.file.help": Both(
        "Die erste Zeile nennt die Spalten.", "The first row names the columns."
    ),
    "imports.source": Both("Woher", "Source"),
    "imports.source.help": Both(
        "Zum Beispiel fair_2026; keine Person.", "Such as fair_2026; no person."
    ),
    "imports.occurred": Both("Seit wann das gilt", "Since when it holds"),
    "imports.occurred.help": Both(
        "Zum Beispiel 01.03.2026; leer heißt jetzt. Für Einwilligungen nötig.",
        "Such as 2026-03-01; empty is now. Needed for consents.",
    ),
    "imports.more": Both("Weitere Angaben", "More"),
    "imports.event": Both("Ereignis aller Leads", "Event of all leads"),
    "imports.event.help": Both("Zum Beispiel trade_fair_visit.", "Such as trade_fair_visit."),
    "imports.at": Both("Wann es geschah", "When it happened"),
    "imports.columns": Both("Spalten", "Columns"),
    "imports.columns.help": Both(
        "Je Zeile eine, wo die Überschrift nicht reicht: Messe=profile.fair, oder Notiz= für eine "
        "Spalte, die wegfällt.",
        "One a line, where the heading is not enough: Fair=profile.fair, or Note= for a column to "
        "be left out.",
    ),
    "imports.skip": Both(
        "Fehlerhafte Zeilen auslassen und die anderen übernehmen",
        "Leave out rows with mistakes, and take the others",
    ),
    "imports.try": Both("Ausprobieren", "Try it"),
    "imports.keep": Both("Übernehmen", "Take it"),
    "imports.refused": Both("Diese Datei geht so nicht", "This file cannot be taken"),
    "imports.kept": Both("Übernommen", "Taken"),
    "imports.tried": Both("Ausprobiert: nichts wurde geändert", "Tried: nothing was changed"),
    "imports.not_kept": Both("Nicht übernommen", "Not taken"),
    "imports.now_keep": Both(
        "Wenn alles stimmt: dieselbe Datei mit „Übernehmen“ senden.",
        "If all is well: send the same file by “Take it”.",
    ),
    "imports.count.rows": Both("Zeilen", "Rows"),
    "imports.count.new": Both("neue Leads", "new leads"),
    "imports.count.changed": Both("geänderte Leads", "changed leads"),
    "imports.count.unchanged": Both("unveränderte Leads", "unchanged leads"),
    "imports.count.events": Both("neue Ereignisse", "new events"),
    "imports.count.consents": Both("neue Einwilligungen", "new consents"),
    "imports.count.refused_rows": Both("fehlerhafte Zeilen", "rows with mistakes"),
    "imports.mistakes": Both("Was nicht stimmt", "What is wrong"),
    "imports.line": Both("Zeile {line}", "Line {line}"),
    "imports.more_mistakes": Both("und {count} weitere", "and {count} more"),
    "imports.becomes": Both("Was aus den Spalten wird", "What the columns become"),
    "imports.left": Both("Nicht übernommen: {columns}", "Not taken: {columns}"),
    "imports.empty.title": Both("Noch keine Datei gesendet", "No file sent yet"),
    "imports.empty.text": Both(
        "„Ausprobieren“ zeigt hier, was übernommen würde und welche Zeilen nicht stimmen.",
        "“Try it” shows here what would be taken, and which rows are wrong.",
    ),
    "list.first": Both("Zum Anfang", "To the beginning"),
    "list.next": Both("Weiter", "Next"),
    "duplicates.title": Both("Dubletten", "Duplicates"),
    "duplicates.text": Both(
        "Leads, die dieselbe Person sein können. Zusammengeführte lassen sich wieder trennen.",
        "Leads that may be one person. Leads that were merged can be taken apart again.",
    ),
    "duplicates.waiting": Both(
        "{count} Leads werden noch verglichen.", "{count} leads are still to be compared."
    ),
    "duplicates.one": Both("Der ältere", "The older one"),
    "duplicates.other": Both("Der jüngere", "The younger one"),
    "duplicates.why": Both("Was dafür spricht", "Evidence"),
    "duplicates.action": Both("Aktion", "Action"),
    "duplicates.email": Both("gleiche E-Mail-Adresse", "same e-mail address"),
    "duplicates.phone": Both("gleiche Telefonnummer", "same telephone number"),
    "duplicates.name": Both(
        "Name zu {share} gleich, gleiche Firma", "name {share} alike, same company"
    ),
    "duplicates.compare": Both("Vergleichen", "Compare"),
    "duplicates.compare.of": Both("{one} und {other} vergleichen", "Compare {one} and {other}"),
    "duplicates.empty.title": Both("Keine Dubletten", "No duplicates"),
    "duplicates.empty.text": Both(
        "Zurzeit sieht kein Lead einem anderen ähnlich genug.",
        "At the moment, no lead looks enough like another one.",
    ),
    "duplicates.merges": Both("Zuletzt zusammengeführt", "Merged last"),
    "duplicates.kept": Both("Steht für beide", "Stands for both"),
    "duplicates.joined": Both("Gehört dazu", "Belongs to it"),
    "duplicates.when": Both("Wann", "When"),
    "duplicates.undo": Both("Trennen", "Take apart"),
    "duplicates.undo.of": Both("{one} und {other} trennen", "Take {one} and {other} apart"),
    "pair.title": Both("Zwei Leads im Vergleich", "Two leads side by side"),
    "pair.same": Both("Beide sind schon ein Lead.", "Both are one lead already."),
    "pair.what": Both("Angabe", "What"),
    "pair.name": Both("Name", "Name"),
    "pair.company": Both("Firma", "Company"),
    "pair.email": Both("E-Mail-Adresse", "E-mail address"),
    "pair.phone": Both("Telefon", "Telephone"),
    "pair.account": Both("Firmenkennung", "Account"),
    "pair.created": Both("Lead seit", "Lead since"),
    "pair.stage": Both("Stufe", "Stage"),
    "pair.grade": Both("Klasse", "Grade"),
    "pair.decide": Both("Ist das eine Person?", "Is this one person?"),
    "pair.decide.text": Both(
        "Beim Zusammenführen steht ein Lead für beide, mit allem, was von beiden bekannt ist.",
        "If they are merged, one lead stands for both, with all that is known of either.",
    ),
    "pair.join": Both("Zusammenführen als {kept}", "Merge as {kept}"),
    "pair.different": Both("Zwei verschiedene Personen", "Two different people"),
    "done.joined": Both("Die beiden Leads sind zusammengeführt.", "The two leads are merged."),
    "done.told_different": Both(
        "Notiert: zwei verschiedene Personen.", "Noted: two different people."
    ),
    "done.taken_apart": Both(
        "Die beiden Leads sind wieder getrennt.", "The two leads are taken apart again."
    ),
    "consent.title": Both("Einwilligungen", "Consent"),
    "consent.text": Both(
        "Was mit den Daten eines Leads geschehen darf, seit wann und mit welchem Nachweis.",
        "What may be done with a lead's data, since when, and by which proof.",
    ),
    "consent.who": Both("Lead", "Lead"),
    "consent.who.help": Both(
        "Kennung, E-Mail-Adresse oder Telefonnummer.", "Id, e-mail address or telephone number."
    ),
    "consent.look_up": Both("Nachsehen", "Look up"),
    "consent.unknown": Both("Diesen Lead gibt es hier nicht.", "There is no such lead here."),
    "consent.scored": Both("Dieser Lead darf bewertet werden.", "This lead may be scored."),
    "consent.barred": Both(
        "Dieser Lead wird nicht bewertet: Es fehlt eine Rechtsgrundlage für Profiling ({bases}).",
        "This lead is not scored: there is no basis for profiling ({bases}).",
    ),
    "consent.standing": Both("Was gilt", "What stands"),
    "consent.nothing": Both("Nichts ist erteilt.", "Nothing is given."),
    "consent.withdraw": Both("Widerrufen", "Withdraw"),
    "consent.withdraw.of": Both("{purpose} ({basis}) widerrufen", "Withdraw {purpose} ({basis})"),
    "consent.ledger": Both("Alle Einträge", "All entries"),
    "consent.when": Both("Wann", "When"),
    "consent.purpose": Both("Zweck und Grundlage", "Purpose and basis"),
    "consent.said": Both("Was", "What"),
    "consent.given": Both("erteilt", "given"),
    "consent.withdrawn": Both("widerrufen", "withdrawn"),
    "consent.source": Both("Quelle", "Source"),
    "consent.proof": Both("Wortlaut und Nachweis", "Wording and proof"),
    "consent.empty.title": Both("Noch kein Eintrag", "No entry yet"),
    "consent.empty.text": Both(
        "Von diesem Lead ist keine Einwilligung und kein Widerruf bekannt.",
        "Neither a consent nor a withdrawal of this lead is known.",
    ),
    "done.withdrawn": Both(
        "Widerrufen. Bewertungen enden sofort.", "Withdrawn. Scores end at once."
    ),
    "audit.title": Both("Protokoll", "Audit"),
    "audit.filter": Both("Filtern", "Filter"),
    "audit.when": Both("Wann", "When"),
    "audit.actor": Both("Wer", "Who"),
    "audit.action": Both("Was", "What"),
    "audit.lead": Both("Lead", "Lead"),
    "audit.detail": Both("Näheres", "Detail"),
    "audit.gone": Both("gelöscht (Nr. {number})", "gone (no. {number})"),
    "audit.older": Both("Ältere Einträge", "Older entries"),
    "audit.empty.title": Both("Keine Einträge", "No entries"),
    "audit.empty.text": Both("Dazu steht nichts im Protokoll.", "The audit has nothing of that."),
    "audit.unknown": Both("Diesen Lead gibt es hier nicht.", "There is no such lead here."),
}
