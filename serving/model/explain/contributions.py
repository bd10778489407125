"""Contributions read from tables: one bit per question, one look-up per cell.

A row's answers become the bits of words, and those a cell demands are the number of a line. The
kernels let go of the interpreter lock and share nothing, so that any number of threads may call
them at once. One row and many come out the same bit for bit.
"""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from features.kernel.compiled import compiled, laid_out
from serving.model.explain.decisions import Decisions
from serving.model.explain.prefetch import prefetch
from serving.model.explain.tables import NO_DEMAND, Tables

_BLOCK = 256
_FEW = 16
_CHUNK = 4 * _BLOCK
_ZERO = float(np.float32(1e-35))
_CODES = float(2**31)
_NO_CODE = 2**31 - 1


def contributions(
    decisions: Decisions, tables: Tables, matrix: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return float64 [rows, features] for a matrix of that shape; many rows use all cores."""
    rows = laid_out(matrix)
    out = np.zeros(rows.shape)
    if len(rows) <= _CHUNK:
        _add(decisions, tables, rows, out)
        return out
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        parts = [slice(start, start + _CHUNK) for start in range(0, len(rows), _CHUNK)]
        list(threads.map(lambda part: _add(decisions, tables, rows[part], out[part]), parts))
    return out


@compiled(nogil=True)
def _add(
    decisions: Decisions, tables: Tables, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    for start in range(0, len(rows), _BLOCK):
        stop = min(start + _BLOCK, len(rows))
        if stop - start < _FEW:
            _add_few(decisions, tables, rows[start:stop], out[start:stop])
        else:
            _add_block(decisions, tables, rows[start:stop], out[start:stop])


@compiled(nogil=True)
def _add_few(
    decisions: Decisions, tables: Tables, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    # All places are known before the first line is read, so that lines come from afar together.
    values = np.empty(len(decisions.read))
    codes = np.empty(len(decisions.coded), dtype=np.int32)
    bits = np.empty(len(tables.start) - 1, dtype=np.uint64)
    places = np.empty(len(tables.demands), dtype=np.int64)
    for r in range(len(rows)):
        _read(decisions, rows[r], values, codes)
        _answer(decisions, values, codes, bits)
        _find(tables, bits, places)
        _add_lines(tables, places, out[r])


@compiled(nogil=True)
def _read(
    decisions: Decisions,
    row: NDArray[np.float64],
    values: NDArray[np.float64],
    codes: NDArray[np.int32],
) -> None:
    for i in range(len(values)):
        values[i] = _number(row[decisions.read[i]], decisions.zero[i], decisions.missing[i])
    for i in range(len(codes)):
        codes[i] = _code(row[decisions.coded[i]])


@compiled(nogil=True)
def _answer(
    decisions: Decisions,
    values: NDArray[np.float64],
    codes: NDArray[np.int32],
    bits: NDArray[np.uint64],
) -> None:
    one = np.uint64(1)
    for word in range(len(bits)):
        answers, bit = np.uint64(0), np.uint64(0)
        for i in range(decisions.number_start[word], decisions.number_start[word + 1]):
            yes = values[decisions.reading[i]] <= decisions.threshold[i]
            answers |= np.uint64(yes) << bit
            bit += one
        for i in range(decisions.category_start[word], decisions.category_start[word + 1]):
            start, last = decisions.set_start[i], decisions.set_start[i + 1] - 1
            answers |= _in_set(decisions.sets, start, last, codes[decisions.code[i]]) << bit
            bit += one
        for i in range(decisions.together_start[word], decisions.together_start[word + 1]):
            answers |= np.uint64(answers & decisions.asked[i] == decisions.answers[i]) << bit
            bit += one
        bits[word] = answers


@compiled(nogil=True)
def _find(tables: Tables, bits: NDArray[np.uint64], places: NDArray[np.int64]) -> None:
    one = np.uint64(1)
    for word in range(len(bits)):
        for cell in range(tables.start[word], tables.start[word + 1]):
            line, bit = np.uint64(0), np.uint64(0)
            for demand in tables.demands[cell]:
                if demand == NO_DEMAND:
                    break
                line |= (bits[word] >> np.uint64(demand) & one) << bit
                bit += one
            features = tables.feature_start[cell + 1] - tables.feature_start[cell]
            place = tables.line_start[cell] + np.int64(line) * features
            prefetch(tables.lines, place)
            prefetch(tables.lines, place + features - 1)
            places[cell] = place


@compiled(nogil=True)
def _add_lines(tables: Tables, places: NDArray[np.int64], out: NDArray[np.float64]) -> None:
    for cell in range(len(places)):
        begin, end = tables.feature_start[cell], tables.feature_start[cell + 1]
        for i in range(begin, end):
            out[tables.feature[i]] += tables.lines[places[cell] + i - begin]


@compiled(nogil=True)
def _add_block(
    decisions: Decisions, tables: Tables, rows: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    # Feature by feature, and always a whole block long, so that the inner loops become vector code.
    count, features = rows.shape
    values = np.zeros((len(decisions.read), _BLOCK))
    codes = np.zeros((len(decisions.coded), _BLOCK), dtype=np.int32)
    sums = np.zeros((features, _BLOCK))
    bits = np.empty(_BLOCK, dtype=np.uint64)
    places = np.empty(_BLOCK, dtype=np.uint64)
    for r in range(count):
        _read(decisions, rows[r], values[:, r], codes[:, r])
    for word in range(len(tables.start) - 1):
        _answer_block(decisions, word, values, codes, bits)
        for cell in range(tables.start[word], tables.start[word + 1]):
            _add_cell(tables, cell, bits, places, sums)
    for r in range(count):
        for f in range(features):
            out[r, f] += sums[f, r]


@compiled(nogil=True)
def _number(value: float, zero: float, missing: float) -> float:
    if np.isnan(value):
        return missing
    # LightGBM reads numbers this small as zero before it looks at any split.
    return zero if abs(value) <= _ZERO else value


@compiled(nogil=True)
def _code(value: float) -> int:
    # Numbers between -1 and 0 are cut to category 0; NaN is in no set.
    return int(value) if -1.0 < value < _CODES else _NO_CODE


@compiled(nogil=True)
def _in_set(sets: NDArray[np.uint32], start: int, last: int, code: int) -> np.uint64:
    word = sets[min(start + (code >> 5), last)]
    return np.uint64(word >> np.uint32(code & 31) & np.uint32(1))


@compiled(nogil=True)
def _answer_block(
    decisions: Decisions,
    word: int,
    values: NDArray[np.float64],
    codes: NDArray[np.int32],
    bits: NDArray[np.uint64],
) -> None:
    # A call for each question and row must not be handed `decisions` itself: counting the
    # references to its arrays costs many times the answer.
    bits[:] = 0
    no, bit = np.uint64(0), np.uint64(0)
    one = np.uint64(1)
    for i in range(decisions.number_start[word], decisions.number_start[word + 1]):
        column, threshold, yes = values[decisions.reading[i]], decisions.threshold[i], one << bit
        for r in range(_BLOCK):
            bits[r] |= yes if column[r] <= threshold else no
        bit += one
    for i in range(decisions.category_start[word], decisions.category_start[word + 1]):
        start, last = decisions.set_start[i], decisions.set_start[i + 1] - 1
        sets, of_rows = decisions.sets, codes[decisions.code[i]]
        for r in range(_BLOCK):
            bits[r] |= _in_set(sets, start, last, of_rows[r]) << bit
        bit += one
    for i in range(decisions.together_start[word], decisions.together_start[word + 1]):
        asked, answers, yes = decisions.asked[i], decisions.answers[i], one << bit
        for r in range(_BLOCK):
            bits[r] |= yes if bits[r] & asked == answers else no
        bit += one


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
    one = np.uint64(1)
    no = np.uint64(0)
    places[:] = 0
    for demand in tables.demands[cell]:
        if demand == NO_DEMAND:
            break
        asked = one << np.uint64(demand)
        for r in range(_BLOCK):
            places[r] += step if bits[r] & asked else no
        step += step
    lines = tables.lines[tables.line_start[cell] : tables.line_start[cell + 1]]
    for i in range(begin, end):
        column = sums[tables.feature[i]]
        shifted = lines[i - begin :]
        for r in range(_BLOCK):
            column[r] += shifted[places[r]]
