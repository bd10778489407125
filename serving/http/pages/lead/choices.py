"""The ways on that the page on a lead offers to its reader."""

from collections.abc import Callable
from typing import NamedTuple

from serving.access.user import User
from serving.http.views.lifecycle import LeadLifecycle
from serving.lifecycle.stages import Role, Stage


class Choice(NamedTuple):
    """A way on that a page offers.

    Attributes:
        to: The stage it leads to.
        role: In which the reader may go it; None where they may not.
        reasons: Of which one must be given, each with what it is called.
        open: Whether all that it needs holds.
        unmet: What does not, as sentences.
        by: Who may go it.
    """

    to: Stage
    role: Role | None
    reasons: list[tuple[str, str]]
    open: bool
    unmet: list[str]
    by: tuple[Role, ...]


def choices(stage: LeadLifecycle, user: User, reason: Callable[[str], str]) -> list[Choice]:
    """Return the ways on from where a lead stands.

    Args:
        stage: Where it stands.
        user: Who reads the page.
        reason: Returns what a reason is called.
    """
    return [
        Choice(
            to=way.to_stage,
            role=role_in(user, way.by),
            reasons=[(code, reason(code)) for code in way.reasons or ()],
            open=way.open,
            unmet=[check.text for check in way.needs if not check.holds],
            by=way.by,
        )
        for way in stage.ways
    ]


def role_in(user: User, by: tuple[Role, ...]) -> Role | None:
    """Return in which role somebody may go a way; an admin does so for others, too."""
    own: tuple[Role, ...] = ("sales",) if user.role == "sales" else ()
    if user.role == "admin":
        own = ("admin", "sales", "marketing")
    return next((role for role in own if role in by), None)
