"""How a person can be reached, in one canonical form each, and the little that features may know.

Addresses and numbers stay in the record's table of contacts. Derived facts alone become profile
values: whether an e-mail address is of a free provider, and the country of a telephone number.
"""

from collections.abc import Callable, Mapping

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from features.contract.lead import ContractError, ProfileValue
from features.contract.text import trimmed

REACHABLE = frozenset({"email", "phone"})
"""Whoever has one of these is a lead; others are visitors."""

IDENTIFYING = REACHABLE | {"user_id", "anonymous_id"}
"""A visitor with one of these is the lead with the same."""

FREE_MAILERS = frozenset({
    "aol.com", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.de", "gmx.net", "googlemail.com",
    "hotmail.com", "hotmail.de", "icloud.com", "live.com", "live.de", "mail.de", "mailbox.org",
    "me.com", "msn.com", "outlook.com", "outlook.de", "posteo.de", "proton.me", "protonmail.com",
    "t-online.de", "web.de", "yahoo.com", "yahoo.de",
})  # fmt: skip
"""Domains that tell nothing of a company."""


def canonical_contacts(contact: Mapping[str, str | None], field: str) -> dict[str, str]:
    """Return contacts in their canonical form by kind; what is empty is left out.

    Args:
        contact: By kind: `email`, `phone`, `name`, `company`, or an id such as `user_id`.
        field: Path of the mapping, for errors.

    Raises:
        ContractError: An address or number that nobody can be reached at.
    """
    found = {}
    for kind, sent in contact.items():
        text = trimmed(sent)
        if text is not None:
            found[kind] = canonical_contact(kind, text, f"{field}.{kind}")
    return found


def canonical_contact(kind: str, text: str, field: str) -> str:
    """Return one contact in its canonical form.

    Raises:
        ContractError: As `canonical_contacts`.
    """
    return _CANONICAL.get(kind, _as_it_is)(text, field)


def is_reachable(contacts: Mapping[str, str]) -> bool:
    """Tell whether somebody with these contacts can be reached, and so is a lead."""
    return not REACHABLE.isdisjoint(contacts)


def derived_facts(contacts: Mapping[str, str]) -> dict[str, ProfileValue]:
    """Return what features may know of canonical contacts."""
    facts: dict[str, ProfileValue] = {}
    if "email" in contacts:
        facts["free_mailer"] = contacts["email"].rpartition("@")[2] in FREE_MAILERS
    if "phone" in contacts:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(contacts["phone"]))
        facts["phone_country"] = region
    return facts


def _email(text: str, field: str) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        raise ContractError(field, "is no e-mail address; correct it or leave it out") from None


def _phone(text: str, field: str) -> str:
    try:
        number = phonenumbers.parse(text, "DE")
    except phonenumbers.NumberParseException:
        number = None
    possible = phonenumbers.ValidationResult.IS_POSSIBLE
    if number is None or phonenumbers.is_possible_number_with_reason(number) != possible:
        raise ContractError(
            field, "is no telephone number; write it with its country, such as +49 30 901820"
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _as_it_is(text: str, _: str) -> str:
    return text


_CANONICAL: Mapping[str, Callable[[str, str], str]] = {"email": _email, "phone": _phone}
