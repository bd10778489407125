"""A hint to the processor: fetch now what is read soon.

Lines of tables lie far apart, and which ones a row needs is known long before they are added up.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

_Numbas: TypeAlias = Any
"""Without types: numba has none for it."""

_INT = ir.IntType(32)
_TO_READ, _TO_KEEP, _DATA = (ir.Constant(_INT, number) for number in (0, 3, 1))


def prefetch(array: NDArray[np.float64], position: int) -> None:
    """Have a value brought near; a hint only, and none where nothing is compiled."""


@overload(prefetch)
def _compiled(array: _Numbas, position: _Numbas) -> Callable[[_Numbas, _Numbas], None]:
    # Both annotated alike, or numba takes them for functions of different arguments.
    def hint(array: _Numbas, position: _Numbas) -> None:
        _hint(array, position)

    return hint


def _typed(
    _typing: object, array: _Numbas, position: _Numbas
) -> tuple[_Numbas, Callable[..., ir.Value]]:
    return types.void(array, position), _generate


def _generate(
    context: _Numbas,
    builder: ir.IRBuilder,
    signature: _Numbas,
    arguments: tuple[ir.Value, ir.Value],
) -> ir.Value:
    values = context.make_array(signature.args[0])(context, builder, arguments[0])
    place = builder.gep(values.data, [arguments[1]])
    kind = ir.FunctionType(ir.VoidType(), [place.type, _INT, _INT, _INT])
    call = builder.module.declare_intrinsic("llvm.prefetch", [place.type], kind)
    builder.call(call, [place, _TO_READ, _TO_KEEP, _DATA])
    return context.get_dummy_value()


_hint: _Numbas = intrinsic(_typed)
