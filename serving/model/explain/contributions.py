"""Contributions read from tables: one bit per split, one look-up per cell.

A row's decisions become the bits of a word, the demands of a cell are masks of it, and the demands
that are met are the number of a line. The kernels let go of the interpreter lock and share nothing,
so that any number of threads may call them at once. One row and many come out the same bit for bit.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from features.kernel.compiled import compiled, laid_out
from serving.model.explain.splits import CATEGORY, ZERO_IS_MISSING, Splits
from serving.model.explain.tables import Tables

_BLOCK = 256
_FEW = 16
_CHUNK = 4 * _BLOCK
_ZERO = float(np.float32(1e-35))
_CODES = float(2**31)


def contributions(
    splits: Splits, tables: Tables, matrix: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return float64 [rows, features] for a matrix of that shape; many rows use all cores."""
    rows = laid_out(matrix)
    out = np.zeros(rows.shape)
    if len(rows) <= _CHUNK:
        _add(splits, tables, rows, out)
        return out
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = [slice(start, start + _CHUNK) for start in range(0, len(rows), _CHUNK)]
        list(threads.map(lambda part: _add(splits, tables, rows[part], out[part]), parts))
    return out


@compiled(nogil=True)
def _add(
    splits: Splits, tables: Tables, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for start in range(0, len(rows), _BLOCK):
        stop = min(start + _BLOCK, len(rows))
        if stop - start < _FEW:
            for r in range(start, stop):
                _add_row(splits, tables, rows[r], out[r])
        else:
            _add_block(splits, tables, rows[start:stop], out[start:stop])


@compiled(nogil=True)
def _add_row(
    splits: Splits, tables: Tables, row: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for tree in range(len(splits.start) - 1):
        first = splits.start[tree]
        bits = np.uint64(0)
        for s in range(first, splits.start[tree + 1]):
            value = _as_read(row[splits.feature[s]])
            if splits.kind[s] == CATEGORY:
                left = _in_set(splits.sets, splits.set_start[s], splits.set_start[s + 1], value)
            elif np.isnan(value) or (value == 0.0 and splits.kind[s] == ZERO_IS_MISSING):
                left = splits.missing_left[s]
            else:
                left = value <= splits.threshold[s]
            bits |= np.uint64(left) << np.uint64(s - first)
        for cell in range(tables.start[tree], tables.start[tree + 1]):
            begin, end = tables.feature_start[cell], tables.feature_start[cell + 1]
            place = tables.line_start[cell]
            step = end - begin
            for d in range(tables.demand_start[cell], tables.demand_start[cell + 1]):
                place += step * (bits & tables.asked[d] == tables.left[d])
                step *= 2
            for i in range(begin, end):
                out[tables.feature[i]] += tables.lines[place + i - begin]


@compiled(nogil=True)
def _add_block(
    splits: Splits, tables: Tables, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    # Feature by feature, and always a whole block long, so that the inner loops become vector code.
    count, features = rows.shape
    values = np.zeros((features, _BLOCK))
    sums = np.zeros((features, _BLOCK))
    bits = np.empty(_BLOCK, dtype=np.uint64)
    places = np.empty(_BLOCK, dtype=np.uint64)
    for r in range(count):
        for f in range(features):
            values[f, r] = _as_read(rows[r, f])
    for tree in range(len(splits.start) - 1):
        _decide(splits, tree, values, bits)
        for cell in range(tables.start[tree], tables.start[tree + 1]):
            _add_cell(tables, cell, bits, places, sums)
    for r in range(count):
        for f in range(features):
            out[r, f] += sums[f, r]


@compiled(nogil=True)
def _as_read(value: float) -> float:
    # LightGBM reads numbers this small as zero before it looks at any split.
    return 0.0 if abs(value) <= _ZERO else value


@compiled(nogil=True)
def _in_set(sets: NDArray[np.uint32], start: int, stop: int, value: float) -> bool:
    # Numbers between -1 and 0 are cut to category 0; NaN is in no set.
    if not -1.0 < value < _CODES:
        return False
    code = int(value)
    word = start + (code >> 5)
    return word < stop and bool((sets[word] >> np.uint32(code & 31)) & np.uint32(1))


@compiled(nogil=True)
def _decide(
    splits: Splits, tree: int, values: NDArray[np.float64], bits: NDArray[np.uint64]
) -> None:
    # `splits` itself must not be handed to a call inside a loop over rows: counting the references
    # to its arrays costs many times the decision.
    bits[:] = 0
    no = np.uint64(0)
    yes = np.uint64(1)
    for s in range(splits.start[tree], splits.start[tree + 1]):
        column = values[splits.feature[s]]
        threshold, missing_left = splits.threshold[s], splits.missing_left[s]
        if splits.kind[s] == CATEGORY:
            sets, start, stop = splits.sets, splits.set_start[s], splits.set_start[s + 1]
            for r in range(_BLOCK):
                bits[r] |= yes if _in_set(sets, start, stop, column[r]) else no
        elif splits.kind[s] == ZERO_IS_MISSING:
            for r in range(_BLOCK):
                missing = (column[r] == 0.0) | np.isnan(column[r])
                bits[r] |= yes if (missing_left if missing else column[r] <= threshold) else no
        elif missing_left:
            for r in range(_BLOCK):
                bits[r] |= no if column[r] > threshold else yes
        else:
            for r in range(_BLOCK):
                bits[r] |= yes if column[r] <= threshold else no
        yes += yes


@compiled(nogil=True)
def _add_cell(
    tables: Tables,
    cell: int,
    bits: NDArray[np.uint64],
    places: NDArray[np.uint64],
    sums: NDArray[np.float64],
) -> None:
    begin, end = tables.feature_start[cell], tables.feature_start[cell + 1]
    step = np.uint64(end - begin)
    no = np.uint64(0)
    places[:] = 0
    for d in range(tables.demand_start[cell], tables.demand_start[cell + 1]):
        asked, left = tables.asked[d], tables.left[d]
        for r in range(_BLOCK):
            places[r] += step if bits[r] & asked == left else no
        step += step
    lines = tables.lines[tables.line_start[cell] : tables.line_start[cell + 1]]
    for i in range(begin, end):
        column = sums[tables.feature[i]]
        shifted = lines[i - begin :]
        for r in range(_BLOCK):
            column[r] += shifted[places[r]]
