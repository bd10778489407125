"""Functions compiled once for all processes of a machine.

What was compiled is kept in files beside the code, or in ``NUMBA_CACHE_DIR``. A file that is
damaged, or a disk without room, costs the time to compile and nothing else.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, TypeVar

import numba
import numpy as np
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

_Files: Any = FunctionCache
"""Without types: numba has none for it."""

Function = TypeVar("Function", bound=Callable[..., Any])

_log = logging.getLogger(__name__)


def compiled(
    *, nogil: bool = False, parallel: bool = False, inline: Literal["never", "always"] = "never"
) -> Callable[[Function], Function]:
    """Compile a function as `numba.njit` does, and keep what was compiled."""

    def compile_function(function: Function) -> Function:
        dispatcher: Any = numba.njit(nogil=nogil, parallel=parallel, inline=inline)(function)
        # Where nothing is compiled, the function is returned as it is.
        if dispatcher is not function:
            dispatcher._cache = _Kept(function)
        kept: Function = dispatcher
        return kept

    return compile_function


def laid_out(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a matrix as compiled functions take it.

    For another layout, or one that may not be written, they would be compiled anew, in the middle
    of a call.
    """
    if matrix.flags.carray and matrix.dtype == np.float64:
        return matrix
    return np.require(matrix, np.float64, ["C", "A", "W"])


class _Kept:
    """Files of what was compiled of a function, as numba asks for them; it can do without."""

    def __init__(self, function: Callable[..., Any]) -> None:
        """Keep what is compiled of a function."""
        self._name = function.__qualname__
        self._files: Any = _Files(function)
        self.cache_path: str = self._files.cache_path

    def load_overload(self, sig: object, target_context: object) -> object | None:
        """Return what was compiled for a signature; None where it must be compiled."""
        try:
            found: object | None = self._files.load_overload(sig, target_context)
        except Exception as error:
            # Whatever reading half a file leads to, in pickle and in LLVM.
            _log.warning("%s is compiled again: its file is damaged (%s)", self._name, _said(error))
            # It is not added to, but begun anew.
            with suppress(OSError):
                self._files.flush()
            return None
        return found

    def save_overload(self, sig: object, data: object) -> None:
        """Keep what was compiled."""
        try:
            self._files.save_overload(sig, data)
        except OSError as error:
            _log.warning("%s was compiled, and is not kept (%s)", self._name, _said(error))


def _said(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__
