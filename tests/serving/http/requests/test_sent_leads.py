"""The leads of a batch, found in its text and read one by one."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from serving.http.body import checked
from serving.http.errors import Problem, RefusedError, invalid
from serving.http.requests.fields import MOST_LEADS
from serving.http.requests.score import BatchRequest
from serving.http.requests.sent_leads import SentLeads

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def found(body: bytes) -> list[object] | Problem:
    try:
        return SentLeads(body)[:]
    except ValidationError as error:
        return invalid(error)
    except RefusedError as error:
        return error.problem


def at_once(body: bytes) -> list[object] | Problem:
    """Return the same, read all at once by the model."""
    try:
        return list(checked(BatchRequest, body).leads)
    except ValidationError as error:
        return invalid(error)


@given(st.lists(VALUES, max_size=6), st.sampled_from([None, 0, 2]), st.booleans(), st.data())
def test_each_lead_is_what_was_sent(
    leads: list[Any], indent: int | None, plain: bool, data: st.DataObject
) -> None:
    sent = SentLeads(json.dumps({"leads": leads}, indent=indent, ensure_ascii=plain).encode())
    assert len(sent) == len(leads)
    first = data.draw(st.integers(0, 6))
    assert sent[first : first + 2] == leads[first : first + 2]


@given(st.dictionaries(st.sampled_from(["leads", "x", "lead"]), VALUES), st.data())
def test_what_is_no_batch_is_told_as_ever(sent: dict[str, object], data: st.DataObject) -> None:
    body = json.dumps(sent).encode()
    read, expected = found(body), at_once(body)
    if isinstance(expected, Problem):
        assert isinstance(read, Problem)
        # Of several mistakes, the first in the text.
        assert (read.code, read.field in {"leads", *sent}) == (expected.code, True)
    else:
        assert read == expected
    cut = body[: data.draw(st.integers(0, len(body) - 1))]
    assert isinstance(found(cut), Problem)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[", "]", "[]", "null", "5", '"leads"', "leads", "tru", "{}", "{]", "{5: 1}",
        '{"leads"}', '{"leads": }', '{"leads": []', '{"leads": []}}', '{"leads": [],}',
        '{"leads": [1,]}', '{"leads": [1 2]}', '{"leads": [,1]}', '{"leads": [1}', '{"leads" []}',
        '{"leads": [], "leads": [1]}', '{"leads": null}', '{"leads": "[]"}', '{"leads": {}}',
        '{"x": 1, "leads": []}', '{"leads": ["\\ud800"]}', '{"leads": [NaN, -Infinity]}',
        '{"leads": [1e999, ' + "9" * 5000 + "]}", ' {\n"leads"\t:\r[ 1 , {} ] } ', "\x00", "\xa0{}",
        '{"leads": ["' + "\x01" + '"]}', "[" * 100_000, '{"leads": ' + "[" * 100_000,
        '{"x": ' + "[" * 100_000,
    ],
)  # fmt: skip
def test_borders(text: str) -> None:
    read, expected = found(text.encode()), at_once(text.encode())
    if isinstance(expected, Problem):
        assert isinstance(read, Problem)
        # What is no batch already need not be read to its end.
        assert (read.code, read.field) in {
            (expected.code, expected.field),
            ("invalid_request", read.field),
        }
    else:
        # NaN is not what it is.
        assert repr(read) == repr(expected)


def test_bytes_that_are_no_text_are_no_json() -> None:
    problem = found(b'{"leads": ["\xff"]}')
    assert isinstance(problem, Problem)
    assert problem.code == "invalid_json"


def test_no_more_is_read_than_tells_a_mistake() -> None:
    assert len(SentLeads(b'{"leads": [' + b"1," * (MOST_LEADS - 1) + b"1]}")) == MOST_LEADS
    for body, field in (
        (b'{"leads": [' + b"1," * MOST_LEADS + b"1, and so on", "leads"),
        (b'{"leads": [1], "x": and so on', "x"),
        (b'{"leads": 5 and so on', "leads"),
    ):
        problem = found(body)
        assert isinstance(problem, Problem)
        assert (problem.code, problem.field) == ("invalid_request", field)
