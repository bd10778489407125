"""What tests of several rooms share."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from xdist.scheduler import LoadFileScheduling

import tests.compiled
import tests.sqlite  # noqa: F401
from serving.record.database.database import Database
from serving.record.upgrade import upgrade
from tests.counted import Counted, traced_by
from tests.postgres import drop_database, new_database, running_postgres

if TYPE_CHECKING:
    from tests.registry import Registry

# A machine that is busy with something else is no mistake of what is tested.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

_numbers = count(1)

# The one that draws no windows does with less.
_BROWSER = shutil.which("chromium-headless-shell") or shutil.which("chromium")

_LONGEST = tuple(
    Path(__file__).parent / place
    for place in (
        "e2e", "docs", "spark", "training", "serving/work",
        "serving/test_watch.py", "serving/test_watches.py", "serving/test_processes.py",
    )
)  # fmt: skip

_SPARK = "tests/spark/"


def pytest_configure(config: pytest.Config) -> None:
    """Import what most tests need where all are run, and count once what is done many times."""
    # Who hands tests out to other processes needs none of it.
    if config.getoption("dist", "no") == "no":
        gc.disable()
    if hasattr(config, "workerinput"):
        with traced_by(None):
            import tests.libraries  # noqa: F401, PLC0415 - a single file needs few of them
    if config.pluginmanager.hasplugin("_cov"):
        config.pluginmanager.register(Counted())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what works or waits long, which nobody should be left alone with at the end."""
    items.sort(key=lambda item: not any(item.path.is_relative_to(room) for room in _LONGEST))


def pytest_collection_finish() -> None:
    """Let no search for garbage look through what was imported, which stays to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    """Let go of it all, or libraries tell what they still hold."""
    gc.unfreeze()


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # It has no types.
    """Gives each file to one process, and all of Spark to one, so that there is one Spark."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return _SPARK if scope.startswith(_SPARK) else scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    return ByFile(config, log)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> "Registry":
    """Return an MLflow with two versions of a small model; no test may change it."""
    from tests.registry import make_registry  # noqa: PLC0415 - which imports MLflow

    return make_registry(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def own_registry(registry: "Registry", tmp_path: Path) -> str:
    """Return the address of a copy of the registry that a test may change."""
    shutil.copy(registry.tracking_uri.removeprefix("sqlite:///"), tmp_path / "mlflow.db")
    return f"sqlite:///{tmp_path / 'mlflow.db'}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL."""
    with running_postgres() as address:
        yield address


@pytest.fixture(scope="session")
def upgraded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty record in SQLite; no test may change it."""
    path = tmp_path_factory.mktemp("record") / "record.db"
    _upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def upgraded_postgres(postgres: str) -> str:
    """Return the name of an empty record in PostgreSQL; no test may change it."""
    _upgrade(new_database(postgres, "upgraded"))
    return "upgraded"


def _upgrade(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Return either kind of database."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a new database of either kind, not upgraded yet."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _database(request.getfixturevalue("postgres"), "template1") as address:
        yield address


@pytest.fixture
def record_file(upgraded_file: Path, tmp_path: Path) -> str:
    """Return the address of an empty record in SQLite."""
    return _copied(upgraded_file, tmp_path)


@pytest.fixture
def record_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the address of an empty record of either kind."""
    if database_kind == "sqlite":
        yield request.getfixturevalue("record_file")
        return
    with _postgres_record(request) as address:
        yield address


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return the address of a record of either kind that is filled once for all tests of a file."""
    if request.param == "sqlite":
        yield _copied(request.getfixturevalue("upgraded_file"), tmp_path_factory.mktemp("shared"))
        return
    with _postgres_record(request) as address:
        yield address


def _copied(record: Path, folder: Path) -> str:
    shutil.copy(record, folder / "record.db")
    return f"sqlite:///{folder / 'record.db'}"


def _postgres_record(request: pytest.FixtureRequest) -> AbstractContextManager[str]:
    template: str = request.getfixturevalue("upgraded_postgres")
    return _database(request.getfixturevalue("postgres"), template)


@contextmanager
def _database(server: str, template: str) -> Iterator[str]:
    address = new_database(server, f"of_test_{next(_numbers)}", template)
    yield address
    # A thousand of them would fill the memory.
    drop_database(server, address)


@pytest.fixture
def database(record_url: str) -> Iterator[Database]:
    """Return an empty record of either kind."""
    database = Database(record_url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Return a browser; where the machine has none, the tests that need it are skipped."""
    # Not for longer than a file: meanwhile, no other loop of asyncio may run in its thread.
    if _BROWSER is None:
        pytest.skip("no browser here; get it by: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        # Its own sandbox needs rights that a container does not have; nobody looks at its drawing.
        args = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=_BROWSER, args=args)
        yield browser
        browser.close()
