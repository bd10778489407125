"""Separated values are read as they were written, whatever wrote them."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.intake.importing.csv_text import SEPARATORS, decoded, records
from serving.intake.importing.table import TableError
from tests.serving.intake.importing.lists import table

CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=6)


@given(ROWS, st.sampled_from(SEPARATORS), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_any_table_is_read_back(rows: list[list[str]], separator: str, encoding: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(rows)
    written = file.getvalue()
    # A mark of byte order that begins a text is none of its characters.
    if written.startswith("\ufeff"):
        return
    text, _ = decoded(written.encode(encoding))
    assert [row.cells for row in records(text, separator)] == rows


@pytest.mark.parametrize("name", ["Müller", "Jörg Weiß", "Größe – 5 €", "ÄÖÜ", "„Café“ No. 5"])
def test_what_windows_writes_is_not_garbled(name: str) -> None:
    text, encoding = decoded(f"E-Mail;Firma\na@b.de;{name}\n".encode("cp1252"))
    assert (text, encoding) == (f"E-Mail;Firma\na@b.de;{name}\n", "cp1252")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("separator", SEPARATORS)
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    lines = [["E-Mail", "Firma", "Umsatz"], ["a@b.de", "Müller, Söhne; Co", "12,5"]]
    file = io.StringIO()
    csv.writer(file, delimiter=separator).writerows(lines)
    read = table((mark + file.getvalue()).encode(encoding))
    assert read.headings == ("E-Mail", "Firma", "Umsatz")
    assert read.rows[0].cells == lines[1]
    assert encoding.partition("-sig")[0].partition("-be")[0] in read.form


def test_a_hint_at_the_separator_is_taken() -> None:
    read = table("sep=|\r\nE-Mail|Firma\r\na@b.de|x;y\r\n")
    assert (read.rows[0].line, read.rows[0].cells) == (3, ["a@b.de", "x;y"])


def test_a_number_sign_begins_no_comment() -> None:
    read = table("E-Mail;Firma;Notiz\na@b.de;#1 GmbH;# wichtig\n#b@c.de;x;y\n")
    assert [row.cells for row in read.rows] == [
        ["a@b.de", "#1 GmbH", "# wichtig"], ["#b@c.de", "x", "y"],
    ]  # fmt: skip


def test_lines_are_those_of_the_file_though_values_span_several() -> None:
    read = table('E-Mail;Firma\n\n"a@b.de";"Müller\r\n& Söhne"\nc@d.de;x\n')
    assert [row.line for row in read.rows] == [3, 5]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("E-Mail;Firma\nMüller;x\n".encode() + b"M\xfcller;y\n", "line 3: is no UTF-8"),
        (b"E-Mail\na\x81\xfc\n", "line 2: is no text in UTF-8, UTF-16 or cp1252"),
        (b"\xff\xfeE\x00-", "is no text"),
        ("E-Mail\na@b.de\n".encode("utf-16-le"), "line 1: holds the character 0"),
        (b"E-Mail\na@b.de\nx\0y", "line 3: holds the character 0"),
        (b'E-Mail;Firma\na@b.de;"open\nb@c.de;x\n', "line 2: a quoted value is not closed"),
        (b'E-Mail;Firma\na@b.de;"x"y\n', "line 2: a quoted value"),
        (b"E-Mail;Firma\n" + b"x" * 10_000_000, "line 2: a quoted value .* longer than 131,072"),
        (b"E-Mail;Firma\n" + b"x;" * 5_000_000, "line 2: there are more than 500 columns"),
        (b"E-Mail;Name, Firma\na;b, c\n", "may be separated by ',' or ';'"),
        (b"E-Mail;Firma\n", "line 1: there is no row below the headings"),
        (b"a@b.de;Sommer\nc@d.de;Winter\n", "none of the first 20 rows names columns"),
        (b"", "none of the first 20 rows"),
        (b"\n" * 1000, "none of the first 20 rows"),
        (b"E-Mail\n" + b"a@b.de\n" * 1001, "more than 1,000 rows"),
        (b"E-Mail;" + b"x" * 300 + b"\na@b.de;y", "a heading is longer than 200"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_line(data: bytes, said: str) -> None:
    with pytest.raises(TableError, match=said):
        table(data)


def test_a_separator_that_is_said_is_taken() -> None:
    read = table("E-Mail;Name, Firma\na@b.de;b, c\n", separator=";")
    assert read.headings == ("E-Mail", "Name, Firma")
    assert table("E-Mail\tFirma\na@b.de\tx\n", separator="tab").rows[0].cells == ["a@b.de", "x"]
    with pytest.raises(TableError, match="a separator is one of"):
        table("E-Mail", separator="#")


def test_titles_blank_rows_and_trailing_separators_are_left_out() -> None:
    read = table(
        "Besucherliste 2026;;;;\n;;;;\nE-Mail;Firma;E-Mail;;\na@b.de;x;;;\n ;-;k.A.;;\nc@d.de\n"
    )
    assert read.headings == ("E-Mail", "Firma", "E-Mail (2)")
    assert [row.cells for row in read.rows] == [["a@b.de", "x", None], ["c@d.de", None, None]]
    assert not any(row.surplus for row in read.rows)


def test_more_values_than_headings_are_no_values_of_another_row() -> None:
    read = table("E-Mail,Firma\na@b.de,Müller,Söhne\n")
    assert [(row.cells, row.surplus) for row in read.rows] == [(["a@b.de", "Müller"], True)]
