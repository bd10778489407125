"""What people may do in the workspace, by their role; written down here and nowhere else."""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["sales", "marketing", "data", "admin"]
"""What somebody is in the workspace."""

ROLES: tuple[Role, ...] = get_args(Role)

Permission = Literal[
    "leads", "decide", "figures", "model", "rules", "tend", "audit", "keys", "users"
]
"""What somebody may do; `docs/workspace.md` says what each stands for."""

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

_ALLOWED: Mapping[Role, frozenset[Permission]] = {
    "sales": frozenset({"leads", "decide", "figures", "model"}),
    "marketing": frozenset({"leads", "figures", "model", "rules", "tend"}),
    "data": frozenset({"figures", "model"}),
    "admin": frozenset(PERMISSIONS),
}


def allows(role: Role, permission: Permission) -> bool:
    """Tell whether a role allows something."""
    return permission in _ALLOWED[role]
