"""Pictures of the workspace for the docs, taken in a real browser of a demo that has run.

python -m experiments.pictures demo

Needs Debian's chromium. The demo's record is copied and stays as it is.
"""

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console

from experiments.faults.service import free_port, start_service, wait_until_ready
from features.contract.clock import now
from serving.access.password import new_password, password_hash
from serving.record.access.users import change_password, found_user
from serving.record.database.database import Database
from training.project.project import read_project

PICTURES = Path("docs/pictures")

_WIDE, _NARROW = (1200, 860), (390, 800)
_BY = "experiments.pictures"


class Picture(NamedTuple):
    """A picture to take.

    Attributes:
        name: Of the file.
        email: Of whoever looks.
        path: Of the page; `first lead` is the page of the first one on the list.
        language: Of the browser.
        size: Of its window, in pixels.
        dark: Whether its user likes it dark.
    """

    name: str
    email: str
    path: str
    language: str = "en-GB"
    size: tuple[int, int] = _WIDE
    dark: bool = False


_SALES, _ADMIN = "sales@example.com", "admin@example.com"
_ALL = (
    Picture("work-list", _SALES, "/app/leads"),
    Picture("lead", _SALES, "first lead"),
    Picture("lead-phone", _SALES, "first lead", "de-DE", _NARROW),
    Picture("figures", _ADMIN, "/app/figures", dark=True),
    Picture("model", _ADMIN, "/app/model", "de-DE"),
)


def main() -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("demo", type=Path, help="folder of a demo that has run")
    folder = parser.parse_args().demo
    browser_path = shutil.which("chromium")
    if browser_path is None:
        parser.error("there is no browser here; get it by: apt-get install chromium")
    if not (folder / "record.db").is_file():
        parser.error(f"{folder} holds no record; run leadscore demo first")
    console = Console()
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _service(folder) as (address, password), sync_playwright() as playwright:
        # Its own sandbox needs rights that a container does not have.
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for picture in _ALL:
            _take(browser, address, password, picture)
            console.print(PICTURES / f"{picture.name}.png")
        browser.close()


@contextmanager
def _service(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve a copy of a demo's record; give its address, and the password of all accounts."""
    read, password, port = read_project(folder / "project.toml"), new_password(), free_port()
    with tempfile.TemporaryDirectory() as made:
        copy = Path(made) / "record.db"
        shutil.copy(folder / "record.db", copy)
        database = Database(f"sqlite:///{copy}")
        with database.writing() as connection:
            for email in {picture.email for picture in _ALL}:
                user = found_user(connection, email)
                change_password(connection, now(), _BY, user, password_hash(password))
        database.close()
        settings = {
            "LEADSCORE_MODEL": read.champion,
            "LEADSCORE_TRACKING_URI": read.mlflow.tracking_uri,
            "LEADSCORE_CACHE": str(folder / ".leadscore"),
        }
        process = start_service(f"sqlite:///{copy}", port, log=None, under=(), **settings)
        try:
            wait_until_ready(port)
            yield f"http://127.0.0.1:{port}", password
        finally:
            process.terminate()
            process.wait()


def _take(browser: Browser, address: str, password: str, picture: Picture) -> None:
    width, height = picture.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=picture.language,
        color_scheme="dark" if picture.dark else "light",
    )
    page = context.new_page()
    _log_in(page, address, picture.email, password)
    if picture.path == "first lead":
        page.goto(f"{address}/app/leads")
        page.locator("a.name").first.click()
    else:
        page.goto(f"{address}{picture.path}")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"{picture.name}.png")
    context.close()


def _log_in(page: Page, address: str, email: str, password: str) -> None:
    page.goto(f"{address}/app/login")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)


if __name__ == "__main__":
    main()
