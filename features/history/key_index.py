"""Keys found by their bytes: which of many texts is which of some known ones."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.kernel.compiled import compiled

_FREE = -1
_ONE = np.uint64(1)
_WORD = np.uint64(8)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class KeyIndex:
    """Finds texts among known ones, each of which is there once."""

    def __init__(self, keys: pa.StringArray) -> None:
        """Index keys without gaps and without repetition."""
        self._offsets, self._bytes = _parts(keys)
        # At most half full, so that a search ends after few steps.
        self._slots = np.full(2 << len(keys).bit_length(), _FREE, dtype=np.int32)
        _fill(self._offsets, self._bytes, self._slots)

    def find(self, texts: pa.StringArray) -> NDArray[np.int32]:
        """Return the position of each text among the keys, int32 [texts]; -1 for no such key."""
        found = np.empty(len(texts), dtype=np.int32)
        _find(*_parts(texts), self._offsets, self._bytes, self._slots, found)
        if texts.null_count:
            found[np.asarray(texts.is_null())] = _FREE
        return found


def _parts(texts: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where each text begins, int32 [texts + 1], and the bytes of all."""
    _, offsets, content = texts.buffers()
    if offsets is None or content is None:
        return np.zeros(len(texts) + 1, dtype=np.int32), np.empty(0, dtype=np.uint8)
    starts = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return starts, np.frombuffer(content, dtype=np.uint8)


# Inlined by numba, and given places instead of slices: both would count references. All are without
# a sign, so that none is looked at as counted from the end.


@compiled(inline="always")
def _word(content: NDArray[np.uint8], place: np.uint64) -> np.uint64:
    """Return eight bytes as one number; in machine code it is one step."""
    word = np.uint64(0)
    for byte in range(8):
        word |= np.uint64(content[place + np.uint64(byte)]) << np.uint64(8 * byte)
    return word


@compiled(inline="always")
def _hash(content: NDArray[np.uint8], start: np.uint64, stop: np.uint64) -> np.uint64:
    mixed = stop - start
    place = start
    while place + _WORD <= stop:
        mixed = (mixed ^ _word(content, place)) * _SPREAD
        mixed ^= mixed >> np.uint64(32)
        place += _WORD
    while place < stop:
        mixed = (mixed ^ np.uint64(content[place])) * _SPREAD
        place += _ONE
    mixed = (mixed ^ (mixed >> np.uint64(29))) * _SPREAD
    return mixed ^ (mixed >> np.uint64(32))


@compiled(nogil=True)
def _fill(offsets: NDArray[np.int32], content: NDArray[np.uint8], slots: NDArray[np.int32]) -> None:
    last = np.uint64(len(slots) - 1)
    for key in range(len(offsets) - 1):
        slot = _hash(content, np.uint64(offsets[key]), np.uint64(offsets[key + 1])) & last
        while slots[slot] != _FREE:
            slot = (slot + _ONE) & last
        slots[slot] = key


@compiled(nogil=True)
def _find(
    offsets: NDArray[np.int32],
    content: NDArray[np.uint8],
    key_offsets: NDArray[np.int32],
    key_content: NDArray[np.uint8],
    slots: NDArray[np.int32],
    found: NDArray[np.int32],
) -> None:
    last = np.uint64(len(slots) - 1)
    for text in range(len(offsets) - 1):
        start, stop = np.uint64(offsets[text]), np.uint64(offsets[text + 1])
        slot = _hash(content, start, stop) & last
        position = _FREE
        while position == _FREE and slots[slot] != _FREE:
            key = np.uint64(slots[slot])
            first = np.uint64(key_offsets[key])
            place = start
            same = np.uint64(key_offsets[key + _ONE]) - first == stop - start
            while same and place + _WORD <= stop:
                same = _word(content, place) == _word(key_content, first + place - start)
                place += _WORD
            while same and place < stop:
                same = content[place] == key_content[first + place - start]
                place += _ONE
            if same:
                position = int(key)
            slot = (slot + _ONE) & last
        found[text] = position
