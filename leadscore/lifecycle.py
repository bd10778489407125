"""The agreement of marketing and sales: checked, shown, tried."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.record_database import agreements_of, lifecycle_in_force, record_database
from leadscore.serve import settings_of

if TYPE_CHECKING:
    from serving.lifecycle.agreement import Lifecycle
    from serving.lifecycle.criteria import Criteria

lifecycle = typer.Typer(no_args_is_help=True, help="Check, show or try a lifecycle file.")

LifecycleFile = Annotated[Path, typer.Argument(help="Lifecycle file, such as lifecycle.toml.")]


@lifecycle.command(epilog="Example: `leadscore lifecycle check lifecycle.toml`")
def check(file: LifecycleFile) -> None:
    """Tell whether a file can be used: what is unknown, out of reach or contradicts itself."""
    from serving.lifecycle.agreement import read_lifecycle

    read = read_lifecycle(file)
    typer.echo(f"{file}: all is well; {_called(read)}")


@lifecycle.command(epilog="Example: `leadscore lifecycle show`")
def show(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="Lifecycle file; by default the newest version of the record, else "
            "LEADSCORE_LIFECYCLE, else the product's."
        ),
    ] = None,
    as_file: Annotated[
        bool, typer.Option("--as-file", help="Print the file itself, to be changed.")
    ] = False,
) -> None:
    """Show stages, the ways between them, what they take, and who may go them."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    text, read = lifecycle_in_force() if file is None else _of_file(file)
    if as_file:
        typer.echo(text, nl=False)
        return
    table = Table("from", "to", "who", "what it takes", "reasons", title=escape(_called(read)))
    for way in read.transitions:
        reasons = ", ".join(way.reasons or ())
        origins = ", ".join(way.origins)
        table.add_row(origins, way.to, ", ".join(way.by), escape(_listed(way.needs)), reasons)
    for case in read.use_cases:
        name = escape(f"use case {case.name}")
        for stage, needs in case.needs.items():
            table.add_row("", stage, name, escape(_listed(needs)), "")
        if case.model is not None:
            table.add_row("", "", name, escape(f"scored by {case.model}"), "")
    Console().print(table)
    _show_promises(read)


def _show_promises(read: "Lifecycle") -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from serving.lifecycle.business_time import format_business_time

    for name in (None, *(one.name for one in read.use_cases if one.sla is not None)):
        sla = read.promised(name)
        if sla is None:
            continue
        hours = sla.hours.model_dump(mode="json", exclude_defaults=True)
        said = "; ".join(f"{key} {_written(value)}" for key, value in hours.items())
        whose = "Promises" if name is None else f"Promises of use case {name}"
        table = Table(
            "stage", "within", "warning from", "kept by", title=escape(f"{whose}: {said}")
        )
        for stage, one in sla.stages.items():
            warning = f"{one.warn_at:.0%}"
            kept_by = escape(", ".join(one.kept_by))
            table.add_row(stage, format_business_time(one.within), warning, kept_by)
        Console().print(table)
    if read.alerts:
        table = Table("alert", "kind", "of what", "whom", title="Alerts")
        for alert in read.alerts:
            terms = alert.model_dump(
                mode="json", exclude_defaults=True, by_alias=True,
                exclude={"name", "kind", "tell", "label"},
            )  # fmt: skip
            about = "\n".join(f"{name} {_written(value)}" for name, value in terms.items())
            table.add_row(alert.name, alert.kind, escape(about), ", ".join(alert.tell))
        Console().print(table)


@lifecycle.command(epilog="Example: `leadscore lifecycle preview lifecycle.toml`")
def preview(
    file: LifecycleFile,
    project: Annotated[
        Path | None, typer.Option(help="Score by the champion of this project, with its rules.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Folder, models:/name@champion or models:/name/3.")
    ] = None,
) -> None:
    """Tell how many leads of the record rules would move where; nothing is changed."""
    from rich.console import Console

    from features.contract.clock import now
    from serving.bootstrap import scoring_once
    from serving.lifecycle.agreement import read_lifecycle
    from serving.record.privacy.policy import read_policy
    from serving.record.upgrade import require_upgraded
    from serving.stored.preview import preview as run
    from serving.stored.scoring import StoredScores

    read, settings = read_lifecycle(file), settings_of(project, model=model)
    with record_database() as database, Console(stderr=True).status("Looking at leads") as status:
        require_upgraded(database)
        scores = StoredScores(database, read_policy(settings.policy), read)
        rules = agreements_of(database, settings).rules.said
        scoring = scoring_once(settings, (read, rules))
        found = run(scores, scoring, now(), lambda n: status.update(f"{n:,} leads looked at"))
    for (stands, ends), count in found.items():
        if stands is None:
            typer.echo(f"{count:>9,}  in a stage that this file does not know; see [stages.*] also")
        else:
            typer.echo(f"{count:>9,}  {stands} {'stay' if stands == ends else f'-> {ends}'}")
    for one in scoring.own:
        by = one.scorer.basis.version if one.scorer else "as all others"
        said = f": {one.message}" if one.message else ""
        typer.echo(f"use case {one.use_case}: scored {'by ' if one.scorer else ''}{by}{said}")
    said = scoring.basis.version or "the rules"
    typer.echo(f"{sum(found.values()):,} leads looked at by {said}; nothing was changed")


@lifecycle.command(epilog="Example: `leadscore lifecycle handover --project project.toml`")
def handover(
    apply: Annotated[
        bool, typer.Option("--apply", help="Bring the best threshold into force.")
    ] = False,
    project: Annotated[
        Path | None, typer.Option(help="Champion of this project, with its rules.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Folder, models:/name@champion or models:/name/3.")
    ] = None,
) -> None:
    """Tell from which probability it pays to hand leads over to sales; --apply makes it so."""
    from features.contract.clock import now
    from features.contract.mistake import MistakeError
    from leadscore.handover_report import handover_lines
    from serving.bootstrap import scoring_once
    from serving.record.privacy.policy import read_policy
    from serving.record.upgrade import require_upgraded
    from serving.stored.handover import bring_best_into_force, handover_of

    settings = settings_of(project, model=model)
    policy = read_policy(settings.policy)
    with record_database() as database:
        require_upgraded(database)
        agreements = agreements_of(database, settings)
        agreed = agreements.lifecycle.said
        scoring = scoring_once(settings, (agreed, agreements.rules.said))
        with database.reading() as connection:
            found = handover_of(connection, agreed, policy, scoring, now())
        for line in handover_lines(found):
            typer.echo(line)
        if not apply:
            typer.echo("nothing was changed; --apply brings the best threshold into force")
            return
        with database.writing() as connection:
            entry = bring_best_into_force(connection, agreed, found, "command")
    if entry is None:
        raise MistakeError("there is no threshold to apply; write [handover] into the file")
    typer.echo(f"in force from now on: {entry.threshold:.4f}")


def _of_file(path: Path) -> "tuple[str, Lifecycle]":
    from features.contract.document import read_text
    from serving.lifecycle.agreement import read_lifecycle

    return read_text(path), read_lifecycle(path)


def _called(read: "Lifecycle") -> str:
    return f"version {read.version}, fingerprint {read.fingerprint}"


def _listed(needs: "Criteria") -> str:
    said = needs.model_dump(mode="json", exclude_none=True)
    return "\n".join(f"{name} {_written(value)}" for name, value in said.items())


def _written(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is True else str(value)
