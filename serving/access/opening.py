"""Whether a service may be open to all who reach it."""

import logging
from ipaddress import ip_address

from features.contract.mistake import MistakeError
from serving.access.keyring import Keyring

_log = logging.getLogger(__name__)


class OpenToAllError(MistakeError):
    """Whoever reaches the service could call it; the message says what to do."""


def guard(keyring: Keyring, address: str, *, may_be_open: bool) -> None:
    """Refuse to be open to other machines, unless somebody has said so.

    Args:
        keyring: Open, where no key was ever made.
        address: That is listened on, as numbers.
        may_be_open: Whether somebody has said so.

    Raises:
        OpenToAllError: There is no key, and nobody has said so.
    """
    if ip_address(address).is_loopback:
        return
    if not may_be_open:
        if keyring.open:
            raise OpenToAllError(
                f"there are no keys, so whoever reaches {address} could ask and tell all; make "
                "one with leadscore keys create, or listen on 127.0.0.1. Where a gateway checks "
                "who calls, say LEADSCORE_OPEN=yes"
            )
        keyring.close_for_good()
    elif keyring.open:
        _log.warning(
            "OPEN TO ALL: whoever reaches %s can ask and tell all, as LEADSCORE_OPEN says; to "
            "close it, make a key with leadscore keys create",
            address,
        )
