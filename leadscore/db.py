"""The record's database: upgraded, checked, backed up, restored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from leadscore.record_database import record_database

db = typer.Typer(no_args_is_help=True, help="Upgrade, check, back up, restore or tidy the record.")

_START = "The database is that of `LEADSCORE_DATABASE_URL`."


@db.command(epilog=f"{_START} Example: `leadscore db upgrade --dry-run`")
def upgrade(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
) -> None:
    """Bring the tables to what this version expects; all of it, or nothing."""
    from serving.record.upgrade import pending
    from serving.record.upgrade import upgrade as run

    with record_database() as database:
        steps = pending(database) if dry_run else run(database)
        done = "would be taken" if dry_run else "taken"
        for step in steps:
            typer.echo(f"step {step} {done}")
        typer.echo(f"{database.shown}: {len(steps)} steps {done}")


@db.command(epilog=f"{_START} Example: `leadscore db check`")
def check() -> None:
    """Tell whether the tables are as this version expects, and whole."""
    from serving.record.upgrade import check as run

    with record_database() as database:
        said = run(database)
        for line in said:
            typer.echo(line)
        if said:
            raise typer.Exit(1)
        typer.echo(f"{database.shown}: all is well")


@db.command(epilog=f"{_START} Example: `leadscore db backup record-2026-03-01.zip`")
def backup(file: Annotated[Path, typer.Argument(help="New file to write.")]) -> None:
    """Copy the record into one file, while the service goes on."""
    from serving.record.backup import write_backup

    with record_database() as database, _steps("Copying") as on_step:
        rows = write_backup(database, file, on_step)
    typer.echo(f"{file}: {rows:,} rows; it holds personal data, so keep it as such")


@db.command(epilog=f"{_START} Example: `leadscore db restore record-2026-03-01.zip`")
def restore(
    file: Annotated[Path, typer.Argument(help="Backup to read.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Let go of the leads that are there.")
    ] = False,
) -> None:
    """Put a backup's rows in place of the record's; who was erased since stays erased."""
    from serving.record.backup import restore_backup
    from serving.record.upgrade import require_upgraded

    with record_database() as database, _steps("Restoring") as on_step:
        require_upgraded(database)
        rows, erased = restore_backup(database, file, on_step, replace=replace)
    typer.echo(f"{rows:,} rows restored, {erased} erased leads left out")


@db.command(epilog=f"{_START} Example: `leadscore db retain --dry-run`")
def retain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell how much would go.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Let it go, for good.")] = False,
) -> None:
    """Let go of what is older than the policy's periods of retention."""
    from features.contract.clock import now
    from serving.record.privacy.policy import read_policy
    from serving.record.privacy.retention import expired, let_go
    from serving.record.upgrade import require_upgraded
    from serving.settings import Settings

    if dry_run == yes:
        raise typer.BadParameter("say --dry-run to be told, or --yes to let go")
    policy = read_policy(Settings.from_environment().policy).retention
    with record_database() as database, _steps("Letting go of") as on_step:
        require_upgraded(database)
        at = now()
        counts = let_go(database, policy, at, on_step) if yes else expired(database, policy, at)
    for rule, count in counts.items():
        typer.echo(f"{rule}: {count:,} {'went' if yes else 'would go'}")
    typer.echo(f"{database.shown}: {len(counts)} rules of [retention] looked at")


@contextmanager
def _steps(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done, where somebody looks on."""
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda step: status.update(f"{what} {step}")
