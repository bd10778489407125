"""Headings as German and English lists have them, and what each becomes of a lead."""

import re
from collections.abc import Mapping

_NO_WORD = re.compile(r"[\W_]+")


def heading_key(heading: str) -> str:
    """Return what headings that differ in case, spaces and signs alone share."""
    folded = heading.strip().casefold()
    return _NO_WORD.sub("", folded) or folded


_MOBILE = "Mobil, Mobile, Mobiltelefon, Mobilnummer, Handy, Handynummer, Mobile phone, Cell phone"

_BECOMES: Mapping[str, str] = {
    "lead_id": "ID, Lead-ID, Kontakt-ID, Contact ID, Record ID, Externe ID, External ID",
    "created_at": (
        "Datum, Date, Erstellt, Erstellt am, Erstelldatum, Erstellungsdatum, Angelegt am, "
        "Kontaktdatum, Created, Created at, Created on, Created date, Create date, Creation date"
    ),
    # Several people of one customer have its number.
    "account_id": (
        "Account, Account-ID, Firmen-ID, Unternehmens-ID, Company ID, Kunden-ID, Kundennummer, "
        "Kunden-Nr., Kd.-Nr., Customer ID, Customer number, Debitorennummer"
    ),
    "contact.email": (
        "E-Mail, Mail, E-Mail-Adresse, Mail-Adresse, E-Mail address, E-Mail (geschäftlich), "
        "Geschäftliche E-Mail, Business e-mail, Work e-mail"
    ),
    "contact.phone": (
        f"{_MOBILE}, Telefon, Telefonnummer, Telefon-Nr., Tel., Tel.-Nr., Rufnummer, Festnetz, "
        "Telefon (geschäftlich), Phone, Phone number, Telephone, Business phone, Work phone"
    ),
    "contact.name": (
        "Name, Vollständiger Name, Full name, Ansprechpartner, Ansprechpartnerin, Ansprechperson, "
        "Kontaktperson, Contact name, Contact person"
    ),
    "contact.first_name": "Vorname, First name, Given name",
    "contact.last_name": "Nachname, Familienname, Zuname, Last name, Surname, Family name",
    "contact.company": (
        "Firma, Firmenname, Unternehmen, Unternehmensname, Company, Company name, Account name, "
        "Organisation, Organization"
    ),
    "profile.role": (
        "Position, Funktion, Rolle, Role, Function, Job title, Stellenbezeichnung, "
        "Berufsbezeichnung"
    ),
    "profile.industry": "Branche, Industry, Industrie, Wirtschaftszweig, Sektor, Sector",
    "profile.employees": (
        "Mitarbeiter, Mitarbeiterzahl, Anzahl Mitarbeiter, Mitarbeiteranzahl, Beschäftigte, "
        "Anzahl Beschäftigte, Unternehmensgröße, Firmengröße, Employees, Number of employees, "
        "Employee count, Company size"
    ),
    "profile.country": "Land, Country",
    "profile.bundesland": "Bundesland, Federal state",
    "profile.channel": "Kanal, Channel, Leadquelle, Lead source",
    "profile.newsletter": "Newsletter",
    "consent.profiling": (
        "Einwilligung Profiling, Einwilligung in Profiling, Einwilligung Scoring, "
        "Profiling consent, Consent profiling"
    ),
}


def _keys(headings: str) -> list[str]:
    return [heading_key(heading) for heading in headings.split(", ")]


HEADINGS: Mapping[str, str] = {
    key: becomes for becomes, headings in _BECOMES.items() for key in _keys(headings)
}
"""What a heading becomes, by its key."""

ASKED = frozenset(
    _keys(
        "Einwilligung, Einwilligung erteilt, Einverständnis, Zustimmung, Consent, Opt-in, "
        "Double-Opt-in, DOI, DSGVO, DSGVO-Einwilligung, Datenschutz, Datenschutzeinwilligung, "
        "GDPR, GDPR consent"
    )
)
"""Keys of headings that tell of consent, but not to what."""

MOBILE = frozenset(_keys(_MOBILE))
"""Keys of numbers that belong to one person more surely than others."""
