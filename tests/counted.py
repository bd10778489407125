"""Where coverage looks on: whatever it looks at takes twice the time."""

import importlib
import pkgutil
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import wraps
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis.core import HypothesisHandle
from pytest import FixtureDef, FixtureRequest, Item

if TYPE_CHECKING:
    from _typeshed import TraceFunction

_ROOMS = ("features", "serving", "training")
"""What is counted."""

_TESTS = (*(f"tests/{room}/" for room in _ROOMS), "tests/spark/")
"""The rooms' own tests; those that go through several bring nothing that these do not."""

_BROWSER = "tests/serving/pages/test_browser.py"
"""Looks at pages that other tests have made before."""

_ASKING = "tests/serving/http/"
"""Tests that ask a service and look at its answers."""

_EXAMPLES = 20
"""Of a property, after which others hardly bring anything new."""

Parameters = tuple[tuple[str, int], ...]
"""Names of parameters, and which of their values."""


@contextmanager
def traced_by(tracer: "TraceFunction | None") -> Iterator[None]:
    """Let another look on in this thread, or none."""
    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(before)


@contextmanager
def _first_traced_by(tracer: "TraceFunction | None", handle: HypothesisHandle) -> Iterator[None]:
    """Let another look on while a property is tried at first, not while examples are drawn."""
    test, tried = handle.inner_test, count()

    @wraps(test)
    def inner_test(*given: object, **drawn: object) -> object:
        with traced_by(tracer if next(tried) < _EXAMPLES else None):
            return test(*given, **drawn)

    handle.inner_test = inner_test
    try:
        with traced_by(None):
            yield
    finally:
        handle.inner_test = test


class Counted:
    """Has coverage look on where a test may bring something new, and never at pytest itself."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: set[tuple[FixtureDef[object], Parameters]] = set()
        self._of_process: TraceFunction | None = None
        self._tracer: TraceFunction | None = None

    # As the innermost, within which coverage begins and ends.
    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_collection(self, session: pytest.Session) -> Generator[None, object, object]:
        """Count what the rooms do when they are imported, not how all tests are found."""
        if not hasattr(session.config, "workerinput"):
            return (yield)
        _import_rooms()
        with traced_by(None):
            return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Count nothing but tests."""
        self._of_process = sys.gettrace()
        with traced_by(None):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Item) -> Iterator[None]:
        """Count the tests of the rooms, and what goes about both databases alike on SQLite."""
        repeated = _is_repeated(item)
        self._tracer = None if repeated else self._of_process
        with _uncounted_in_threads() if repeated else nullcontext():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: FixtureDef[object], request: FixtureRequest
    ) -> Iterator[None]:
        """Count what a fixture does the first time; the others it does the same."""
        # What it depends on may have parameters, too: on another database it does something else.
        fixture = fixturedef, _parameters(request)
        # What lasts for a session is made of what has tests of its own.
        seen = fixture in self._seen or fixturedef.scope == "session"
        with traced_by(None if seen else self._tracer):
            # A first time that nobody looks at is none.
            if self._tracer is not None:
                self._seen.add(fixture)
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[None]:
        """Count a test that asks a service where the service answers, which is another thread."""
        asks = "client" in pyfuncitem.fixturenames and pyfuncitem.nodeid.startswith(_ASKING)
        tracer = None if asks else self._tracer
        # Hypothesis leaves a place for those that run its tests in another way.
        handle = getattr(pyfuncitem.obj, "hypothesis", None)
        with traced_by(tracer) if handle is None else _first_traced_by(tracer, handle):
            return (yield)


def _import_rooms() -> None:
    for room in _ROOMS:
        found = pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}.")
        # Migrations are run by Alembic, and what is for an extra may be without it.
        for name in (module.name for module in found if ".migrations." not in module.name):
            with suppress(ModuleNotFoundError):
                importlib.import_module(name)


def _parameters(request: FixtureRequest) -> Parameters:
    own = ("", getattr(request, "param_index", 0))
    # A module or a session has none.
    of_test = getattr(request.node, "callspec", None)
    return (own, *of_test.indices.items()) if of_test else (own,)


def _is_repeated(item: Item) -> bool:
    if not item.nodeid.startswith(_TESTS) or item.nodeid.startswith(_BROWSER):
        return True
    parameters = getattr(item, "callspec", None)
    return parameters is not None and parameters.params.get("database_kind") == "postgresql"


@contextmanager
def _uncounted_in_threads() -> Iterator[None]:
    """Let threads that begin meanwhile be; those of a service do."""
    before = threading.gettrace()
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(before)
