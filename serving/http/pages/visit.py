"""A request for a page, and what is known of whoever sent it."""

from dataclasses import dataclass, field, replace
from typing import Annotated, Self, cast

from fastapi import Depends, Path, Request

from features.contract.clock import now
from features.contract.language import Language
from serving.access.session import Session, form_token, new_token
from serving.access.user import LANGUAGES, User
from serving.http.pages.cookies import read_cookie
from serving.http.pages.form import Form
from serving.http.pages.mistakes import LoginNeededError
from serving.http.state import ServiceState
from serving.pages.frame import Frame
from serving.pages.saying import WORDS
from serving.record.access.sessions import find_session, is_to_be_noted, note_use
from serving.record.database.database import Database


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know.

    Attributes:
        request: As it came.
        state: What requests share.
        at: When it came, in microseconds since 1970.
        token: Of the browser; that of its session, where somebody is logged in.
        session: Of whoever is logged in.
        form: What was sent.
    """

    request: Request
    state: ServiceState
    at: int
    token: str
    session: Session | None = None
    form: Form = field(default_factory=lambda: Form({}))

    @classmethod
    def of(cls, request: Request) -> Self:
        """Begin with what the request alone tells."""
        state: ServiceState = request.app.state.service
        token = read_cookie(request, state.public_url, "session") or new_token()
        return cls(request, state, now(), token)

    def recognised(self) -> Self:
        """Return it with the session of its browser, whose use is noted.

        Raises:
            RecordAwayError: The database does not answer.
        """
        if read_cookie(self.request, self.state.public_url, "session") is None:
            return self
        terms = self.state.session_terms
        with self.database.reading() as connection:
            session = find_session(connection, self.at, self.token, terms)
        if session is not None and is_to_be_noted(session, self.at):
            with self.database.writing() as connection:
                note_use(connection, self.at, session)
        return replace(self, session=session)

    @property
    def database(self) -> Database:
        """Of the record.

        Raises:
            RefusedError: No record is kept.
        """
        return self.state.kept().database

    @property
    def user(self) -> User:
        """Who is logged in.

        Raises:
            LoginNeededError: Nobody is.
        """
        if self.session is None:
            raise LoginNeededError
        return self.session.user

    @property
    def address(self) -> str:
        """Of the machine that asks, empty where it is not known."""
        client = self.request.client
        return client.host if client else ""

    @property
    def language(self) -> Language:
        """The reader's: that they chose, or their browser's."""
        if self.session is not None and self.session.user.language is not None:
            return self.session.user.language
        chosen = read_cookie(self.request, self.state.public_url, "language")
        return language_named(chosen) or accepted_language(self.request)

    @property
    def path(self) -> str:
        """What was asked for, as it was sent, with the query of a page that can be asked again."""
        sent = self.request.scope
        asked = sent["query_string"] if sent["method"] == "GET" else b""
        path: bytes = sent["raw_path"] + (b"?" + asked if asked else b"")
        return path.decode("latin-1")

    @property
    def frame(self) -> Frame:
        """What stands around the page."""
        done = f"done.{read_cookie(self.request, self.state.public_url, 'done')}"
        return Frame(
            language=self.language,
            path=self.path,
            form_token=form_token(self.token),
            user=self.session.user if self.session else None,
            done=done if done in WORDS else None,
            banner=self._banner,
            time_zone=self.state.time_zone,
        )

    @property
    def _banner(self) -> str | None:
        if self.state.scoring is None:
            return "banner.loading"
        reason = self.state.readiness.reason
        return None if reason is None else f"banner.{reason}"


def language_named(name: str | None) -> Language | None:
    """Return the language of a name, None where it is none."""
    return name if name in LANGUAGES else None


def accepted_language(request: Request) -> Language:
    """Return the language of a reader about whom nothing else is known."""
    wanted = request.headers.get("accept-language", "").lower()
    de, en = (wanted.find(one) for one in ("de", "en"))
    return "en" if de < 0 or 0 <= en < de else "de"


def _visit(request: Request) -> Visit:
    return cast("Visit", request.state.visit)


Visiting = Annotated[Visit, Depends(_visit)]
"""How the function of a page asks for it."""

Number = Annotated[int, Path(ge=1, lt=2**63)]
"""A number of the record in a path; another one is of no page."""
