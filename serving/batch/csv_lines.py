"""Scores as lines of CSV, column by column: reasons as JSON, lists with semicolons between.

The text is that of `csv.writer` and of `to_json`, row by row; a text that comes again is written
once and referred to.
"""

from collections.abc import Callable, Collection

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
    fields = [_field(_text(column, categories)) for column in scores.columns]
    lines = _joined(*_between(",", fields), _END)
    return _content(lines)


def _text(column: pa.Array, categories: Collection[str]) -> pa.StringArray:
    kind = column.type
    if pa.types.is_floating(kind):
        return _whole(column, lambda numbers: list(map(repr, numbers)))
    if pa.types.is_timestamp(kind):
        return _each(column, lambda moment: moment.isoformat().replace("+00:00", "Z"))
    if pa.types.is_list(kind):
        if pa.types.is_string(kind.value_type):
            return pc.binary_join(column, ";")
        return _list(column, _reasons(column.flatten(), categories))
    return column.cast(pa.string())


def _field(texts: pa.StringArray) -> pa.StringArray:
    """Return texts as fields of a line: in quotes where they need them, empty for none."""
    texts = texts.fill_null("")
    special = pc.match_substring_regex(texts, r'[,"\r\n]')
    if not pc.any(special).as_py():
        return texts
    quoted = _joined('"', pc.replace_substring(texts, '"', '""'), '"')
    return pc.if_else(special, quoted, texts)


def _reasons(reasons: pa.StructArray, categories: Collection[str]) -> pa.StringArray:
    part = dict(zip(reasons.type.names, reasons.flatten(), strict=True))
    features = part["features"]
    return _object(
        {
            "subject": _json(part["subject"]),
            "contribution": _numbers(part["contribution"]),
            "direction": _json(part["direction"]),
            "text": _json(part["text"]),
            "features": _list(features, _shares(features.flatten(), categories)),
        }
    )


def _shares(shares: pa.StructArray, categories: Collection[str]) -> pa.StringArray:
    part = dict(zip(shares.type.names, shares.flatten(), strict=True))
    is_text = pc.is_in(part["feature"], value_set=pa.array(sorted(categories), pa.string()))
    nothing = pa.scalar(None, pa.string())
    texts = _json(pc.if_else(is_text, part["value"], nothing))
    numbers = _json(pc.if_else(is_text, nothing, part["value"]), float)
    return _object(
        {
            "feature": _json(part["feature"]),
            "value": pc.if_else(is_text, texts, numbers),
            "contribution": _numbers(part["contribution"]),
        }
    )


def _json(texts: pa.StringArray, meaning: Callable[[str], object] = str) -> pa.StringArray:
    return _each(texts, lambda text: to_json(meaning(text)).decode()).fill_null("null")


def _numbers(column: pa.DoubleArray) -> pa.StringArray:
    return _whole(column, lambda numbers: to_json(numbers).decode()[1:-1].split(","))


def _whole(column: pa.DoubleArray, write: Callable[[list[float]], list[str]]) -> pa.StringArray:
    """Return numbers as texts; none where there is none."""
    numbers: NDArray[np.float64] = column.to_numpy(zero_copy_only=False)
    if len(numbers) == 0:
        return pa.array([], pa.string())
    return pa.array(write(numbers.tolist()), pa.string(), mask=np.asarray(column.is_null()))


def _each(column: pa.Array, write: Callable[[object], str]) -> pa.StringArray:
    """Return values as texts, equal ones written once; none where there is none."""
    encoded = column.dictionary_encode()
    written = pa.array([write(value) for value in encoded.dictionary.to_pylist()], pa.string())
    return written.take(encoded.indices)


def _object(members: dict[str, pa.StringArray]) -> pa.StringArray:
    parts = [part for name, texts in members.items() for part in (f',"{name}":', texts)]
    return _joined("{" + parts[0][1:], *parts[1:], "}")


def _list(lists: pa.ListArray, items: pa.StringArray) -> pa.StringArray:
    """Return each list as JSON; `items` are those of all of them."""
    offsets = pc.subtract(lists.offsets, lists.offsets[0])
    return _joined("[", pc.binary_join(pa.ListArray.from_arrays(offsets, items), ","), "]")


def _between(separator: str, fields: list[pa.StringArray]) -> list[str | pa.StringArray]:
    return [part for field in fields for part in (separator, field)][1:]


def _joined(*parts: str | pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _content(texts: pa.StringArray) -> bytes:
    """Return all texts, one behind the other."""
    _, offsets, content = texts.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)
    return content[starts[texts.offset] : starts[texts.offset + len(texts)]].to_pybytes()
