"""What coverage need not look at again: whatever it looks at takes twice the time."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest import FixtureDef, FixtureRequest, Item

_BOTH_ALIKE = ("tests/serving/http/", "tests/serving/work/", "tests/serving/stored/")
"""Tests of what goes about both databases alike; how it does is tested by the others."""

_ASKING = ("tests/contract/", "tests/serving/http/pages/", "tests/serving/http/routes/pages/")
"""Tests that ask a service and look at its answers."""

Parameters = tuple[tuple[str, int], ...]
"""Names of parameters, and which of their values."""


class Counted:
    """Has coverage look on where a test may bring something new."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._seen: set[tuple[FixtureDef[object], Parameters]] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: FixtureDef[object], request: FixtureRequest
    ) -> Iterator[None]:
        """Count what a fixture does the first time; the others it does the same."""
        # What it depends on may have parameters, too: on another database it does something else.
        fixture = fixturedef, _parameters(request)
        if fixture not in self._seen:
            # A first time that nobody looks at is none.
            if sys.gettrace() is not None:
                self._seen.add(fixture)
            return (yield)
        with _uncounted_here():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Item) -> Iterator[None]:
        """Count what both databases have alike on SQLite."""
        if not _is_repeated(item):
            return (yield)
        with _uncounted_here(), _uncounted_in_threads():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[None]:
        """Count a test that asks a service where the service answers, which is another thread."""
        asks = "client" in pyfuncitem.fixturenames and pyfuncitem.nodeid.startswith(_ASKING)
        if not asks:
            return (yield)
        with _uncounted_here():
            return (yield)


def _parameters(request: FixtureRequest) -> Parameters:
    own = ("", getattr(request, "param_index", 0))
    # A module or a session has none.
    of_test = getattr(request.node, "callspec", None)
    return (own, *of_test.indices.items()) if of_test else (own,)


def _is_repeated(item: Item) -> bool:
    parameters = getattr(item, "callspec", None)
    kind = parameters and parameters.params.get("database_kind")
    return kind == "postgresql" and item.nodeid.startswith(_BOTH_ALIKE)


@contextmanager
def _uncounted_here() -> Iterator[None]:
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


@contextmanager
def _uncounted_in_threads() -> Iterator[None]:
    """Let threads that begin meanwhile be; those of a service do."""
    tracer = threading.gettrace()
    threading.settrace(None)
    try:
        yield
    finally:
        threading.settrace(tracer)
