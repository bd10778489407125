"""Users of the workspace, and browsers of theirs."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from features.contract.clock import now
from serving.access.password import password_hash
from serving.access.role import Role
from serving.access.user import User
from serving.http.state import ServiceState
from serving.record.access.users import add_user
from tests.serving.http.pages.browser import Browser

PASSWORD = "ein ganzer Satz als Passwort"
KEPT = password_hash(PASSWORD)

Added = Callable[..., User]
Opened = Callable[..., Browser]


@pytest.fixture
def database_kind() -> str:
    """Return the kind that is there at once; what is kept is tried on both."""
    return "sqlite"


@pytest.fixture
def added(state: ServiceState) -> Added:
    """Return what adds a user, with a password that tests know."""

    def add(name: str = "anna", role: Role = "admin", shown: str | None = None) -> User:
        with state.kept().database.writing() as connection:
            return add_user(
                connection,
                now(),
                "test",
                email=f"{name}@example.com",
                name=shown or name.title(),
                role=role,
                password=KEPT,
            )

    return add


@pytest.fixture
def opened(client: httpx.Client) -> Iterator[Opened]:
    """Return what opens a browser of somebody else each time; with a name, who is logged in."""
    with ExitStack() as stack:

        def open_one(name: str | None = None, **headers: str) -> Browser:
            headers = {"accept-language": "en", **headers}
            browser = stack.enter_context(Browser(str(client.base_url), **headers))
            if name is not None:
                assert browser.log_in(f"{name}@example.com", PASSWORD).status_code == 303
                browser.get("/app/profile")
            return browser

        yield open_one
