"""A real browser, and a service with users to look at."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

_BROWSER = shutil.which("chromium")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return a browser; where the machine has none, the tests that need it are skipped."""
    if _BROWSER is None:
        pytest.skip("no browser here; get it by: apt-get install chromium")
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that a container does not have.
        browser = playwright.chromium.launch(executable_path=_BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()
