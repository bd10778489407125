"""Kernels that read contributions from tables: one decision bit per split, one look-up per leaf.

A row's decisions become bits, a path's demands are masks of them, the met demands are the line of
the leaf's table. All kernels let go of the interpreter lock and share nothing, so that any number
of threads may call them at once.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from serving.model.tables import CATEGORY, ZERO_IS_MISSING, Paths, Splits

_BLOCK = 128
_ZERO = float(np.float32(1e-35))
_LARGEST_CODE = float(2**31)


@numba.njit(cache=True, nogil=True)
def _goes_left(splits: Splits, s: int, value: float) -> bool:
    kind = splits.kind[s]
    if kind == CATEGORY:
        # Between -1 and 0 a number is cut to category 0; this is also false for NaN.
        if not -1.0 < value < _LARGEST_CODE:
            return False
        code = int(value)
        word = splits.set_start[s] + (code >> 5)
        return (
            word < splits.set_start[s + 1] and (splits.sets[word] >> np.uint32(code & 31)) & 1 == 1
        )
    if np.isnan(value) or (kind == ZERO_IS_MISSING and value == 0.0):
        return bool(splits.missing_left[s])
    return value <= splits.threshold[s]


@numba.njit(cache=True, nogil=True)
def _read(value: float) -> float:
    # LightGBM reads numbers this small as zero before it looks at any split.
    return 0.0 if abs(value) <= _ZERO else value


@numba.njit(cache=True, nogil=True)
def add_row(
    splits: Splits, paths: Paths, row: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Add the contributions of one row, float64 [features], to `out`, float64 [features]."""
    for tree in range(len(splits.start) - 1):
        first = splits.start[tree]
        bits = np.uint64(0)
        for s in range(first, splits.start[tree + 1]):
            left = _goes_left(splits, s, _read(row[splits.feature[s]]))
            bits |= np.uint64(left) << np.uint64(s - first)
        for leaf in range(paths.start[tree], paths.start[tree + 1]):
            begin, end = paths.steps[leaf], paths.steps[leaf + 1]
            line = paths.table_start[leaf]
            width = end - begin
            for step in range(begin, end):
                if bits & paths.asked[step] == paths.left[step]:
                    line += width
                width *= 2
            for step in range(begin, end):
                out[paths.feature[step]] += paths.table[line + step - begin]


@numba.njit(cache=True, nogil=True)
def _decide(
    splits: Splits, s: int, values: NDArray[np.float64], bit: int, bits: NDArray[np.uint64]
) -> None:
    mask = np.uint64(1) << np.uint64(bit)
    zero = np.uint64(0)
    threshold = splits.threshold[s]
    missing_left = splits.missing_left[s]
    kind = splits.kind[s]
    if kind == CATEGORY:
        for r in range(_BLOCK):
            bits[r] |= mask if _goes_left(splits, s, values[r]) else zero
    elif kind == ZERO_IS_MISSING:
        for r in range(_BLOCK):
            v = values[r]
            missing = (v == 0.0) | (v != v)
            bits[r] |= mask if (missing & missing_left) | (~missing & (v <= threshold)) else zero
    elif missing_left:
        for r in range(_BLOCK):
            bits[r] |= zero if values[r] > threshold else mask
    else:
        for r in range(_BLOCK):
            bits[r] |= mask if values[r] <= threshold else zero


@numba.njit(cache=True, nogil=True)
def _add_leaf(
    paths: Paths,
    leaf: int,
    bits: NDArray[np.uint64],
    line: NDArray[np.int64],
    out: NDArray[np.float64],
) -> None:
    begin, end = paths.steps[leaf], paths.steps[leaf + 1]
    table = paths.table
    line[:] = paths.table_start[leaf]
    width = end - begin
    for step in range(begin, end):
        asked, left = paths.asked[step], paths.left[step]
        for r in range(_BLOCK):
            line[r] += width if bits[r] & asked == left else 0
        width *= 2
    for step in range(begin, end):
        f = paths.feature[step]
        column = out[f]
        for r in range(_BLOCK):
            column[r] += table[line[r]]
            line[r] += 1


@numba.njit(cache=True, nogil=True)
def add_rows(
    splits: Splits, paths: Paths, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """Add the contributions of rows, float64 [rows, features], to `out`, of the same shape."""
    count, features = rows.shape
    values = np.zeros((features, _BLOCK))
    sums = np.empty((features, _BLOCK))
    bits = np.empty(_BLOCK, dtype=np.uint64)
    line = np.empty(_BLOCK, dtype=np.int64)
    for start in range(0, count, _BLOCK):
        n = min(_BLOCK, count - start)
        for r in range(n):
            for f in range(features):
                values[f, r] = _read(rows[start + r, f])
        sums[:] = 0.0
        for tree in range(len(splits.start) - 1):
            bits[:] = 0
            first = splits.start[tree]
            for s in range(first, splits.start[tree + 1]):
                _decide(splits, s, values[splits.feature[s]], s - first, bits)
            for leaf in range(paths.start[tree], paths.start[tree + 1]):
                _add_leaf(paths, leaf, bits, line, sums)
        for r in range(n):
            for f in range(features):
                out[start + r, f] += sums[f, r]
