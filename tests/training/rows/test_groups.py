"""Leads of one account or one person are not independent, and that is passed on."""

from pathlib import Path

import pytest

from tests.features.files import LEAD_LINES, read, write
from training.rows.groups import independent_groups

PEOPLE = ("id,created,company,contact", "1,{at},a,p", "2,{at},b,p", "3,{at},b,", "4,{at},,q",
          "5,{at},,q", "6,{at},,", "7,{at},,")  # fmt: skip
COLUMNS = {"lead_id": "id", "created_at": "created", "account_id": "company"}


@pytest.mark.parametrize(
    ("columns", "together"),
    [
        (COLUMNS, ["1", "23", "4", "5", "6", "7"]),
        (COLUMNS | {"person_id": "contact"}, ["123", "45", "6", "7"]),
    ],
)
def test_leads_belong_together_by_account_and_by_person(
    tmp_path: Path, columns: dict[str, str], together: list[str]
) -> None:
    write(tmp_path, "people.csv", [line.format(at="2026-01-01T00:00:00Z") for line in PEOPLE])
    with read(tmp_path, leads={"path": "people.csv", "columns": columns}) as history:
        groups = independent_groups(history.leads())
        found: dict[int, str] = {}
        for lead_id, group in zip(history.leads().lead_id, groups.tolist(), strict=True):
            found[group] = found.get(group, "") + lead_id
    assert sorted("".join(sorted(leads)) for leads in found.values()) == together


def test_no_leads_make_no_groups(tmp_path: Path) -> None:
    write(tmp_path, "leads.csv", [LEAD_LINES[0]])
    with read(tmp_path) as history:
        assert independent_groups(history.leads()).tolist() == []
