"""Users who log in elsewhere: known again, linked to who was added, or added."""

from typing import Literal

from sqlalchemy import Connection

from serving.access.provider import Identity
from serving.access.provider_terms import ProviderTerms
from serving.access.user import User, UserMistakeError, email_of, name_of
from serving.record.access.users import (
    add_user,
    change_role,
    find_user,
    link_user,
    user_by_number,
    user_by_subject,
)

BY = "openid connect"
"""Who adds users and changes roles here, for the audit."""


class UnwelcomeError(Exception):
    """Somebody whom the provider knows, and who may not log in here all the same."""

    def __init__(self, why: Literal["no_email", "domain", "no_role", "taken", "disabled"]) -> None:
        """Say why."""
        super().__init__(why)
        self.why = why


def provided_user(
    connection: Connection, now: int, identity: Identity, terms: ProviderTerms
) -> User:
    """Return the user who logged in at the provider; the first time, they are added.

    Args:
        connection: Writing.
        now: Microseconds since 1970.
        identity: Who they are there.
        terms: What is agreed with the provider.

    Raises:
        UnwelcomeError: They may not log in.
    """
    email = _welcome_email(identity, terms)
    if terms.roles and identity.role is None:
        raise UnwelcomeError("no_role")
    user = user_by_subject(connection, terms.issuer, identity.subject)
    if user is None:
        user = _new_or_linked(connection, now, identity, email, terms)
    if user.disabled is not None:
        raise UnwelcomeError("disabled")
    if identity.role is not None:
        change_role(connection, now, BY, user, identity.role)
    return user_by_number(connection, user.number) or user


def _new_or_linked(
    connection: Connection, now: int, identity: Identity, email: str | None, terms: ProviderTerms
) -> User:
    if email is None:
        raise UnwelcomeError("no_email")
    user = find_user(connection, email)
    if user is None:
        if identity.role is None:
            raise UnwelcomeError("no_role")
        name = _name(identity, email)
        user = add_user(connection, now, BY, email=email, name=name, role=identity.role)
    elif user.subject is not None:
        # The address was somebody else's there.
        raise UnwelcomeError("taken")
    link_user(connection, user, terms.issuer, identity.subject)
    return user


def _welcome_email(identity: Identity, terms: ProviderTerms) -> str | None:
    try:
        email = None if identity.email is None else email_of(identity.email)
    except UserMistakeError:
        email = None
    if terms.domains and email is None:
        raise UnwelcomeError("no_email")
    if terms.domains and email is not None and email.rpartition("@")[2] not in terms.domains:
        raise UnwelcomeError("domain")
    return email


def _name(identity: Identity, email: str) -> str:
    try:
        return name_of(identity.name)
    except UserMistakeError:
        return email.partition("@")[0]
