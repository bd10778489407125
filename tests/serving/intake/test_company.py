"""What is told of a company, brought to one form."""

import math

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from features.contract.lead import ProfileValue
from serving.intake.company import company_facts, country_code, employees_band


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("Deutschland", "DE"), ("Germany", "DE"), ("DE", "DE"), ("deu", "DE"), ("D", "DE"),
        (" BRD ", "DE"), ("276", "DE"), ("Österreich", "AT"), ("Oesterreich", "AT"),
        ("OSTERREICH", "AT"), ("O\u0308sterreich", "AT"), ("UK", "GB"), ("U.K.", "GB"),
        ("United Kingdom", "GB"), ("Großbritannien", "GB"), ("Grossbritannien", "GB"),
        ("USA", "US"), ("U.S.A.", "US"), ("The Netherlands", "NL"), ("Turkey", "TR"),
        ("Türkei", "TR"), ("Bosnia and Herzegovina", "BA"), ("Bosnien & Herzegowina", "BA"),
        ("AND", "AD"), ("Kosovo", "XK"), ("Elfenbeinküste", "CI"),
        ("EU", None), ("Europa", None), ("SU", None), ("ZZ", None), ("150", None), ("", None),
        ("...", None), ("Atlantis", None), (49, None), (True, None), (None, None),
        ("Deutschland" * 10, None),
    ],
)  # fmt: skip
def test_a_country_is_read_by_its_name_or_code(told: ProfileValue, code: str | None) -> None:
    assert country_code(told) == code


NO_COUNTRIES = {
    "AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ",
}  # fmt: skip


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_country_is_read_by_its_name_in_both_languages(language: str) -> None:
    names = Locale(language).territories
    read = {code: country_code(names[code]) for code in names if len(str(code)) == 2}
    unread = {code for code, found in read.items() if found is None}
    assert unread == NO_COUNTRIES & read.keys()
    assert all(found == code for code, found in read.items() if code not in unread)


@pytest.mark.parametrize(
    ("told", "band"),
    [
        (0, "1-9"), (1, "1-9"), (9, "1-9"), (9.5, "1-9"), (10, "10-49"), (49, "10-49"),
        (50, "50-249"), (249, "50-249"), (250, "250+"), (1e15, "250+"),
        ("51-200", "50-249"), ("1.000+", "250+"), ("ca. 250", "250+"), ("10 bis 49", "10-49"),
        ("1-9", "1-9"), ("10-49", "10-49"), ("50-249", "50-249"), ("250+", "250+"),
        ("1-10", "1-9"), ("11-50", "10-49"), ("201 – 500", "250+"), ("1,001-5,000", "250+"),
        ("10.001+ employees", "250+"), ("unter 10", "1-9"), ("< 10", "1-9"), ("<= 19", "10-49"),
        ("bis 50", "10-49"), ("bis zu 9", "1-9"), ("max. 49", "10-49"), ("über 1000", "250+"),
        ("mehr als 50 Mitarbeiter", "50-249"), ("240.0", "50-249"), ("7,5", "1-9"),
        ("1 000", "250+"), ("1'000", "250+"), ("ca. 40 Mitarbeiter:innen", "10-49"),
        ("-5", None), (-1, None), (math.nan, None), (True, None), (None, None), ("", None),
        ("groß", None), ("Okt 49", None), ("50-", None), ("1.5k", None), ("9" * 200, None),
    ],
)  # fmt: skip
def test_a_headcount_is_read_into_a_band(told: ProfileValue, band: str | None) -> None:
    assert employees_band(told) == band


@given(st.text() | st.text(alphabet="0123456789.,'+-<> bis", max_size=120) | st.floats())
def test_whatever_is_told_is_read_or_left(told: ProfileValue) -> None:
    assert country_code(told) is None or len(str(country_code(told))) == 2
    assert employees_band(told) in {None, "1-9", "10-49", "50-249", "250+"}


@given(st.integers(0, 10**6))
def test_a_headcount_means_the_same_as_a_number_and_as_a_text(heads: int) -> None:
    german = f"{heads:,}".replace(",", ".")
    bands = {employees_band(told) for told in (heads, float(heads), str(heads), german)}
    assert len(bands) == 1


def test_facts_are_derived_of_what_is_told_and_of_what_stays() -> None:
    assert company_facts({"industry": "IT"}) == {}
    assert company_facts({"country": "Germany", "employees": 12}) == {
        "country_code": "DE", "employees_band": "10-49",
    }  # fmt: skip
    assert company_facts({"land": "Österreich"}) == {"country_code": "AT"}
    assert company_facts({"country": "?", "land": "Schweiz"}) == {"country_code": "CH"}
    # Taken back, or not to be read any more.
    assert company_facts({"country": None}) == {"country_code": None}
    assert company_facts({"country": "Atlantis"}) == {"country_code": None}
    assert company_facts({"country": None}, {"country": "DE", "land": "AT"}) == {
        "country_code": "AT"
    }
    # Whoever tells it knows best.
    assert company_facts({"country": "Germany", "country_code": "AT"}) == {}
    assert company_facts({"country": "Germany", "country_code": None}) == {}
