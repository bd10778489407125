"""Which names are alike, and what says that two leads are one person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.intake.likeness import (
    ALIKE,
    Evidence,
    Known,
    company_marks,
    evidence,
    firm_key,
    known_of,
    likeness,
    name_key,
)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Karla Sommer", "karla sommer"),
        ("SOMMER, Dr. Karla", "karla sommer"),
        ("Prof. Dr. Dr. h.c. mult. Karla Sommer", "karla sommer"),
        ("Frau Dipl.-Ing. (FH) Karla Sommer", "karla sommer"),
        ("Karla Sommer, M.Sc.", "karla sommer"),
        ("Jürgen Müller", "juergen mueller"),
        ("Ju\u0308rgen Müller", "juergen mueller"),
        ("René Groß", "gross rene"),
        ("Phil Collins", "collins phil"),
        ("Herr Müller", None),
        ("Müller", None),
        ("Dr.", None),
        ("😀", None),
    ],
)
def test_a_name_is_compared_without_title_and_order(name: str, key: str | None) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("company", "key"),
    [
        ("Müller GmbH & Co. KG", "mueller"),
        ("MUELLER", "mueller"),
        ("Muster e.K.", "muster"),
        ("Muster Ges.m.b.H.", "muster"),
        ("Muster UG (haftungsbeschränkt)", "muster"),
        ("Muster & Söhne OHG", "muster soehne"),
        ("Muster und Söhne", "muster soehne"),
        ("A.B.C. S.A.", "abc"),
        ("AG", "ag"),
        ("&", None),
        ("", None),
        ("ﷺ" * 200, ("صلى الله عليه وسلم" * 200)[:200]),
    ],
)
def test_a_company_is_compared_without_its_legal_form(company: str, key: str | None) -> None:
    assert firm_key(company) == key


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Karla Sommer", "Sommer, Karla", True),
        ("Karla Somer", "Karla Sommer", True),
        ("K. Sommer", "Karla Sommer", True),
        ("Karla Maria Sommer", "Karla Sommer", True),
        ("Karla Sommer-Winter", "Karla Sommer", True),
        ("Jürgen Müller", "Jurgen Muller", True),
        ("Hans-Peter Schmidt", "Hanspeter Schmidt", True),
        ("Anna Sommer", "Karla Sommer", False),
        ("Karla Sommer", "Karla Winter", False),
        ("Uwe Koch", "Petra Koch", False),
    ],
)
def test_names_are_alike_that_a_person_would_take_for_one(
    one: str, other: str, *, alike: bool
) -> None:
    key, other_key = name_key(one), name_key(other)
    assert key is not None and other_key is not None
    assert (likeness(key, other_key) >= ALIKE) is alike


def known(**contacts: str) -> Known:
    return known_of({kind: [value] for kind, value in contacts.items()})


def test_evidence_is_an_address_a_number_or_a_name_at_one_company() -> None:
    karla = known(email="karla@muster.de", name="Karla Sommer", company="Muster GmbH")
    assert evidence(karla, known(email="karla@muster.de")) == Evidence(
        email=True, phone=False, name_company=None, strength=3.0
    )
    by_firm = known(name="Sommer, Karla", company="muster")
    by_domain = known(email="info@muster.de", name="Karla Sommer")
    for other in (by_firm, by_domain):
        assert evidence(karla, other) == Evidence(
            email=False, phone=False, name_company=1.0, strength=2.0
        )
    # A namesake elsewhere, also at another free mailer's address, is nobody's duplicate.
    assert evidence(karla, known(name="Karla Sommer", company="Other AG")) is None
    at_gmx = known(email="ks@gmx.de", name="Karla Sommer")
    assert evidence(at_gmx, known(email="karla.sommer@gmx.de", name="Karla Sommer")) is None
    assert evidence(known(), known()) is None


def test_names_that_differ_tell_against_a_shared_number() -> None:
    alone, karla = known(phone="+4930901820"), known(phone="+4930901820", name="Karla Sommer")
    uwe = known(phone="+4930901820", name="Uwe Berg")
    strengths = [evidence(alone, karla), evidence(karla, karla), evidence(karla, uwe)]
    [nameless, same, other] = [found.strength for found in strengths if found is not None]
    assert other < nameless == 2.0 < same == 4.0


def test_namesakes_of_a_company_are_found_by_how_words_of_their_names_begin() -> None:
    karla = known(email="karla@muster.de", name="Karla Sommer", company="Muster GmbH")
    begin = ("ka", "so")
    marks = {("firm", f"muster {b}") for b in begin} | {("domain", f"muster.de {b}") for b in begin}
    assert company_marks(karla) == marks
    assert company_marks(known(email="karla@gmx.de", name="Karla Sommer")) == set()
    assert company_marks(known(email="karla@muster.de", company="Muster GmbH")) == set()


NAMES = st.sampled_from(["Karla Sommer", "Uwe Berg", "Dr. Karla Somer", "X"]) | st.text(max_size=20)
SOME = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(["a@muster.de", "b@muster.de", "a@gmx.de"]),
        "phone": st.sampled_from(["+491", "+492"]),
        "name": NAMES,
        "company": st.sampled_from(["Muster GmbH", "Muster", "Other"]) | st.text(max_size=10),
    },
).map(lambda contacts: known(**contacts))


@given(SOME, SOME)
def test_evidence_is_the_same_both_ways(one: Known, other: Known) -> None:
    assert evidence(one, other) == evidence(other, one)
