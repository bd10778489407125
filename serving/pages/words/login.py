"""The page to log in."""

from collections.abc import Mapping

from serving.pages.words.both import Both

LOGIN: Mapping[str, Both] = {
    "login.title": Both("Anmelden", "Log in"),
    "login.email": Both("E-Mail-Adresse", "E-mail address"),
    "login.password": Both("Passwort", "Password"),
    "login.button": Both("Anmelden", "Log in"),
    "login.elsewhere": Both("Mit dem Firmenkonto anmelden", "Log in with your company account"),
    "login.or": Both("oder", "or"),
    "login.wrong": Both(
        "E-Mail-Adresse oder Passwort stimmt nicht.", "E-mail address or password is wrong."
    ),
    "login.too_many": Both(
        "Zu viele Versuche. Bitte versuchen Sie es in 15 Minuten noch einmal.",
        "Too many attempts. Please try again in 15 minutes.",
    ),
    "login.nobody.title": Both("Noch gibt es keine Benutzer", "There are no users yet"),
    "login.nobody.text": Both(
        "Wer den Dienst betreibt, legt den ersten mit diesem Befehl an; er fragt nach dem "
        "Passwort:",
        "Whoever operates the service adds the first one by this command, which asks for the "
        "password:",
    ),
    "login.plain": Both(
        "Diese Seite kam ohne Verschlüsselung (http) an, und Anmeldungen gibt es nur über https. "
        "Öffnen Sie sie unter ihrer https-Adresse; wer den Dienst betreibt, liest in "
        "docs/workspace.md, wie.",
        "This page was reached without encryption (http), and nobody can log in but over https. "
        "Open its https address; whoever operates the service finds how in docs/workspace.md.",
    ),
    "login.provider.away": Both(
        "Die Anmeldung mit dem Firmenkonto antwortet nicht. Bitte versuchen Sie es später noch "
        "einmal.",
        "The login with the company account does not answer. Please try again later.",
    ),
    "login.provider.stale": Both(
        "Diese Anmeldung war abgelaufen oder gehörte zu einem anderen Fenster. Bitte beginnen Sie "
        "noch einmal.",
        "This login had expired, or belonged to another window. Please begin again.",
    ),
    "login.provider.denied": Both(
        "Die Anmeldung wurde dort abgebrochen.", "The login was cancelled there."
    ),
    "login.provider.no_email": Both(
        "Ihr Firmenkonto nennt keine bestätigte E-Mail-Adresse.",
        "Your company account has no verified e-mail address.",
    ),
    "login.provider.domain": Both(
        "Mit Adressen dieser Domain kann man sich hier nicht anmelden.",
        "Addresses of this domain cannot log in here.",
    ),
    "login.provider.no_role": Both(
        "Ihr Firmenkonto hat hier noch keine Rolle. Bitten Sie jemanden mit der Rolle "
        "Administration.",
        "Your company account has no role here yet. Ask somebody with the role Administration.",
    ),
    "login.provider.taken": Both(
        "Ihre E-Mail-Adresse gehört hier zu einem anderen Firmenkonto. Bitten Sie jemanden mit "
        "der Rolle Administration.",
        "Your e-mail address belongs to another company account here. Ask somebody with the role "
        "Administration.",
    ),
    "login.provider.disabled": Both(
        "Ihr Zugang ist gesperrt. Bitten Sie jemanden mit der Rolle Administration.",
        "Your access is disabled. Ask somebody with the role Administration.",
    ),
    "done.logged_out": Both("Sie sind abgemeldet.", "You are logged out."),
}
