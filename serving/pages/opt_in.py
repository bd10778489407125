"""What a person reads who is asked for consent: the mail, and the page it leads to."""

import base64
import hashlib
from datetime import datetime
from typing import Literal, NamedTuple

from babel.dates import format_datetime
from markupsafe import Markup

from features.contract.language import Language
from serving.pages.templates import filled

Shown = Literal["ask", "done", "forged", "gone", "expired", "outdated", "withdrawn", "away"]

STATUS: dict[Shown, int] = {
    "ask": 200, "done": 200, "forged": 400, "gone": 410, "expired": 410, "outdated": 410,
    "withdrawn": 410, "away": 503,
}  # fmt: skip

_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:40rem;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}blockquote{white-space:pre-line;margin:1.5rem 0;padding:1rem;"
    "border-left:.3rem solid #1f4e8c;background:#f2f5f9}button{font:inherit;padding:.7rem 1.5rem;"
    "color:#fff;background:#1f4e8c;border:0;border-radius:.3rem;cursor:pointer}"
    "button:focus-visible{outline:.2rem solid #1a1a1a;outline-offset:.2rem}"
)
_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing is loaded, nothing is kept, and the link is told to nobody."""

_PAGES: dict[Language, dict[Shown, tuple[str, str]]] = {
    "de": {
        "ask": ("Bitte bestätigen", "Mit dem Knopf erteilen Sie diese Einwilligung:"),
        "done": ("Vielen Dank", "Ihre Einwilligung ist bestätigt. Sie können sie jederzeit "
                 "widerrufen. Diese Seite können Sie schließen."),
        "forged": ("Dieser Link ist unvollständig", "Bitte öffnen Sie ihn noch einmal aus der "
                   "E-Mail, und achten Sie darauf, dass er ganz übernommen wird."),
        "gone": ("Dieser Link gilt nicht mehr", "Zu ihm ist nichts mehr gespeichert. Sie brauchen "
                 "nichts zu tun."),
        "expired": ("Dieser Link ist abgelaufen", "Es wurde keine Einwilligung erteilt. Wenn Sie "
                    "noch einwilligen möchten, lassen Sie sich bitte eine neue E-Mail senden."),
        "outdated": ("Dieser Link gilt nicht mehr", "Er ging an eine Adresse, die inzwischen durch "
                     "eine andere ersetzt wurde. Es wurde keine Einwilligung erteilt."),
        "withdrawn": ("Dieser Link gilt nicht mehr", "Die Einwilligung wurde inzwischen "
                      "widerrufen. Sie brauchen nichts zu tun."),
        "away": ("Bitte versuchen Sie es später", "Das ist gerade nicht möglich. Öffnen Sie den "
                 "Link bitte in einigen Minuten noch einmal."),
    },
    "en": {
        "ask": ("Please confirm", "With the button you give this consent:"),
        "done": ("Thank you", "Your consent is confirmed. You can withdraw it at any time. You "
                 "can close this page."),
        "forged": ("This link is incomplete", "Please open it again from the e-mail, and see that "
                   "all of it is taken over."),
        "gone": ("This link is no longer valid", "Nothing is stored about it any more. You need "
                 "not do anything."),
        "expired": ("This link has expired", "No consent was given. If you still want to give it, "
                    "please ask for another e-mail."),
        "outdated": ("This link is no longer valid", "It went to an address that has been replaced "
                     "by another since. No consent was given."),
        "withdrawn": ("This link is no longer valid", "The consent has been withdrawn since. You "
                      "need not do anything."),
        "away": ("Please try again later", "This is not possible at the moment. Please open the "
                 "link again in a few minutes."),
    },
}  # fmt: skip

_BUTTON: dict[Language, str] = {"de": "Einwilligung bestätigen", "en": "Confirm consent"}

_MAIL: dict[Language, dict[str, str]] = {
    "de": {
        "subject": "Bitte bestätigen Sie Ihre Einwilligung",
        "greeting": "Guten Tag,",
        "asked": "für diese E-Mail-Adresse wurde diese Einwilligung angefragt:",
        "confirm": "Wenn Sie einverstanden sind, bestätigen Sie es auf dieser Seite:",
        "until": "Der Link gilt bis",
        "otherwise": "Sonst brauchen Sie nichts zu tun: Ohne Ihre Bestätigung ist nichts erteilt.",
    },
    "en": {
        "subject": "Please confirm your consent",
        "greeting": "Hello,",
        "asked": "this consent was asked for with your e-mail address:",
        "confirm": "If you agree, confirm it on this page:",
        "until": "The link is valid until",
        "otherwise": "If not, you need not do anything: nothing is given unless you confirm it.",
    },
}


class Letter(NamedTuple):
    """A mail's words."""

    subject: str
    text: str


def opt_in_page(shown: Shown, language: Language, text: str | None = None) -> str:
    """Return the page as HTML.

    Args:
        shown: What there is to say.
        language: Of the reader.
        text: What is agreed to; shown where it can be confirmed.
    """
    title, said = _PAGES[language][shown]
    return filled(
        "opt_in.html",
        language=language,
        title=title,
        said=said,
        text=text if shown == "ask" else None,
        button=_BUTTON[language] if shown == "ask" else None,
        style=Markup(_STYLE),
    )


def opt_in_letter(language: Language, text: str, link: str, until: datetime) -> Letter:
    """Return the mail that asks for consent.

    Args:
        language: Of the reader.
        text: What is agreed to.
        link: Of the page.
        until: When the link expires.
    """
    words = _MAIL[language]
    said = format_datetime(until, "d. MMMM y, HH:mm 'UTC'", locale=language)
    body = filled("opt_in.txt", words=words, text=text, link=link, until=said)
    return Letter(words["subject"], body)
