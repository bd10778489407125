"""Mistakes in declarations and files are told by place, and never by value."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import ValidationError

from features.history.history import HistoryError
from features.history.sources import LeadSource, ProfileFields, Sources, expand
from tests.features.files import LEAD_LINES, LEADS, all_events, events, read, write

EVENT = {"lead_id": "id", "occurred_at": "at", "event_type": "type"}
SEEN = EVENT | {"recorded_at": "seen"}
WIDE = {"lead_id": "id", "occurred_at": "at"}


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ({"columns": EVENT}, "either 'path' or 'query'"),
        ({"path": "a.csv", "query": "q", "database": "d", "columns": EVENT}, "either 'path' or"),
        ({"query": "q", "columns": EVENT}, "'database' belong together"),
        ({"path": "a.csv", "timezone": "Berlin", "columns": EVENT}, "no IANA time zone"),
        ({"path": "a.csv", "columns": EVENT | {"account_id": "a"}}, "the key must come from"),
        ({"path": "a.csv", "columns": {"occurred_at": "at"}}, "the key must come from"),
        ({"path": "a.csv", "columns": EVENT, "counters": ["a"]}, "the event type must come from"),
        ({"path": "a.csv", "columns": EVENT, "constants": {"event_type": "x"}}, "constants.event"),
        (
            {"path": "a.csv", "columns": EVENT | {"recorded_at": "r"}, "known_after": "7d"},
            "exclude",
        ),
        ({"path": "a.csv", "columns": EVENT, "known_after": "soon"}, "is not a duration"),
        ({"path": "a.csv", "columns": EVENT, "seen": "week"}, "'seen' belongs to 'counters'"),
        (
            {"path": "a.csv", "columns": WIDE, "counters": ["a", "b"], "seen": "b"},
            "'seen' cannot be 'b'",
        ),
        ({"path": "a.csv", "colums": EVENT}, "Extra inputs are not permitted"),
    ],
)
def test_a_declaration_with_two_meanings_is_refused(
    source: Mapping[str, object], complaint: str
) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Sources.model_validate({"leads": LEADS, "events": [source]})


@pytest.mark.parametrize(
    "created",
    [
        "created_at",
        "first seen",
        "2024-01-01",
        "2024-01-01T00:00:00",
        date(2024, 1, 1),
        datetime(2024, 1, 1),  # noqa: DTZ001
        datetime(1970, 1, 1, tzinfo=UTC),
        5,
        True,
    ],
)
def test_a_creation_in_no_form_is_told_what_the_forms_are(created: object) -> None:
    leads = {"path": "leads.csv", "created": created}
    with pytest.raises(ValidationError) as caught:
        LeadSource.model_validate(leads)
    [mistake] = caught.value.errors()
    assert mistake["loc"] == ("created",)
    for form in ("'first_seen'", "2024-01-01T00:00:00Z", "columns.created_at"):
        assert form in mistake["msg"]


def test_a_creation_in_two_forms_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"takes the place of columns\.created_at"):
        LeadSource.model_validate(LEADS | {"created": "first_seen"})


def test_leads_are_first_seen_in_something() -> None:
    leads = {"path": "leads.csv", "created": "first_seen"}
    with pytest.raises(ValidationError, match=r"needs \[\[sources\.events\]\] or \[\[sources\.st"):
        Sources.model_validate({"leads": leads})
    at = {"lead_id": "id", "at": "at"}
    stages = {"path": "stages.csv", "columns": at, "constants": {"stage": "SQL"}}
    assert Sources.model_validate({"leads": leads, "stages": [stages]}).leads.creation == "created"


def test_counters_have_no_value_column() -> None:
    columns = {"lead_id": "id", "occurred_at": "at", "value": "v"}
    source = {"path": "a.csv", "columns": columns, "counters": ["opened"]}
    with pytest.raises(ValidationError, match="'counters' are the values"):
        Sources.model_validate({"leads": LEADS, "events": [source]})


def test_a_profile_field_is_named_once() -> None:
    with pytest.raises(ValidationError, match="'age' is named twice"):
        ProfileFields(numeric=("age",), categorical=("age",))


def test_variables_are_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADSCORE_TEST", "set")
    assert expand("${LEADSCORE_TEST}/a-${LEADSCORE_NOT_THERE:-b}") == "set/a-b"
    with pytest.raises(ValueError, match="LEADSCORE_NOT_THERE is not set"):
        expand("${LEADSCORE_NOT_THERE}")


def refusal(folder: Path, source: Mapping[str, object], *lines: str) -> str:
    write(folder, "events.csv", lines)
    with pytest.raises(HistoryError) as caught:
        read(folder, events=[source])
    return str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, events("nowhere/*.csv"), "id,at,type")
    assert message.startswith("sources.events.0: there is no file ")
    assert "nowhere" in message


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "events.xlsx", ["id"])
    assert "neither CSV nor Parquet" in refusal(tmp_path, events("events.xlsx"), "id")


def test_a_missing_column_is_named_with_a_suggestion(tmp_path: Path) -> None:
    message = refusal(tmp_path, events(value="amount"), "id,at,type,amounts")
    assert "column 'amount' does not exist; did you mean 'amounts'?" in message


def test_a_wrong_delimiter_is_suspected(tmp_path: Path) -> None:
    assert "set 'delimiter'" in refusal(tmp_path, events(), "id;at;type")


@pytest.mark.parametrize(
    "value", ["secret", "NaN", "inf", "2e15", "-1e300", "1,5", "1_000", "１２"]
)
def test_a_bad_number_is_told_by_line_and_not_by_value(tmp_path: Path, value: str) -> None:
    lines = ["id,at,type,amount"]
    lines += [f'1,2026-01-01T00:00:00Z,page,"{amount}"' for amount in ("", value)]
    message = refusal(tmp_path, events(value="amount"), *lines)
    assert "events.csv, column 'amount', line 3: is no number between ±1e+15" in message
    assert value not in message.split("column")[1].replace("±1e+15", "")


def test_a_bad_number_in_the_second_file_of_a_glob(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    write(tmp_path / "log", "a.csv", ["id,at,type,amount", "1,2026-01-01T00:00:00Z,page,1"])
    write(tmp_path / "log", "b.csv", ["id,at,type,amount", "1,2026-01-01T00:00:00Z,page,one"])
    message = refusal(tmp_path, events("log/*.csv", value="amount"), "id")
    assert "b.csv, column 'amount', line 2" in message


def test_a_bad_number_in_parquet_is_told_by_row(tmp_path: Path) -> None:
    columns = {"id": ["1", "1"], "at": ["2026-01-01T00:00:00Z"] * 2, "type": ["a"] * 2}
    pq.write_table(pa.table(columns | {"amount": [1.0, 1e16]}), tmp_path / "events.parquet")
    message = refusal(tmp_path, events("events.parquet", value="amount"), "id")
    assert "events.parquet, column 'amount', row 2" in message


@pytest.mark.parametrize(
    ("moment", "complaint"),
    [
        ("2026-01-01 10:00:00", "has no time zone; set timezone = "),
        ("2026-01-01", "has no time zone; set timezone = "),
        ("01.02.2026 10:00", "is no timestamp; write ISO 8601"),
        ("infinity", "is no timestamp; write ISO 8601"),
        ("", "is empty; fill it in"),
    ],
)
def test_a_bad_timestamp_is_told_by_line(tmp_path: Path, moment: str, complaint: str) -> None:
    lines = ["id,at,type", "1,2026-01-01T00:00:00Z,page", f"1,{moment},page"]
    message = refusal(tmp_path, events(), *lines)
    assert f"column 'at', line 3: {complaint}" in message


def test_an_empty_event_type_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path, events(), "id,at,type", "1,2026-01-01T00:00:00Z,")
    assert "column 'type', line 2: is empty" in message


def test_events_with_a_key_the_leads_lack(tmp_path: Path) -> None:
    source = {
        "path": "events.csv",
        "columns": {"person_id": "id", "occurred_at": "at"},
        "constants": {"event_type": "mail"},
    }
    message = refusal(tmp_path, source, "id,at")
    assert "set columns.person_id in sources.leads" in message


def test_e_mail_addresses_never_become_a_feature(tmp_path: Path) -> None:
    lines = [LEAD_LINES[0], "1,2026-01-01T00:00:00Z,a,1,erika@example.com"]
    write(tmp_path, "leads.csv", lines)
    with pytest.raises(HistoryError, match="'industry' holds e-mail addresses") as caught:
        read(tmp_path, profile=ProfileFields(categorical=("industry",)))
    assert "erika" not in str(caught.value)


def test_no_line_of_a_file_is_taken_for_a_comment(tmp_path: Path) -> None:
    at = "2026-01-01T00:00:00Z"
    write(tmp_path, "leads.csv", [LEAD_LINES[0], f"#1,{at},a,1,#top", f"2,{at},,,", f"#3,{at},,,"])
    with read(tmp_path, profile=ProfileFields(categorical=("industry",))) as history:
        assert history.leads().lead_id.tolist() == ["#1", "#3", "2"]
        first = np.zeros(1, dtype=np.int64)
        assert history.profile.texts("industry", first, first).tolist() == ["#top"]


@pytest.mark.parametrize("above", ["Export of 2026-01-01", "Export;of the CRM"])
def test_a_line_above_the_names_of_columns_is_not_skipped(tmp_path: Path, above: str) -> None:
    write(tmp_path, "leads.csv", [above, *LEAD_LINES])
    with pytest.raises(
        HistoryError, match=r"leads\.csv: line 2 has 5 values, the first line names 1 columns"
    ):
        read(tmp_path)


@pytest.mark.parametrize("line", ["1,2026-01-01T00:00:00Z,a", "1,2026-01-01T00:00:00Z,a,1,IT,x"])
def test_a_line_with_too_few_or_many_values_is_not_skipped(tmp_path: Path, line: str) -> None:
    write(tmp_path, "leads.csv", [*LEAD_LINES, *[LEAD_LINES[1]] * 30_000, line])
    with pytest.raises(
        HistoryError, match=r"leads\.csv: line 30005 has \d values, the first line names 5"
    ):
        read(tmp_path)


def test_a_quotation_mark_that_is_not_closed_is_told(tmp_path: Path) -> None:
    write(tmp_path, "leads.csv", [*LEAD_LINES, '4,2026-01-01T00:00:00Z,"a,1,IT', LEAD_LINES[1]])
    with pytest.raises(HistoryError, match=r"leads\.csv: the row after line 4 cannot be read"):
        read(tmp_path)


def test_a_line_is_counted_as_an_editor_does(tmp_path: Path) -> None:
    lines = [
        LEAD_LINES[0],
        '1,2026-01-01T00:00:00Z,"a',
        'b",1,IT',
        "",
        LEAD_LINES[2],
        "3,no,a,1,IT",
    ]
    write(tmp_path, "leads.csv", lines)
    with pytest.raises(HistoryError, match="column 'created', line 6: is no timestamp"):
        read(tmp_path)


def test_a_column_may_be_called_as_ours_are(tmp_path: Path) -> None:
    write(tmp_path, "leads.csv", ["id,created,row,lead,key", "1,2026-01-01T00:00:00Z,Eva,x,many"])
    leads = {"path": "leads.csv", "columns": {"lead_id": "id", "created_at": "created"}}
    with pytest.raises(HistoryError, match="column 'key', line 2: is no number") as caught:
        read(tmp_path, leads=leads, profile=ProfileFields(numeric=("key",)))
    assert "Eva" not in str(caught.value)
    fields = ("row", "lead", "key")
    with read(tmp_path, leads=leads, profile=ProfileFields(categorical=fields)) as history:
        one = np.zeros(1, dtype=np.int64)
        assert [history.profile.texts(f, one, one)[0] for f in fields] == ["Eva", "x", "many"]


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("", encoding="utf-8")
    with pytest.raises(HistoryError, match="column 'id' does not exist; the file is empty"):
        read(tmp_path)


def test_the_kind_of_a_file_is_read_off_its_name_in_capitals_too(tmp_path: Path) -> None:
    write(tmp_path, "LEADS.CSV", LEAD_LINES)
    with read(tmp_path, leads=LEADS | {"path": "LEADS.CSV"}) as history:
        assert len(history.leads()) == 3


@pytest.mark.parametrize("kind", [pa.float64(), pa.decimal128(22, 2), pa.int64(), pa.string()])
def test_a_whole_key_is_the_same_with_and_without_a_fraction(
    tmp_path: Path, kind: pa.DataType
) -> None:
    key = pa.array([2], pa.int64()).cast(kind)
    if kind == pa.string():
        key = pa.array(["2.0"])
    columns = {"id": key, "at": ["2026-01-01T00:00:00Z"], "type": ["page"]}
    pq.write_table(pa.table(columns), tmp_path / "events.parquet")
    with read(tmp_path, events=[events("events.parquet")]) as history:
        assert [row[0] for row in all_events(history)] == ["2"]


@pytest.mark.parametrize("value", ["Erika <e@x.de>", "a@x.de; b@y.de"])
def test_e_mail_addresses_are_found_inside_values(tmp_path: Path, value: str) -> None:
    write(tmp_path, "leads.csv", [LEAD_LINES[0], f"1,2026-01-01T00:00:00Z,a,1,{value}"])
    with pytest.raises(HistoryError, match="'industry' holds e-mail addresses"):
        read(tmp_path, profile=ProfileFields(categorical=("industry",)))


def test_a_broken_file_is_told_without_its_content(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_bytes(b"id,created\nM\xfcller,2026-01-01T00:00:00Z\n")
    with pytest.raises(HistoryError, match="UTF-8") as caught:
        read(tmp_path, leads={"path": "leads.csv", "columns": {"lead_id": "id"}})
    assert "ller" not in str(caught.value)
    (tmp_path / "leads.parquet").write_bytes(b"no parquet")
    with pytest.raises(HistoryError, match=r"leads: .*leads\.parquet: DuckDB cannot read"):
        read(tmp_path, leads={"path": "leads.parquet", "columns": {"lead_id": "id"}})
