"""What stands around every page of the workspace: who reads it, in which language, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from babel.dates import format_date, format_datetime, get_timezone
from babel.numbers import format_decimal

from features.contract.language import Language
from features.contract.lead import moment
from serving.access.role import Permission
from serving.access.user import LANGUAGES, User
from serving.pages.assets import asset
from serving.pages.saying import reason_text, say
from serving.pages.templates import filled

HOME = "/app/"

_MOMENT: Mapping[Language, str] = {"de": "d. MMM y, HH:mm z", "en": "d MMM y, HH:mm z"}
_LOCALE: Mapping[Language, str] = {"de": "de", "en": "en_GB"}
"""Whoever reads English here still calls a time zone of Europe by its name."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; form-action 'self'; connect-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
"""Nothing comes from elsewhere, nothing is written into a page by itself, and nothing is kept."""


class Entry(NamedTuple):
    """A place that the navigation leads to.

    Attributes:
        path: Of the page; of those below it, too.
        key: Of what it is called.
        permission: That its readers have; None where everybody may read it.
    """

    path: str
    key: str
    permission: Permission | None


NAVIGATION: tuple[Entry, ...] = (
    Entry("/app/leads", "work.title", "leads"),
    Entry("/app/figures", "frame.figures", "figures"),
    Entry("/app/model", "model.title", "model"),
    Entry("/app/agreed", "frame.agreed", None),
    Entry("/app/data", "tending.title", "tend"),
    Entry("/app/audit", "audit.title", "audit"),
    Entry("/app/users", "users.title", "users"),
    Entry("/app/keys", "keys.title", "keys"),
)
"""In the order in which it is shown."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page knows of its reader.

    Attributes:
        language: Of the reader.
        path: That was asked for, with its query.
        form_token: What forms must hold.
        user: Who is logged in; None where nobody is.
        done: Key of what was just done.
        banner: Key of what everybody should know now.
        time_zone: Of the moments that are read.
    """

    language: Language
    path: str
    form_token: str
    user: User | None = None
    done: str | None = None
    banner: str | None = None
    time_zone: str = "UTC"

    @property
    def other_language(self) -> Language:
        """The language that it is not in."""
        return next(each for each in LANGUAGES if each != self.language)

    @property
    def navigation(self) -> list[Entry]:
        """Where the user may go."""
        user = self.user
        if user is None:
            return []
        return [each for each in NAVIGATION if each.permission is None or user.may(each.permission)]

    def is_at(self, path: str) -> bool:
        """Tell whether it is a page, or one below it."""
        here = self.path.partition("?")[0]
        return here == path or here.startswith(path.rstrip("/") + "/")

    def stages(self, names: Iterable[str]) -> str:
        """Return stages of the agreement, one after the other, for a reader."""
        return ", ".join(say(self.language, f"stage.{name}") for name in names)

    def reasons(self, codes: Iterable[str]) -> str:
        """Return reasons of the agreement, one after the other, for a reader."""
        return ", ".join(reason_text(self.language, code) for code in codes)

    def when(self, at: int) -> str:
        """Return a moment, in microseconds since 1970, for a reader."""
        said: str = format_datetime(
            moment(at),
            _MOMENT[self.language],
            tzinfo=get_timezone(self.time_zone),
            locale=_LOCALE[self.language],
        )
        return said

    def day(self, at: int) -> str:
        """Return the day of a moment in UTC, for what is counted by such days."""
        said: str = format_date(moment(at).date(), "d MMM y", locale=_LOCALE[self.language])
        return said

    def number(self, value: float, places: int = 0) -> str:
        """Return a number for a reader, with so many decimal places."""
        shape = "#,##0." + "0" * places if places else "#,##0"
        said: str = format_decimal(value, shape, locale=self.language)
        return said

    def percent(self, share: float, places: int = 0) -> str:
        """Return a share from 0 to 1 for a reader, in percent."""
        return f"{self.number(100 * share, places)}\N{NO-BREAK SPACE}%"


def page(name: str, frame: Frame, **values: object) -> str:
    """Return a page as HTML.

    Args:
        name: Of its template, such as `login`.
        frame: What stands around it.
        values: What the template needs besides.
    """
    return filled(
        f"workspace/{name}.html",
        frame=frame,
        say=partial(say, frame.language),
        say_in=say,
        asset=asset,
        iso=lambda at: moment(at).isoformat(timespec="minutes"),
        **values,
    )
