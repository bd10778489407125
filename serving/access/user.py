"""People who use the workspace; what tells who they are is personal data, and in no log."""

from dataclasses import dataclass
from typing import get_args

from email_validator import EmailNotValidError, validate_email

from features.contract.language import Language
from features.contract.mistake import MistakeError
from features.contract.text import LONGEST_NAME, trimmed
from serving.access.role import Permission, Role, allows

LANGUAGES: tuple[Language, ...] = get_args(Language)


class UserMistakeError(MistakeError):
    """A user who cannot be added, found or changed; the message says what to do.

    Attributes:
        kind: For whoever says it in other words: `no_address`, `no_name`, `known`, `unknown`,
            `no_owner`.
    """

    def __init__(self, kind: str, message: str) -> None:
        """Say it in English."""
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may log in; moments are microseconds since 1970.

    Attributes:
        number: By which the record and its audit know them; it names nobody.
        email: In its canonical form; what they log in by.
        name: As others see it.
        role: What they are.
        created: When they were added.
        language: That they chose; None where they go by their browser.
        password: Hash of it; None where they log in elsewhere.
        subject: Who they are to the provider of OpenID Connect; None where they never came by it.
        seen: When they last logged in.
        disabled: Since when they may not log in; None where they may.
    """

    number: int
    email: str
    name: str
    role: Role
    created: int
    language: Language | None = None
    password: str | None = None
    subject: str | None = None
    seen: int | None = None
    disabled: int | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether they may do something."""
        return allows(self.role, permission)

    @property
    def may_own(self) -> bool:
        """Whether leads may be given to them."""
        return self.disabled is None and self.may("decide")

    @property
    def actor(self) -> str:
        """Who they are in the audit, which outlives them."""
        return f"user {self.number}"


def email_of(text: str) -> str:
    """Return an e-mail address in its canonical form.

    Raises:
        UserMistakeError: It is none.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.casefold()
    except EmailNotValidError:
        raise UserMistakeError(
            "no_address", "a user is named by an e-mail address, such as anna@example.com"
        ) from None


def name_of(text: str) -> str:
    """Return the name of a person as it is kept.

    Raises:
        UserMistakeError: It is empty, too long, or has characters that nobody sees.
    """
    name = trimmed(text)
    if name is None or len(name) > LONGEST_NAME or not name.isprintable():
        raise UserMistakeError("no_name", f"a name has 1 to {LONGEST_NAME} visible characters")
    return name
