"""What went wrong with a page, and what to do."""

from collections.abc import Mapping

from serving.pages.words.both import Both

ERRORS: Mapping[str, Both] = {
    "error.home": Both("Zur Startseite", "To the start page"),
    "error.invalid.title": Both("So geht es nicht", "That does not work"),
    "error.invalid.text": Both(
        "Die Adresse oder das Formular enthält etwas, das hier nicht gelesen werden kann. Gehen "
        "Sie zurück und versuchen Sie es noch einmal.",
        "The address or the form holds something that cannot be read here. Go back and try again.",
    ),
    "error.forged.title": Both("Dieses Formular ist abgelaufen", "This form has expired"),
    "error.forged.text": Both(
        "Es wurde nichts geändert. Laden Sie die Seite, von der Sie kommen, neu, und senden Sie "
        "das Formular noch einmal. Cookies müssen erlaubt sein.",
        "Nothing was changed. Reload the page that you came from, and send the form again. Cookies "
        "must be allowed.",
    ),
    "error.forbidden.title": Both(
        "Das gehört nicht zu Ihrer Rolle", "That is not part of your role"
    ),
    "error.forbidden.text": Both(
        "Wenn Sie diese Seite brauchen, bitten Sie jemanden mit der Rolle Administration.",
        "If you need this page, ask somebody with the role Administration.",
    ),
    "error.not_found.title": Both("Diese Seite gibt es nicht", "There is no such page"),
    "error.not_found.text": Both(
        "Vielleicht wurde gelöscht, was hier stand, oder die Adresse ist unvollständig.",
        "What was here may have been deleted, or the address is incomplete.",
    ),
    "error.conflict.title": Both(
        "Das hat sich inzwischen geändert", "This has changed in the meantime"
    ),
    "error.conflict.text": Both(
        "Jemand war schneller, und Ihre Änderung passt nicht mehr. Laden Sie die Seite neu.",
        "Somebody was faster, and your change does not fit any more. Reload the page.",
    ),
    "error.too_many.title": Both("Zu viele Versuche", "Too many attempts"),
    "error.too_many.text": Both(
        "Bitte versuchen Sie es in einigen Minuten noch einmal.",
        "Please try again in a few minutes.",
    ),
    "error.failed.title": Both("Das hat nicht geklappt", "Something went wrong"),
    "error.failed.text": Both(
        "Der Fehler liegt bei uns und steht im Protokoll des Dienstes. Versuchen Sie es noch "
        "einmal, oder sagen Sie es dem, der den Dienst betreibt.",
        "The fault is ours, and in the log of the service. Try again, or tell whoever operates it.",
    ),
    "error.away.title": Both("Gerade nicht möglich", "Not possible right now"),
    "error.away.text": Both(
        "Die Datenbank antwortet nicht. Es ging nichts verloren. Bitte versuchen Sie es in einer "
        "Minute noch einmal.",
        "The database does not answer. Nothing was lost. Please try again in a minute.",
    ),
    "error.no_record.title": Both("Hier werden keine Leads geführt", "No leads are kept here"),
    "error.no_record.text": Both(
        "Der Arbeitsplatz braucht eine Datenbank. Wer den Dienst betreibt, setzt "
        "LEADSCORE_DATABASE_URL, zum Beispiel auf sqlite:///leadscore.db, ruft leadscore db "
        "upgrade auf und startet den Dienst neu.",
        "The workspace needs a database. Whoever operates the service sets "
        "LEADSCORE_DATABASE_URL, such as sqlite:///leadscore.db, runs leadscore db upgrade, and "
        "starts the service again.",
    ),
}
