"""Faults tried on the real service, each with its counts; ends with 1 if the promise is broken.

python -m experiments.faults database --database postgresql
python -m experiments.faults all
"""

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import get_args

import typer
from rich.console import Console
from rich.table import Table

from experiments.faults.clients import clients
from experiments.faults.clock import clock
from experiments.faults.crowd import crowd
from experiments.faults.database import database
from experiments.faults.disk import disk
from experiments.faults.finding import Finding, Findings, Kind
from experiments.faults.flood import flood
from experiments.faults.kills import kills
from experiments.faults.large import large
from experiments.faults.model import model
from experiments.faults.registry import registry
from experiments.faults.replicas import replicas
from experiments.faults.stopping import stopping
from experiments.faults.swap import swap

Fault = Callable[..., Findings]

FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        kills, database, registry, disk, clock, model, clients, crowd, flood, large, replicas,
        stopping, swap,
    )
}  # fmt: skip
"""By the name of their command."""

app = typer.Typer(
    help="Try faults on the real service; ends with 1 if the promise is broken.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("all")
def try_all() -> None:
    """Try all of them in turn, on both databases, and print a table in the end."""
    console = Console()
    table = Table("fault", "promise", "what was counted")
    broken = False
    for name, given in _every():
        for found in _shown(FAULTS[name](**given), console):
            table.add_row(
                f"{name} {' '.join(given.values())}: {found.fault}", _mark(found), found.told
            )
            broken = broken or not found.kept
    console.print(table)
    sys.exit(broken)


def _every() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each fault with what it is given: where there is a record, one of each kind."""
    for name, fault in FAULTS.items():
        if "database" in inspect.signature(fault).parameters:
            yield from ((name, {"database": kind}) for kind in get_args(Kind))
        else:
            yield name, {}


def _shown(findings: Findings, console: Console) -> Iterator[Finding]:
    for found in findings:
        line = f"{_mark(found)} [bold]{found.fault}[/]: {found.told}"
        console.print(line, highlight=False, soft_wrap=True)
        yield found


def _mark(found: Finding) -> str:
    return "[green]kept[/]" if found.kept else "[red]BROKEN[/]"


def _command(fault: Fault) -> Callable[..., None]:
    @functools.wraps(fault)
    def run(**given: object) -> None:
        broken = [found for found in _shown(fault(**given), Console()) if not found.kept]
        sys.exit(bool(broken))

    return run


for _name, _fault in FAULTS.items():
    app.command(_name)(_command(_fault))

if __name__ == "__main__":
    app()
