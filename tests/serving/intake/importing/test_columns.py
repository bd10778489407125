"""What becomes of columns: guessed where it is certain, asked where it is not."""

import pytest

from serving.intake.importing.columns import said_columns
from serving.intake.importing.headings import ASKED, HEADINGS
from serving.intake.importing.table import TableError
from tests.serving.intake.importing.lists import understood


def becoming(headings: str, *said: str) -> dict[str, list[str]]:
    values = ";".join("ja" for _ in headings.split(";"))
    _, columns = understood(f"{headings}\n{values}\n", *said)
    found: dict[str, list[str]] = {heading: [] for heading in columns.left}
    for one in columns.taken:
        found.setdefault(one.heading, []).append(one.becomes)
    return found


def test_headings_are_guessed_in_both_languages() -> None:
    german = "ID;Erstellt am;Vorname;Nachname;E-Mail;Firma;Position;Branche;Mitarbeiter;Land"
    english = (
        "Lead ID;Created;First name;Last name;Mail;Company;Job title;Industry;Employees;Country"
    )
    expected = [
        "lead_id", "created_at", "contact.first_name", "contact.last_name", "contact.email",
        "contact.company", "profile.role", "profile.industry", "profile.employees",
        "profile.country",
    ]  # fmt: skip
    for headings in (german, english, german.upper(), german.replace(" ", "_")):
        assert [*becoming(headings).values()] == [[one] for one in expected]


def test_nothing_but_what_is_known_is_taken() -> None:
    assert becoming("E-Mail;Bemerkung;Titel;Standpersonal") == {
        "E-Mail": ["contact.email"], "Bemerkung": [], "Titel": [], "Standpersonal": [],
    }  # fmt: skip


def test_no_heading_is_guessed_and_asked_about() -> None:
    assert not ASKED & HEADINGS.keys()


def test_the_caller_says_what_is_not_guessed() -> None:
    found = becoming(
        "E-Mail;Messe;Firma;a=b", "Messe = profile.fair", "firma=account_id",
        "Firma=contact.company", "a=b=profile.c", "E-Mail=contact.email",
    )  # fmt: skip
    assert found == {
        "E-Mail": ["contact.email"], "Messe": ["profile.fair"],
        "Firma": ["contact.company"], "a=b": ["profile.c"],
    } or found["Firma"] == ["account_id", "contact.company"]  # fmt: skip


def test_a_column_that_is_said_to_be_nothing_is_not_taken() -> None:
    assert becoming("E-Mail;Land", "Land=") == {"E-Mail": ["contact.email"], "Land": []}


def test_a_name_beside_a_first_name_is_the_last_name() -> None:
    assert becoming("Mail;Vorname;Name")["Name"] == ["contact.last_name"]
    assert becoming("Mail;Name")["Name"] == ["contact.name"]


def test_a_mobile_number_goes_before_another() -> None:
    _, columns = understood("Telefon;Mobil\n030 901820;0171 1234567\n")
    assert [one.heading for one in columns.taken] == ["Mobil", "Telefon"]


def test_names_of_things_are_headings_themselves() -> None:
    assert becoming("lead_id;contact.email;profile.industry;profile.other") == {
        "lead_id": ["lead_id"], "contact.email": ["contact.email"],
        "profile.industry": ["profile.industry"], "profile.other": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "said", "why"),
    [
        ("E-Mail;Mail", [], "'E-Mail' and 'Mail' can both be contact.email; .* as 'Mail='"),
        ("E-Mail;E-Mail", [], r"'E-Mail \(2\)' can both be"),
        ("E-Mail;Vorname;Nachname;Name", [], "can both be contact.name"),
        ("E-Mail;Einwilligung", [], "'Einwilligung=consent.profiling' if it is scores"),
        ("E-Mail;DSGVO", [], "does not tell what was consented to"),
        ("Firma;Branche", [], "no column tells who a lead is"),
        ("E-Mail;Firma", ["Frima=account_id"], "no column 'Frima'; did you mean 'Firma'"),
        ("E-Mail;Firma", ["Firma"], "say a column as"),
        ("E-Mail;Firma", ["=contact.email"], "say a column as"),
        ("E-Mail;Firma", ["Firma=contact.mail"], "did you mean 'contact.email'"),
        ("E-Mail;Firma", ["Firma=profile."], "cannot become 'profile.'"),
    ],
)
def test_what_is_uncertain_is_asked(headings: str, said: list[str], why: str) -> None:
    with pytest.raises(TableError, match=why):
        becoming(headings, *said)


def test_an_empty_column_is_not_asked_about() -> None:
    _, columns = understood("E-Mail;Mail;Einwilligung;Notiz\na@b.de;;;\n")
    assert [one.heading for one in columns.taken] == ["E-Mail"]
    assert columns.left == ()


def test_a_count_of_rows_is_no_id() -> None:
    with pytest.raises(TableError, match="only counts the rows"):
        understood("ID;E-Mail\n1;a@b.de\n2;b@c.de\n")
    assert understood("ID;E-Mail\n1;a@b.de\n2;b@c.de\n", "ID=lead_id")
    assert understood("ID;E-Mail\n17;a@b.de\n2;b@c.de\n")


def test_columns_are_said_for_one_heading_several_times() -> None:
    assert said_columns(["A=lead_id", "A=contact.name", "B="]) == {
        "A": ["lead_id", "contact.name"], "B": [],
    }  # fmt: skip
