"""What is agreed with who lets people log in elsewhere; needs nothing of what talks to them."""

from collections.abc import Mapping
from typing import NamedTuple

from serving.access.role import Role


class ProviderTerms(NamedTuple):
    """What is agreed with a provider.

    Attributes:
        issuer: Its address, below which it describes itself.
        client_id: What it calls the service.
        client_secret: What the service proves that by.
        site: Address of the service, below which the provider sends people back.
        claim: That tells groups or roles.
        roles: What each of its values makes of somebody; the first that fits counts. Without any,
            only users who were added may log in.
        domains: Of e-mail addresses that may log in; without any, all.
        vouches: Whether it gives only addresses that it has verified, even if it does not say so.
    """

    issuer: str
    client_id: str
    client_secret: str
    site: str
    claim: str = "groups"
    roles: Mapping[str, Role] = {}
    domains: tuple[str, ...] = ()
    vouches: bool = False

    def __repr__(self) -> str:
        """Show all but the secret."""
        return f"ProviderTerms({self.issuer}, {self.client_id})"
