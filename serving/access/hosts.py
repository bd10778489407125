"""Names under which a service that needs no key may be called.

A page that somebody on its machine looks at could call it, too: under a name of its own that it
lets lead here, or from a place of its own. Its browser tells both.
"""

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


class Hosts:
    """Knows the names of this machine for itself, and some others."""

    def __init__(self, others: Iterable[str] = ()) -> None:
        """Begin with some others, each without a port."""
        self._others = frozenset(host_name(other) for other in others)

    def knows(self, host: str) -> bool:
        """Tell whether a host, with or without a port, is one of them."""
        name = host_name(host)
        return name in self._others or is_loopback(name) or name.endswith(".localhost")


def hosts_of(address: str, listed: Iterable[str], public: str | None) -> Hosts | None:
    """Return the names under which a service may be called; None where any will do.

    Args:
        address: That is listened on, as numbers. Other machines know this one by any name.
        listed: Names that somebody has listed; they count on any address.
        public: Where readers of e-mails reach the service.
    """
    listed = tuple(listed)
    if not listed and not ip_address(address).is_loopback:
        return None
    return Hosts([*listed, *([] if public is None else [urlsplit(public).netloc])])


def _host_names(listed: str) -> str:
    names = [name.strip().lower() for name in listed.split(",")]
    if not all(name and host_name(name) == name for name in names):
        raise PydanticCustomError(
            "hosts", "must be names such as leads.example.com, without https:// and port"
        )
    return ",".join(names)


HostNames = Annotated[str, AfterValidator(_host_names)]
"""Names, divided by commas."""


def host_name(host: str) -> str:
    """Return the name of a host, without its port; empty if it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_loopback(name: str) -> bool:
    """Tell whether a name without a port means the machine itself, for whoever asks."""
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
