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
    lines = _joined(*_between(",", fields), _END)
    return _content(lines)


def _field(column: pa.Array, categories: Collection[str]) -> pa.StringArray:
    """Return values as fields of a line: in quotes where they need them, empty for none."""
    kind = column.type
    if pa.types.is_floating(kind):
        return _whole(column, lambda numbers: list(map(repr, numbers))).fill_null("")
    if pa.types.is_timestamp(kind):
        return _each(column, _as_moments)
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
    numbers = _each(pc.if_else(is_text, nothing, part["value"]), _as_numbers)
    return _joined(
        _json(part["feature"], '""feature"":', ',""value"":'),
        pc.if_else(is_text, texts, numbers).fill_null("null"),
        ',""contribution"":',
        _numbers(part["contribution"]),
    )


def _json(texts: pa.StringArray, before: str = "", after: str = "") -> pa.StringArray:
    def write(different: list[str]) -> list[str]:
        # Each on a line of its own, since no text of JSON holds the end of a line.
        found = to_json(different, indent=1).decode()[3:-2].split(",\n ")
        return [before + text.replace('"', '""') + after for text in found]

    return _each(texts, write)


def _numbers(column: pa.DoubleArray) -> pa.StringArray:
    return _whole(column, lambda numbers: to_json(numbers).decode()[1:-1].split(","))


def _as_numbers(texts: list[str]) -> list[str]:
    return to_json(list(map(float, texts))).decode()[1:-1].split(",")


def _as_moments(moments: list[datetime]) -> list[str]:
    return [moment.isoformat().replace("+00:00", "Z") for moment in moments]


def _whole(column: pa.DoubleArray, write: Callable[[list[float]], list[str]]) -> pa.StringArray:
    """Return numbers as texts; none where there is none."""
    numbers: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    if len(numbers) == 0:
        return pa.array([], pa.string())
    return pa.array(write(numbers.tolist()), pa.string(), mask=np.asarray(column.is_null()))


def _each(column: pa.Array, write: Callable[[list[Any]], list[str]]) -> pa.StringArray:
    """Return values as texts, equal ones written once; none where there is none."""
    encoded = column.dictionary_encode()
    different = encoded.dictionary.to_pylist()
    return pa.array(write(different) if different else [], pa.string()).take(encoded.indices)


def _list(lists: pa.ListArray, items: pa.StringArray, before: str, after: str) -> pa.StringArray:
    """Return lists of objects as JSON; `items` are the insides of all of them."""
    offsets = pc.subtract(lists.offsets, lists.offsets[0])
    inside = pc.binary_join(pa.ListArray.from_arrays(offsets, items), "},{")
    return pc.if_else(pc.equal(inside, ""), "[]", _joined(before, inside, after))


def _between(separator: str, fields: list[pa.StringArray]) -> list[str | pa.StringArray]:
    return [part for field in fields for part in (separator, field)][1:]


def _joined(*parts: str | pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _content(texts: pa.StringArray) -> bytes:
    """Return all texts, one behind the other."""
    _, offsets, content = texts.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)
    written: bytes = content[starts[texts.offset] : starts[texts.offset + len(texts)]].to_pybytes()
    return written
