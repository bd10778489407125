"""Faults tried on the real service, each with its counts; ends with 1 if the promise is broken.

python -m experiments.faults database --database postgresql
python -m experiments.faults all
"""

import functools
import sys
from collections.abc import Callable

import typer
from rich.console import Console

from experiments.faults.database import database
from experiments.faults.finding import Findings

_FAULTS: tuple[Callable[..., Findings], ...] = (database,)

app = typer.Typer(
    help="Try faults on the real service, and tell what was counted; 1 if the promise is broken.",
    no_args_is_help=True,
    add_completion=False,
)


def _shown(findings: Findings) -> int:
    """Show findings as they come, and return 1 if one is not as promised."""
    console, broken = Console(), False
    for found in findings:
        mark = "[green]kept[/]" if found.kept else "[red]BROKEN[/]"
        console.print(
            f"{mark} [bold]{found.fault}[/]: {found.told}", highlight=False, soft_wrap=True
        )
        broken = broken or not found.kept
    return int(broken)


def _command(fault: Callable[..., Findings]) -> Callable[..., None]:
    @functools.wraps(fault)
    def run(**given: object) -> None:
        sys.exit(_shown(fault(**given)))

    return run


@app.callback()
def _several() -> None:
    """Keep the name of a fault needed, even of one alone."""


for _fault in _FAULTS:
    app.command(_fault.__name__)(_command(_fault))

if __name__ == "__main__":
    app()
