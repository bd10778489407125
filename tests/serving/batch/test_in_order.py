"""Pieces of work come back from threads in order, few at a time; the first fault ends it all."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from serving.batch.in_order import in_order

_PIECES = 100


def _slow_first(piece: int) -> int:
    """Take longer for each piece than for the one behind it."""
    time.sleep(0.004 if piece % 2 == 0 else 0.0)
    return piece


def test_what_is_done_comes_in_order() -> None:
    assert list(in_order(range(_PIECES), _slow_first)) == list(range(_PIECES))
    assert list(in_order([], _slow_first)) == []


def test_pieces_are_fetched_by_one_thread_and_worked_on_by_others() -> None:
    fetching, working = set[int](), set[int]()

    def pieces() -> Iterator[int]:
        for piece in range(_PIECES):
            fetching.add(threading.get_ident())
            yield piece

    def work(piece: int) -> int:
        working.add(threading.get_ident())
        return _slow_first(piece)

    list(in_order(pieces(), work))
    assert fetching == {threading.get_ident()}
    assert not fetching & working


def test_few_pieces_are_held_at_a_time() -> None:
    fetched = 0

    def pieces() -> Iterator[int]:
        nonlocal fetched
        for piece in range(_PIECES):
            fetched += 1
            yield piece

    for taken, _ in enumerate(in_order(pieces(), _slow_first)):
        assert fetched - taken < 20
    assert fetched == _PIECES


def test_the_first_fault_in_order_ends_it_and_no_thread_goes_on() -> None:
    begun: list[int] = []

    def work(piece: int) -> int:
        begun.append(piece)
        if piece == 3:
            raise ZeroDivisionError
        return piece

    taken = []
    with pytest.raises(ZeroDivisionError):
        taken += list(in_order(range(_PIECES), work))
    assert 3 in begun
    assert len(begun) < _PIECES / 2
    _assert_ended(begun)


def test_a_fault_of_what_fetches_the_pieces_is_raised() -> None:
    begun: list[int] = []

    def pieces() -> Iterator[int]:
        yield 0
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(in_order(pieces(), begun.append))
    _assert_ended(begun)


def test_who_takes_no_more_ends_it() -> None:
    begun: list[int] = []

    def work(piece: int) -> int:
        begun.append(piece)
        return piece

    with closing(in_order(range(_PIECES), work)) as done:
        assert next(done) == 0
    assert len(begun) < _PIECES / 2
    _assert_ended(begun)


def _assert_ended(begun: list[int]) -> None:
    before = len(begun)
    time.sleep(0.02)
    assert len(begun) == before
    assert not any(thread.name.startswith("ThreadPool") for thread in threading.enumerate())
