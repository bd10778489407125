"""The page on keys of the API."""

from collections.abc import Mapping

from serving.pages.words.both import Both

KEYS: Mapping[str, Both] = {
    "keys.title": Both("API-Schlüssel", "API keys"),
    "keys.empty.title": Both("Noch kein Schlüssel", "No key yet"),
    "keys.empty.text": Both(
        "Solange es keinen gibt, nimmt der Dienst nur Anfragen von der eigenen Maschine an oder "
        "steht allen offen. Mit dem ersten Schlüssel schließt er sich.",
        "As long as there is none, the service takes requests from its own machine only, or is "
        "open to all. The first key closes it.",
    ),
    "keys.in_file.title": Both("Schlüssel stehen in einer Datei", "Keys are in a file"),
    "keys.in_file.text": Both(
        "Dieser Dienst liest seine Schlüssel aus LEADSCORE_KEYS; sie werden mit dem Befehl "
        "leadscore keys gepflegt.",
        "This service reads its keys from LEADSCORE_KEYS; they are kept by the command leadscore "
        "keys.",
    ),
    "keys.name": Both("Name", "Name"),
    "keys.scopes": Both("Erlaubt", "Allows"),
    "keys.used": Both("Zuletzt benutzt", "Last used"),
    "keys.never": Both("noch nie", "never"),
    "keys.state": Both("Gilt", "Counts"),
    "keys.counts": Both("unbefristet", "without end"),
    "keys.until": Both("bis {moment}", "until {moment}"),
    "keys.expired": Both("abgelaufen am {moment}", "expired on {moment}"),
    "keys.revoked": Both("widerrufen am {moment}", "revoked on {moment}"),
    "keys.action": Both("Aktion", "Action"),
    "keys.revoke": Both("Widerrufen", "Revoke"),
    "keys.revoke.of": Both("Schlüssel {name} widerrufen", "Revoke the key {name}"),
    "keys.make": Both("Schlüssel erzeugen", "Make a key"),
    "keys.name.help": Both(
        "Das System, das anfragt, zum Beispiel crm; keine Person.",
        "The system that will call, such as crm; no person.",
    ),
    "keys.days": Both("Gültig für Tage", "Counts for days"),
    "keys.days.help": Both("Leer: unbefristet.", "Empty: without end."),
    "keys.made.title": Both("Schlüssel {name} ist erzeugt", "The key {name} is made"),
    "keys.made.text": Both(
        "Er wird nur jetzt angezeigt. Bewahren Sie ihn sicher auf; gesendet wird er als "
        "Authorization: Bearer …",
        "It is shown only now. Keep it safe; it is sent as Authorization: Bearer …",
    ),
    "keys.mistake.name": Both(
        "1 bis 200 Buchstaben, Ziffern, Leerzeichen oder .:-_, am Anfang ein Buchstabe oder eine "
        "Ziffer.",
        "1 to 200 letters, digits, spaces or .:-_, beginning with a letter or digit.",
    ),
    "keys.mistake.scopes": Both("Wählen Sie mindestens eines.", "Choose at least one."),
    "keys.mistake.days": Both(
        "Eine ganze Zahl von 1 bis 3.650.", "A whole number from 1 to 3,650."
    ),
    "scope.score": Both(
        "score: bewerten, was die Anfrage enthält", "score: score what a request holds"
    ),
    "scope.read": Both(
        "read: gespeicherte Leads und Bewertungen lesen", "read: read stored leads and scores"
    ),
    "scope.write": Both("write: von Leads berichten", "write: tell of leads"),
    "scope.admin": Both(
        "admin: alles, auch löschen, exportieren, Protokoll",
        "admin: all, also erase, export, audit",
    ),
    "done.key_revoked": Both(
        "Der Schlüssel ist widerrufen; nach spätestens fünf Sekunden gilt er nirgends mehr.",
        "The key is revoked; after five seconds at most it counts nowhere.",
    ),
}
