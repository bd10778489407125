"""Score every open lead of a project."""

from pathlib import Path
from typing import Annotated

import typer

from leadscore.options import (
    AsOf,
    ModelUri,
    ProjectFile,
    ReasonCount,
    ReasonLanguage,
    SpokenLanguage,
)
from leadscore.project_scoring import as_of_moment, scoring_of

EXAMPLE = "Example: `leadscore score project.toml scores.parquet --language de`"


def score(
    project: ProjectFile,
    output: Annotated[Path, typer.Argument(help="File to write, .parquet or .csv.")],
    model: ModelUri = None,
    as_of: AsOf = None,
    language: ReasonLanguage = SpokenLanguage.en,
    reasons: ReasonCount = 5,
) -> None:
    """Score every open lead of a project's sources, with reasons.

    A file with `name`, `[sources]` and `[profile]` will do: without `[stages]`, every lead is open.
    """
    from training.progress import Progress
    from training.project.reach import reach_notes, utc
    from training.project.unread import unread_by
    from training.rows.notes import history_notes

    progress = Progress()
    with scoring_of(project, model, language, reasons, progress) as scoring:
        scored = scoring.write(output, as_of_moment(as_of), progress)
        basis = scoring.choice.basis
        unread = unread_by(scoring.project, scoring.history, basis.feature_set)
        notes = [
            *reach_notes(scoring.project, scoring.history),
            *history_notes(scoring.history.report),
        ]
    not_about = "" if scoring.project.leads is None else "of another group than [leads], "
    typer.echo(
        f"{scored.leads:,} leads scored by {basis.version or 'the rules'} into {output}, as of "
        f"{utc(scored.as_of)}; {scored.left_out:,} left out ({not_about}not started yet, closed, "
        "or at the target)."
    )
    for one in scoring.own:
        if one.scorer is not None:
            typer.echo(f"Those of use case {one.use_case} by {one.scorer.basis.version}.")
    if scored.older and basis.name == "model":
        typer.echo(
            f"{scored.older:,} of them are older than rows.max_age, and so than any lead the model "
            "has learned from; take their scores with care."
        )
    for note in notes:
        typer.echo(note)
    if unread:
        typer.echo(
            f"The sources hold nothing of {', '.join(unread)}, which the scores look at; if "
            "they should, check [profile] and the names of event types and stages."
        )
