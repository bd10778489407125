"""Scores as lines of CSV, column by column: reasons as JSON, lists with semicolons between.

The text is that of `csv.writer` and of `to_json`, row by row; a text that comes again is written
once and referred to. Inside a field in quotes every quote is doubled, those of JSON from the start.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic_core import to_json

from serving.batch.schema import SCORES

_END = "\r\n"
_COMMA, _LINE_END = b",\n"


def header() -> bytes:
    """Return the line that names the columns."""
    return (",".join(SCORES.names) + _END).encode()


def lines_of(scores: pa.RecordBatch, categories: Collection[str]) -> bytes:
    """Return a line for each row of scores.

    Args:
        scores: As `SCORES`.
        categories: Names of the features whose values are texts; JSON has numbers of others.
    """
    if len(scores) == 0:
        return b""
    fields = [_field(column, categories) for column in scores.columns]
    lines = _joined(*_interspersed(",", fields), _END)
    return _content(lines)


def _field(column: pa.Array, categories: Collection[str]) -> pa.StringArray:
    """Return values as fields of a line: in quotes where they need them, empty for none."""
    kind = column.type
    if pa.types.is_floating(kind):
        return _floats(column)
    if pa.types.is_timestamp(kind):
        return _each(column, _moments)
    if not pa.types.is_list(kind):
        return _quoted(column.cast(pa.string()).fill_null(""))
    if pa.types.is_string(kind.value_type):
        return _quoted(pc.binary_join(column, ";"))
    return _list(column, _reasons(column.flatten(), categories), '"[{', '}]"')


def _quoted(texts: pa.StringArray) -> pa.StringArray:
    special = pc.match_substring_regex(texts, r'[,"\r\n]')
    if not pc.any(special).as_py():
        return texts
    return pc.if_else(special, _joined('"', pc.replace_substring(texts, '"', '""'), '"'), texts)


def _reasons(reasons: pa.StructArray, categories: Collection[str]) -> pa.StringArray:
    """Return reasons as JSON without the braces around them."""
    part = dict(zip(reasons.type.names, reasons.flatten(), strict=True))
    features = part["features"]
    return _joined(
        _json(part["subject"], '""subject"":', ',""contribution"":'),
        _numbers(part["contribution"]),
        _json(part["direction"], ',""direction"":', ',""text"":'),
        _json(part["text"], "", ',""features"":'),
        _list(features, _shares(features.flatten(), categories), "[{", "}]"),
    )


def _shares(shares: pa.StructArray, categories: Collection[str]) -> pa.StringArray:
    """Return features with their contributions as JSON without the braces around them."""
    part = dict(zip(shares.type.names, shares.flatten(), strict=True))
    is_text = pc.is_in(part["feature"], value_set=pa.array(sorted(categories), pa.string()))
    nothing = pa.scalar(None, pa.string())
    texts = _json(pc.if_else(is_text, part["value"], nothing))
    numbers = _each(
        pc.if_else(is_text, nothing, part["value"]),
        lambda different: _as_json(list(map(float, different))),
    )
    return _joined(
        _json(part["feature"], '""feature"":', ',""value"":'),
        pc.if_else(is_text, texts, numbers).fill_null("null"),
        ',""contribution"":',
        _numbers(part["contribution"]),
    )


def _json(texts: pa.StringArray, before: str = "", after: str = "") -> pa.StringArray:
    def write(different: list[str]) -> pa.StringArray:
        # Each on a line of its own, since no text of JSON holds the end of a line.
        content = np.frombuffer(to_json(different, indent=1), dtype=np.uint8)[3:-2]
        found = _between(content, np.flatnonzero(content == _LINE_END) - 1, ",\n ")
        return _joined(before, pc.replace_substring(found, '"', '""'), after)

    return _each(texts, write)


def _numbers(column: pa.DoubleArray) -> pa.StringArray:
    return _as_json(column.to_numpy().tolist())


def _as_json(numbers: list[float]) -> pa.StringArray:
    content = np.frombuffer(to_json(numbers), dtype=np.uint8)[1:-1]
    if len(content) == 0:
        return pa.array([], pa.string())
    return _between(content, np.flatnonzero(content == _COMMA), ",")


def _between(
    content: NDArray[np.uint8], separators: NDArray[np.int64], separator: str
) -> pa.StringArray:
    """Return the texts between the places where a separator begins; no object is made of them."""
    kept = np.ones(len(content), dtype=np.bool_)
    for byte in range(len(separator)):
        kept[separators + byte] = False
    starts = separators - len(separator) * np.arange(len(separators))
    offsets = np.concatenate(([0], starts, [kept.sum()])).astype(np.int32)
    return pa.StringArray.from_buffers(
        len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(content[kept])
    )


def _moments(moments: list[datetime]) -> pa.StringArray:
    return pa.array([moment.isoformat().replace("+00:00", "Z") for moment in moments])


def _floats(column: pa.DoubleArray) -> pa.StringArray:
    """Return numbers as Python writes them; empty texts where there are none."""
    nothing = np.asarray(column.is_null())
    texts = map(repr, column.to_numpy(zero_copy_only=False).tolist())
    return pa.array(list(texts), pa.string(), mask=nothing).fill_null("")


def _each(column: pa.Array, write: Callable[[list[Any]], pa.StringArray]) -> pa.StringArray:
    """Return values as texts, equal ones written once; none where there is none."""
    encoded = column.dictionary_encode()
    if len(encoded.dictionary) == 0:
        return pa.nulls(len(column), pa.string())
    return write(encoded.dictionary.to_pylist()).take(encoded.indices)


def _list(lists: pa.ListArray, items: pa.StringArray, before: str, after: str) -> pa.StringArray:
    """Return lists of objects as JSON; `items` are the insides of all of them."""
    offsets = pc.subtract(lists.offsets, lists.offsets[0])
    inside = pc.binary_join(pa.ListArray.from_arrays(offsets, items), "},{")
    return pc.if_else(pc.equal(inside, ""), "[]", _joined(before, inside, after))


def _interspersed(separator: str, fields: list[pa.StringArray]) -> list[str | pa.StringArray]:
    return [part for field in fields for part in (separator, field)][1:]


def _joined(*parts: str | pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _content(texts: pa.StringArray) -> bytes:
    """Return all texts, one behind the other."""
    _, offsets, content = texts.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)
    written: bytes = content[starts[texts.offset] : starts[texts.offset + len(texts)]].to_pybytes()
    return written
