"""Names for simulated leads and their companies; nobody is meant, and nobody can be reached.

Domains are those kept for examples (RFC 2606), telephone numbers those that the Bundesnetzagentur
keeps for films.
"""

import random
from typing import NamedTuple

from serving.intake.spelling import words_of

_GIVEN = (
    "Anna", "Ayşe", "Björn", "Carla", "Clara", "David", "Elif", "Felix", "Greta", "Hanna", "Henrik",
    "Ida", "Jan", "Jonas", "Jürgen", "Karin", "Katrin", "Lars", "Lea", "Lena", "Lukas", "Marie",
    "Markus", "Mehmet", "Mia", "Nils", "Olga", "Paul", "Petra", "Rainer", "Sabine", "Sven",
    "Thomas", "Tim", "Ulrike", "Uwe", "Vera", "Yannick",
)  # fmt: skip
_FAMILY = (
    "Albrecht", "Arslan", "Bauer", "Becker", "Böhm", "Brandt", "Busch", "Dietrich", "Engel",
    "Fischer", "Franke", "Groß", "Haas", "Hartmann", "Hoffmann", "Jäger", "Kaiser", "Keller",
    "Köhler", "König", "Krüger", "Lange", "Lehmann", "Lorenz", "Maier", "Neumann", "Nowak", "Otto",
    "Peters", "Pohl", "Richter", "Sauer", "Schäfer", "Schröder", "Schulz", "Seidel", "Simon",
    "Vogel", "Wagner", "Weiß", "Winter", "Yılmaz", "Ziegler",
)  # fmt: skip
_BUSINESS = {
    "machinery": ("Maschinenbau", "Antriebstechnik", "Werkzeugbau"),
    "automotive": ("Fahrzeugteile", "Automotive", "Karosseriebau"),
    "logistics": ("Logistik", "Spedition", "Lagertechnik"),
    "manufacturing": ("Metallbau", "Kunststofftechnik", "Präzisionsteile"),
    "software": ("Software", "Systemhaus", "IT-Lösungen"),
    "healthcare": ("Medizintechnik", "Klinikbedarf", "Labortechnik"),
    "retail": ("Handel", "Großhandel", "Fachmärkte"),
    "consulting": ("Beratung", "Consulting", "Ingenieure"),
    "public_sector": ("Stadtwerke", "Kommunalbetriebe", "Versorgung"),
}
_FORMS = ("GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG")
_LINES = ("+493023125", "+494066969", "+492214710", "+498999998", "+496990009")


class Person(NamedTuple):
    """Who a lead is."""

    name: str
    email: str
    phone: str
    company: str


def person(number: int, account: str | None, industry: str | None) -> Person:
    """Return who a lead is; the same again for the same lead.

    Args:
        number: Of the lead, below 5,000 for a telephone number of its own.
        account: Of the lead; leads of one account have one company. None is a company of its own.
        industry: Of the company; None where it is not known.
    """
    firm = f"L{number}" if account is None else account
    drawn, of_firm = random.Random(f"lead {number}"), random.Random(f"account {firm}")
    given, family = drawn.choice(_GIVEN), drawn.choice(_FAMILY)
    founder = of_firm.choice(_FAMILY)
    business = of_firm.choice(_BUSINESS[industry or of_firm.choice(sorted(_BUSINESS))])
    domain = _plain(f"{founder}-{business}-{firm}")
    line, extension = divmod(number % (1000 * len(_LINES)), 1000)
    return Person(
        name=f"{given} {family}",
        email=f"{_plain(given)}.{_plain(family)}.{number}@{domain}.example.com",
        phone=f"{_LINES[line]}{extension:03}",
        company=f"{founder} {business} {of_firm.choice(_FORMS)}",
    )


def _plain(text: str) -> str:
    return "-".join(words_of(text.replace("ı", "i").replace("-", " ")))
