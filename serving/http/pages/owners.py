"""Who owns leads, as pages say it, and to whom a lead may be given."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from sqlalchemy import Connection

from features.contract.language import Language
from serving.access.user import User
from serving.pages.saying import say
from serving.record.access.users import users_of
from serving.stored.owning import MINE, NOBODYS

ANYBODYS = ""
"""Whose leads are wanted, besides those of one owner, mine, and nobody's."""


@dataclass(frozen=True, slots=True)
class Owners:
    """Says who owners are.

    Attributes:
        users: By their name in the audit; those who left too.
        language: Of the reader.
    """

    users: Mapping[str, User]
    language: Language

    @classmethod
    def of(cls, connection: Connection, language: Language) -> Self:
        """Read who there is."""
        return cls({user.actor: user for user in users_of(connection)}, language)

    def name(self, owner: str | None) -> str:
        """Return what an owner is called."""
        if owner is None:
            return say(self.language, "owner.nobody")
        user = self.users.get(owner)
        if user is None:
            # The CRM's own, or a user who was removed.
            return owner
        left = user.disabled is not None
        return say(self.language, "owner.left", name=user.name) if left else user.name

    def heirs(self, owner: str | None) -> list[tuple[str, str]]:
        """Return to whom a lead of somebody may be given, themselves among them: id and name."""
        some = {one: user for one, user in self.users.items() if user.may_own}
        own = {} if owner is None or owner in some else {owner: self.name(owner)}
        nobody = {"": self.name(None)}
        return [*{**nobody, **own, **{one: user.name for one, user in some.items()}}.items()]

    def is_heir(self, owner: str) -> bool:
        """Tell whether a lead may be given to somebody; empty is nobody."""
        user = self.users.get(owner)
        return not owner or (user is not None and user.may_own)

    def wanted(self, told: Collection[str]) -> list[tuple[str, str]]:
        """Return whose leads can be asked for: what a form sends, and what that is called.

        Args:
            told: Whoever owns any lead.
        """
        every = {*told, *(one for one, user in self.users.items() if user.may_own)}
        named = sorted((self.name(one).casefold(), one) for one in every)
        return [
            *((one, say(self.language, f"owner.wanted.{one or 'any'}"))
              for one in (ANYBODYS, MINE, NOBODYS)),
            *((one, self.name(one)) for _, one in named),
        ]  # fmt: skip
