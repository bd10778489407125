"""Workbooks and JSON read as tables; hostile ones refused, and nothing else harmed."""

import io
import json
import zipfile
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from serving.intake.importing.table import TableError
from serving.intake.importing.workbook_process import sheet_lines
from tests.serving.intake.importing.lists import table, workbook

HALF_PAST_TEN = datetime(2026, 3, 1, 10, 30)  # noqa: DTZ001 - as a workbook has it


def test_a_sheet_is_read_with_its_row_numbers() -> None:
    data = workbook(
        ["Besucherliste"], [], ["E-Mail", "Telefon", "Mitarbeiter", "Datum", "Newsletter"],
        ["a@b.de", 4930901820, 12.5, HALF_PAST_TEN, True],
        [None, "", "-", "k.A.", " "],
        ["c@d.de", "030 901820", "=1/0", date(2026, 3, 1), False],
    )  # fmt: skip
    read = table(data, "excel")
    assert read.form == "Excel, sheet 'Kontakte'"
    assert read.headings == ("E-Mail", "Telefon", "Mitarbeiter", "Datum", "Newsletter")
    assert [(row.line, row.cells) for row in read.rows] == [
        (4, ["a@b.de", 4930901820.0, 12.5, HALF_PAST_TEN, True]),
        (6, ["c@d.de", "030 901820", None, date(2026, 3, 1), False]),
    ]


def test_a_workbook_is_known_under_any_name() -> None:
    data = workbook(["E-Mail"], ["a@b.de"])
    assert table(data, "csv") == table(data, "excel") == table(data, "json")


def test_a_sheet_that_is_not_certain_is_asked_for() -> None:
    data = workbook(["E-Mail"], ["a@b.de"], Leer=[], Alt=[["E-Mail"], ["c@d.de"]])
    with pytest.raises(TableError, match="there are: 'Kontakte', 'Alt'"):
        table(data, "excel")
    assert table(data, "excel", sheet="Alt").rows[0].cells == ["c@d.de"]
    with pytest.raises(TableError, match="not certain"):
        table(data, "excel", sheet="Neu")
    with pytest.raises(TableError, match="no workbook"):
        table("E-Mail\na@b.de\n", sheet="Alt")


def test_a_sheet_that_is_hidden_is_not_read_unasked() -> None:
    made = Workbook()
    made.active.append(["E-Mail"])
    made.active.append(["a@b.de"])
    hidden = made.create_sheet("Alt")
    hidden.append(["E-Mail"])
    hidden.sheet_state = "hidden"
    file = io.BytesIO()
    made.save(file)
    assert table(file.getvalue(), "excel").rows[0].cells == ["a@b.de"]


