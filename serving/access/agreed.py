"""What is agreed with a provider of OpenID Connect, as settings write it."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator
from pydantic_core import PydanticCustomError
from pydantic_settings import NoDecode

from serving.access.hosts import is_loopback
from serving.access.role import ROLES, Role


def _issuer(text: str) -> str:
    parts = urlsplit(text)
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    if not safe or not parts.netloc or parts.query or parts.fragment:
        raise PydanticCustomError(
            "issuer", "must be an https address, such as https://login.example.com/realms/sales"
        )
    return text


def _group_roles(written: object) -> object:
    if not isinstance(written, str):
        return written
    found: dict[str, Role] = {}
    for part in filter(None, map(str.strip, written.split(","))):
        group, _, role = map(str.strip, part.rpartition("="))
        if not group or role not in ROLES:
            raise PydanticCustomError(
                "group_roles",
                "must be groups with their roles, such as crm-admins=admin, crm=sales; roles are "
                "{roles}",
                {"roles": ", ".join(ROLES)},
            )
        found.setdefault(group, role)
    return found


def _domains(written: object) -> object:
    if not isinstance(written, str):
        return written
    return tuple(
        part.strip().removeprefix("@").casefold() for part in written.split(",") if part.strip()
    )


Issuer = Annotated[str, AfterValidator(_issuer)]
GroupRoles = Annotated[Mapping[str, Role], NoDecode, BeforeValidator(_group_roles)]
Domains = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_domains)]
