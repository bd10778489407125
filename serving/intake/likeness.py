"""Whether two leads may be one person: by address, by number, by name and company."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from serving.intake.contact import FREE_MAILERS
from serving.intake.spelling import words_of

ALIKE = 0.85
"""Names of colleagues reach it in one of a thousand pairs; misspelt or shortened ones mostly do."""

_TITLES = frozenset({
    "bsc", "dipl", "doz", "dr", "dres", "frau", "herr", "mag", "mba", "mr", "mrs", "ms", "msc",
    "phd", "priv", "prof", "univ",
})  # fmt: skip
_FIELDS_OF_TITLES = frozenset({
    "c", "dent", "fh", "h", "habil", "hc", "inf", "ing", "jur", "kffr", "kfm", "med", "mult", "nat",
    "oec", "phil", "pol", "psych", "rer", "vet", "wirt",
})  # fmt: skip
_LEGAL_FORMS = frozenset({
    "ab", "ag", "aktiengesellschaft", "aps", "bv", "co", "corp", "corporation", "cv", "eg", "egbr",
    "ek", "ekfm", "ekfr", "ev", "gbr", "gesmbh", "ggmbh", "gmbh", "haftungsbeschraenkt", "inc",
    "kg", "kgaa", "limited", "llc", "llp", "ltd", "mbh", "nv", "ohg", "oy", "partg", "partgmbb",
    "plc", "pty", "sa", "sarl", "sas", "se", "spa", "srl", "ug", "und",
})  # fmt: skip
_LONGEST = 200
_BEGINNING = 2

Mark = Literal["firm", "domain"]
"""What is known of a company: its name, or the domain of its addresses."""


class Known(NamedTuple):
    """What is compared of a lead, each in its canonical form; several of each were told."""

    emails: frozenset[str]
    phones: frozenset[str]
    names: frozenset[str]
    firms: frozenset[str]
    domains: frozenset[str]


class Evidence(NamedTuple):
    """Why two leads may be one person.

    Attributes:
        email: They have the same address.
        phone: They have the same number.
        name_company: How alike their names are, up to 1, where they are of one company; None
            where they are not alike or not of one.
        strength: How much that tells: an address more than a number or a name; names that differ
            tell against it.
    """

    email: bool
    phone: bool
    name_company: float | None
    strength: float


def known_of(contacts: Mapping[str, Collection[str]]) -> Known:
    """Return what is compared of a lead's canonical contacts, by kind."""
    firms = (firm_key(company) for company in contacts.get("company", ()))
    names = (name_key(name) for name in contacts.get("name", ()))
    domains = {email.rpartition("@")[2] for email in contacts.get("email", ())}
    return Known(
        emails=frozenset(contacts.get("email", ())),
        phones=frozenset(contacts.get("phone", ())),
        names=frozenset(name for name in names if name),
        firms=frozenset(firm for firm in firms if firm),
        domains=frozenset(domains - FREE_MAILERS),
    )


def company_marks(known: Known) -> set[tuple[Mark, str]]:
    """Return by what a lead's namesakes at its company are found, by kind.

    Names that are alike have a word that begins alike, as people make no mistake in all of them.
    """
    begin = {word[:_BEGINNING] for name in known.names for word in name.split()}
    firms: set[tuple[Mark, str]] = {("firm", f"{f} {b}") for f in known.firms for b in begin}
    return firms | {("domain", f"{d} {b}") for d in known.domains for b in begin}


def evidence(one: Known, other: Known) -> Evidence | None:
    """Return why two leads may be one person, None where nothing says so."""
    email = not one.emails.isdisjoint(other.emails)
    phone = not one.phones.isdisjoint(other.phones)
    same_company = not (one.firms.isdisjoint(other.firms) and one.domains.isdisjoint(other.domains))
    alike = [likeness(name, another) for name in one.names for another in other.names]
    name = max(alike, default=None)
    named = same_company and name is not None and name >= ALIKE
    if not (email or phone or named):
        return None
    of_names = 0.0 if name is None else 2 * (2 * name - 1)
    strength = round(3.0 * email + 2.0 * phone + of_names, 4)
    return Evidence(email, phone, name if named else None, strength)


def likeness(name: str, other: str) -> float:
    """Return how alike two names are as `name_key` writes them: 1 is the same."""
    return round(fuzz.token_set_ratio(name, other) / 100, 4)


@lru_cache(maxsize=50_000)
def name_key(name: str) -> str | None:
    """Return a person's name as it is compared; None where less than two words of it are left."""
    kept = []
    titled = False
    for word in words_of(name):
        titled = word in _TITLES or (titled and word in _FIELDS_OF_TITLES)
        if not titled:
            kept.append(word)
    return " ".join(sorted(kept)) if len(kept) > 1 else None


@lru_cache(maxsize=50_000)
def firm_key(company: str) -> str | None:
    """Return a company's name without its legal form; None where nothing is left."""
    words = words_of(company)
    left = [word for word in words if word not in _LEGAL_FORMS] or words
    return " ".join(left)[:_LONGEST] or None
