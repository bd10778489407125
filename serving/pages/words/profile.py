"""The page on oneself."""

from collections.abc import Mapping

from serving.pages.words.both import Both

PROFILE: Mapping[str, Both] = {
    "profile.title": Both("Mein Profil", "My profile"),
    "profile.name": Both("Name", "Name"),
    "profile.email": Both("E-Mail-Adresse", "E-mail address"),
    "profile.role": Both("Rolle", "Role"),
    "profile.language": Both("Sprache", "Language"),
    "profile.language.help": Both(
        "Sie gilt überall, wo Sie sich anmelden.", "It holds wherever you log in."
    ),
    "profile.save": Both("Speichern", "Save"),
    "profile.password": Both("Passwort ändern", "Change password"),
    "profile.password.current": Both("Bisheriges Passwort", "Current password"),
    "profile.password.new": Both("Neues Passwort", "New password"),
    "profile.password.again": Both("Neues Passwort, noch einmal", "New password, once more"),
    "profile.password.help": Both(
        "Mindestens 12 Zeichen; ein Satz ist besser als ein Wort mit Sonderzeichen.",
        "At least 12 characters; a sentence is better than a word with symbols.",
    ),
    "profile.password.ends": Both(
        "Alle anderen Anmeldungen enden damit.", "All other sessions end by it."
    ),
    "profile.password.elsewhere": Both(
        "Sie melden sich mit dem Firmenkonto an und haben hier kein Passwort.",
        "You log in with your company account and have no password here.",
    ),
    "profile.sessions": Both("Wo ich angemeldet bin", "Where I am logged in"),
    "profile.session.begun": Both("Angemeldet", "Logged in"),
    "profile.session.seen": Both("Zuletzt aktiv", "Last active"),
    "profile.session.action": Both("Aktion", "Action"),
    "profile.session.this": Both("Diese Anmeldung", "This session"),
    "profile.session.end": Both("Beenden", "End"),
    "profile.session.end.of": Both("Anmeldung vom {moment} beenden", "End the session of {moment}"),
    "password.short": Both("Mindestens 12 Zeichen.", "At least 12 characters."),
    "password.long": Both("Höchstens 1.024 Zeichen.", "At most 1,024 characters."),
    "password.common": Both(
        "Dieses Passwort probiert jeder als Erstes.", "Everybody tries this password first."
    ),
    "password.own": Both(
        "Die eigene E-Mail-Adresse ist kein Passwort.", "Your e-mail address is no password."
    ),
    "password.wrong": Both(
        "Das bisherige Passwort stimmt nicht.", "The current password is wrong."
    ),
    "password.different": Both(
        "Die beiden neuen Passwörter sind verschieden.", "The two new passwords differ."
    ),
    "done.language_changed": Both("Die Sprache ist geändert.", "The language is changed."),
    "done.password_changed": Both("Das Passwort ist geändert.", "The password is changed."),
    "done.session_ended": Both("Die Anmeldung ist beendet.", "The session has ended."),
}
