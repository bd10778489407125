"""A command of the front door, as a document writes it: whether it exists, and what it does."""

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from leadscore import app
from tests.e2e.command import leadscore

# A file for what is printed needs none.
_NEEDS_SHELL = re.compile(r"[<|&;$\\]|^(?!leadscore ).", re.MULTILINE)


def typed(text: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Run what a reader types into a shell, and return what was printed."""
    if _NEEDS_SHELL.search(text):
        return run(["sh", "-euc", text], folder, environment)
    return "".join(_line(line, folder, environment) for line in text.splitlines())


def _line(text: str, folder: Path, environment: Mapping[str, str]) -> str:
    given, _, file = text.partition(" > ")
    done = command(given, folder, environment)
    assert done.returncode == 0, done.stderr
    if not file:
        return done.stdout
    (folder / file).write_text(done.stdout, encoding="utf-8")
    return ""


def run(program: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run another program, which must succeed, and return what it printed."""
    done = subprocess.run(
        program, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(
    text: str, folder: Path, environment: Mapping[str, str], typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command that needs nothing of a shell."""
    program, *arguments = shlex.split(text)
    assert program == "leadscore"
    return leadscore(folder, *arguments, environment=environment, typed=typed)


def require_command(words: Sequence[str]) -> None:
    """Read a command with its options as the front door would, without running it.

    Raises:
        click.UsageError: There is no such command or option, or one is missing.
    """
    found, rest, parent = get_command(app), list(words), None
    while isinstance(found, TyperGroup):
        parent = found.make_context("leadscore", rest, parent, resilient_parsing=True)
        _, inner, rest = found.resolve_command(parent, rest)
        assert inner is not None
        found = inner
    found.make_context("leadscore", rest)
