"""The page on users."""

from collections.abc import Mapping

from serving.pages.words.both import Both

USERS: Mapping[str, Both] = {
    "users.title": Both("Benutzer", "Users"),
    "users.who": Both("Wer", "Who"),
    "users.role": Both("Rolle", "Role"),
    "users.seen": Both("Letzte Anmeldung", "Last login"),
    "users.never": Both("noch nie", "never"),
    "users.state": Both("Zugang", "Access"),
    "users.active": Both("offen", "active"),
    "users.disabled": Both("gesperrt", "disabled"),
    "users.elsewhere": Both("Firmenkonto", "company account"),
    "users.action": Both("Aktion", "Action"),
    "users.you": Both("Sie selbst", "yourself"),
    "users.change": Both("Ändern", "Change"),
    "users.change.of": Both("Rolle von {name} ändern", "Change the role of {name}"),
    "users.role.of": Both("Rolle von {name}", "Role of {name}"),
    "users.disable": Both("Sperren", "Disable"),
    "users.disable.of": Both("{name} sperren", "Disable {name}"),
    "users.enable": Both("Freigeben", "Enable"),
    "users.enable.of": Both("{name} wieder freigeben", "Enable {name} again"),
    "users.add": Both("Benutzer hinzufügen", "Add a user"),
    "users.email": Both("E-Mail-Adresse", "E-mail address"),
    "users.name": Both("Name", "Name"),
    "users.add.help": Both(
        "Ein Passwort wird erzeugt und einmal angezeigt.", "A password is made and shown once."
    ),
    "users.added.title": Both("{name} ist hinzugefügt", "{name} is added"),
    "users.added.text": Both(
        "Dieses Passwort wird nur jetzt angezeigt. Geben Sie es auf sicherem Weg weiter; es lässt "
        "sich unter „Mein Profil“ ändern.",
        "This password is shown only now. Hand it over on a safe way; it can be changed under "
        "“My profile”.",
    ),
    "users.mistake.no_address": Both(
        "Das ist keine E-Mail-Adresse, zum Beispiel anna@example.com.",
        "This is no e-mail address, such as anna@example.com.",
    ),
    "users.mistake.no_name": Both(
        "Ein Name hat 1 bis 200 sichtbare Zeichen.", "A name has 1 to 200 visible characters."
    ),
    "users.mistake.known": Both(
        "Mit dieser Adresse gibt es schon jemanden.", "There is somebody with this address already."
    ),
    "users.mistake.no_role": Both("Wählen Sie eine Rolle.", "Choose a role."),
    "done.role_changed": Both("Die Rolle ist geändert.", "The role is changed."),
    "done.user_disabled": Both(
        "Der Zugang ist gesperrt, alle Anmeldungen sind beendet.",
        "The access is disabled, and all sessions have ended.",
    ),
    "done.user_enabled": Both("Der Zugang ist wieder offen.", "The access is active again."),
}
