"""Whether a command of the front door, as a document writes it, exists."""

from collections.abc import Sequence

from typer.core import TyperGroup
from typer.main import get_command

from leadscore import app


def require_command(words: Sequence[str]) -> None:
    """Read a command with its options as the front door would, without running it.

    Raises:
        click.UsageError: There is no such command or option, or one is missing.
    """
    command, rest, parent = get_command(app), list(words), None
    while isinstance(command, TyperGroup):
        parent = command.make_context("leadscore", rest, parent, resilient_parsing=True)
        _, inner, rest = command.resolve_command(parent, rest)
        assert inner is not None
        command = inner
    command.make_context("leadscore", rest)
