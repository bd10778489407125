"""How the front door starts: threads as its user wants them, and a collector that runs again."""

import gc
import os
import sys

import pytest

from leadscore import main
from leadscore.starting import starting
from training.progress import Progress


@pytest.mark.parametrize(
    ("given", "blas", "numba"),
    [
        ({}, "1", None),
        ({"OMP_NUM_THREADS": "3"}, "1", "3"),
        ({"OMP_NUM_THREADS": "3", "NUMBA_NUM_THREADS": "2"}, "1", "2"),
        ({"OMP_NUM_THREADS": "4,2", "OPENBLAS_NUM_THREADS": "8"}, "8", None),
        ({"OMP_NUM_THREADS": "0"}, "1", None),
    ],
)
def test_threads_are_as_many_as_the_environment_allows(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], blas: str, numba: str | None
) -> None:
    environment = dict(given)
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(sys, "argv", ["leadscore", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert environment["OPENBLAS_NUM_THREADS"] == blas
    assert environment.get("NUMBA_NUM_THREADS") == numba


def test_garbage_is_collected_again_even_after_a_start_that_failed() -> None:
    with pytest.raises(ImportError), starting(Progress()):
        assert not gc.isenabled()
        raise ImportError
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