def far_cell() -> bytes:
    made = Workbook()
    made.active["A1"], made.active["XFD1048576"] = "E-Mail", "x"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def with_sheet(xml: bytes) -> bytes:
    """Return a workbook whose sheet is the given text."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["E-Mail"], ["a@b.de"]))) as whole,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name in whole.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            archive.writestr(name, xml if sheet else whole.read(name))
    return file.getvalue()


def swollen() -> bytes:
    """Return a workbook of some 300 kB that unpacks to 300 MB."""
    head, tail = (
        b'<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>',
        b"</v></c></row></sheetData>",
    )
    return with_sheet(head + b"x" * 300_000_000 + tail + b"</worksheet>")


WHOLE = workbook(["E-Mail", "Firma"], ["a@b.de", "x"])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (far_cell(), "holds too much"),
        (WHOLE[: len(WHOLE) // 2], "damaged"),
        (WHOLE[:-30], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (b"", "damaged"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 5_000, "damaged"),
        (b"E-Mail\na@b.de\n", "damaged"),
        (with_sheet(b"<worksheet><sheetData><row"), "damaged|not certain"),
        (workbook(["E-Mail"], *([["a@b.de"]] * 1_100)), "holds too much|more than 1,000 rows"),
        (workbook(["E-Mail"]), "no row below the headings"),
        (workbook(), "not certain"),
        (workbook(["a@b.de"], ["c@d.de"]), "names columns"),
    ],
    ids=range(12),
)
def test_a_workbook_that_cannot_be_read_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(TableError, match=said):
        table(data, "excel")


def test_a_workbook_that_swells_ends_alone() -> None:
    with pytest.raises(TableError, match=r"holds too much|damaged"):
        table(swollen(), "excel")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused(place: int, noise: bytes) -> None:
    # Whatever else were raised would fail.
    with suppress(TableError):
        table(WHOLE[:place] + noise + WHOLE[place + len(noise) :], "excel")


def test_the_process_tells_what_it_reads() -> None:
    data = workbook(["E-Mail", None], ["a@b.de", timedelta(hours=1)], Alt=[["x"]])
    assert [json.loads(line) for line in sheet_lines(data, "Kontakte", 10)] == [
        ["sheet", "Kontakte"], [1, ["E-Mail", ""]], [2, ["a@b.de", "1:00:00"]],
    ]  # fmt: skip
    assert [json.loads(line) for line in sheet_lines(data, "Kontakte", 1)][-1] == ["large"]
    assert [json.loads(line) for line in sheet_lines(data, None, 1)] == [
        ["sheets", "'Kontakte', 'Alt'"]
    ]
    assert [json.loads(line) for line in sheet_lines(b"PK", None, 1)] == [["damaged"]]


@pytest.mark.parametrize(
    "text",
    [
        '{"E-Mail": "a@b.de", "Firma": null}\r\n\n{"Firma": "x", "contact": {"phone": "1"}}\n',
        '[{"E-Mail": "a@b.de", "Firma": null}, {"Firma": "x", "contact": {"phone": "1"}}]',
        '\ufeff{"E-Mail": "a@b.de", "Firma": " "}\n{"Firma": "x", "contact": {"phone": "1"}}',
    ],
)
def test_objects_are_rows(text: str) -> None:
    read = table(text, "json")
    assert read.headings == ("E-Mail", "Firma", "contact.phone")
    assert [row.cells for row in read.rows] == [["a@b.de", None, None], [None, "x", "1"]]


def test_lines_are_counted_in_json_as_well() -> None:
    read = table('\n{"E-Mail": "a\u2028b"}\n\n{"E-Mail": 5}', "json")
    assert [(row.line, row.cells) for row in read.rows] == [(2, ["a\u2028b"]), (4, [5])]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"E-Mail": "a@b.de"}\n{"E-Mail": ', "line 2: is no JSON"),
        ('{"E-Mail": "a@b.de"}\n[1]', "line 2: is no JSON object"),
        ('[{"E-Mail": "a@b.de"}, 1]', "object 2: is no JSON object"),
        ('[{"E-Mail": "a@b.de"}', "the file: is no JSON"),
        ("[" * 100_000, "the file: is no JSON"),
        ('{"a": ' * 100_000, "line 1: is no JSON"),
        ('{"E-Mail": ["a@b.de"]}', "line 1: holds a list"),
        ('{"a": {"b": {"c": 1}}}', "line 1: holds a list, or objects too deep"),
        ('{"E-Mail": NaN}', "line 1: is no JSON"),
        ('{"E-Mail": ' + "9" * 5_000 + "}", "line 1: is no JSON"),
        ('{"\\ud800": 1}', "a heading"),
        ('{"' + "x" * 300 + '": 1}', "a heading is longer"),
        (json.dumps(dict.fromkeys(map(str, range(600)), 1)), "more than 500 columns"),
        ('{"E-Mail": "a@b.de"}\n' * 1_001, "more than 1,000 rows"),
        ("", "no object in it"),
        ('{"E-Mail": null}', "no object in it"),
    ],
    ids=range(16),
)
def test_json_that_cannot_be_read_is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(TableError, match=said):
        table(text, "json")
