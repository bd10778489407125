"""The front door: one command for demo, training, scoring and serving."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from training.progress import Progress
    from training.scoring import ProjectScoring

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="Start: `leadscore demo --no-serve`",
    help="Lead scores a sales team can trust: calibrated probabilities with exact reasons.",
)


_ROOMS = ("features", "serving", "training", "experiments")


class SpokenLanguage(StrEnum):
    """Languages of reasons."""

    de = "de"
    en = "en"


ProjectFile = Annotated[Path, typer.Argument(help="Project file, such as project.toml.")]
ModelUri = Annotated[
    str | None,
    typer.Option(
        "--model",
        help="Folder, models:/name@champion or models:/name/3, or 'rules'; "
        "otherwise the project's champion, or the rules if there is none.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        help="Moment in UTC; if left out, right after the last one that all leads and events reach."
    ),
]
ReasonLanguage = Annotated[SpokenLanguage, typer.Option(help="Language of the reasons.")]
ReasonCount = Annotated[int, typer.Option(help="Most reasons up, and most down.", min=0, max=100)]


@app.command(epilog="Example: `leadscore demo --no-serve --language de`")
def demo(
    leads: Annotated[int, typer.Option(help="How many leads to simulate.", min=2000)] = 20_000,
    seed: Annotated[int, typer.Option(help="Of the simulation.", min=0)] = 7,
    folder: Annotated[Path, typer.Option(help="Where data and models go.")] = Path("demo"),
    port: Annotated[
        int, typer.Option(help="Of the service; 0 takes a free one.", min=0, max=65_535)
    ] = 8000,
    serve: Annotated[bool, typer.Option(help="Keep the service running at the end.")] = True,
    language: ReasonLanguage = SpokenLanguage.en,
) -> None:
    """Simulate German B2B leads, train, serve, and show a scored and explained lead."""
    from experiments.demo import run_demo

    run_demo(folder, leads, seed, port, language.value, keep_serving=serve)


@app.command(epilog="Example: `leadscore train project.toml --promote`")
def train(
    project: ProjectFile,
    promote: Annotated[
        bool, typer.Option("--promote", help="Make the new version the champion.")
    ] = False,
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow's address instead of the project's.")
    ] = None,
) -> None:
    """Train a project, evaluate it forward in time, and register the model in MLflow."""
    from features.clock import now
    from training.progress import Progress
    from training.project import read_project

    # A mistake in the project is told before seconds go by for loading the libraries.
    read_project(project)
    progress = Progress()
    with progress.step("Starting"):
        from training.pipeline import train as run
    training = run(project, progress, now=now(), promote=promote, tracking_uri=tracking_uri)
    version = training.version
    typer.echo(f"\n{training.summary}\n")
    typer.echo(f"Registered {version.uri}, {'now' if version.champion else 'not'} the champion.")
    if not version.champion:
        typer.echo(f"To promote it: leadscore models {project} --promote {version.version}")


@app.command(epilog="Example: `leadscore backtest project.toml --cutoffs 12 --step 30d`")
def backtest(
    project: ProjectFile,
    cutoffs: Annotated[int, typer.Option(help="How many past moments to try.", min=2, max=60)] = 6,
    step: Annotated[str, typer.Option(help="Distance between them, such as 30d or 4w.")] = "30d",
    tracking_uri: Annotated[
        str | None, typer.Option(help="MLflow's address instead of the project's.")
    ] = None,
) -> None:
    """Try the whole procedure at past moments, and hold what it expected against what came.

    At each cut-off everything runs as if it were that day, and scores the leads open then.
    """
    from features.clock import now
    from features.duration import parse_duration
    from training.progress import Progress
    from training.project import EvaluationChoices, read_project

    read_project(project)
    try:
        evaluation = EvaluationChoices(cutoffs=cutoffs, step=parse_duration(step))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--step") from None
    progress = Progress()
    with progress.step("Starting"):
        from training.pipeline import backtest as run
    summary = run(project, progress, now=now(), evaluation=evaluation, tracking_uri=tracking_uri)
    typer.echo(f"\n{summary}")


@app.command(epilog="Example: `leadscore serve --project project.toml --port 8080`")
def serve(
    project: Annotated[
        Path | None, typer.Option(help="Serve the champion of this project, with its rules.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Folder, models:/name@champion or models:/name/3.")
    ] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65_535)
    ] = None,
) -> None:
    """Answer over HTTP; settings are LEADSCORE_ variables, options win over them."""
    from serving.service import serve as run
    from serving.settings import Settings

    chosen: dict[str, object] = {"model": model, "host": host, "port": port}
    if project is not None:
        from training.project import read_project

        read = read_project(project)
        chosen["model"] = model or read.champion
        chosen["tracking_uri"] = read.mlflow.tracking_uri
        chosen["rules"] = project.parent / read.rules if read.rules else None
    settings = Settings.from_environment(os.environ)
    given = {key: value for key, value in chosen.items() if value is not None}
    run(settings.model_copy(update=given))


@app.command(epilog="Example: `leadscore score project.toml scores.parquet --language de`")
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
    from training.notes import history_notes
    from training.progress import Progress
    from training.reach import reach_notes, utc
    from training.unread import unread_by

    progress = Progress()
    with _scoring(project, model, language, reasons, progress) as scoring:
        scored = scoring.write(output, _moment(as_of), progress)
        basis = scoring.judges.basis
        unread = unread_by(scoring.project, scoring.history, basis.feature_set)
        notes = [
            *reach_notes(scoring.project, scoring.history),
            *history_notes(scoring.history.report),
        ]
    typer.echo(
        f"{scored.leads:,} leads scored by {basis.version or 'the rules'} into {output}, as of "
        f"{utc(scored.as_of)}; {scored.left_out:,} left out (not started yet, closed, or at the "
        "target)."
    )
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


@app.command(epilog="Example: `leadscore explain project.toml 173688 --language de`")
def explain(
    project: ProjectFile,
    lead_id: Annotated[str, typer.Argument(help="Key of the lead.")],
    model: ModelUri = None,
    as_of: AsOf = None,
    language: ReasonLanguage = SpokenLanguage.en,
    reasons: ReasonCount = 5,
) -> None:
    """Draw the score of one lead: what raises it, and what lowers it."""
    from serving.drawing import draw
    from training.progress import Progress
    from training.reach import reach_notes

    with _scoring(project, model, language, reasons, Progress()) as scoring:
        answer = scoring.answer(lead_id, _moment(as_of))
        notes = [*reach_notes(scoring.project, scoring.history)]
    names = scoring.judges.basis.feature_set.names
    Console().print(draw(answer, language.value, names))
    for note in notes:
        typer.echo(note)


@app.command(epilog="Example: `leadscore models project.toml --promote 3`")
def models(
    project: ProjectFile,
    promote: Annotated[
        int | None, typer.Option(help="Version to make the champion; also the way back.")
    ] = None,
) -> None:
    """List the registered versions of a project's model, or change the champion."""
    from training.project import read_project
    from training.tracking import promote_version, registered_versions

    read = read_project(project)
    if promote is not None:
        promote_version(read.mlflow.tracking_uri, read.model_name, str(promote))
    versions = registered_versions(read.mlflow.tracking_uri, read.model_name)
    if not versions:
        typer.echo(f"{read.model_name} has no version yet; train one: leadscore train {project}")
    for version in versions:
        mark = "champion" if version.champion else ""
        typer.echo(f"{version.uri:40} {mark:9} run {version.run_id}")


@contextmanager
def _scoring(
    project: Path, model: str | None, language: SpokenLanguage, reasons: int, progress: "Progress"
) -> Iterator["ProjectScoring"]:
    """Open what scores the leads of a project; where that is the rules unasked, say why."""
    from features.clock import now
    from serving.answer import Listing
    from serving.settings import Settings
    from training.basis import open_scoring
    from training.scoring import Wording

    wording = Wording(Listing(up=reasons, down=reasons), language.value)
    cache = Settings.from_environment(os.environ).cache
    with open_scoring(project, model, wording, progress, cache=cache, now=now()) as scoring:
        if scoring.judges.message is not None:
            typer.echo(f"The rules answer: {scoring.judges.message}", err=True)
        yield scoring


def _moment(as_of: datetime | None) -> int | None:
    from features.contract import micros

    return None if as_of is None else micros(as_of.replace(tzinfo=UTC), "as_of")


def main() -> None:
    """Run a command; a mistake of its user is a sentence, not a stack trace."""
    from features.mistake import MistakeError

    # MLflow reports its use to its makers unless told otherwise, and reads this when imported.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # LightGBM's threads otherwise wait for each other by spinning: ten times slower where other
    # work shares the cores. It is read when LightGBM is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        app()
    except MistakeError as mistake:
        sys.exit(f"error: {mistake}")
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] in _ROOMS:
            raise
        sys.exit(
            f"error: this command needs '{missing.name}', which an installation for serving alone "
            "leaves out; install leadscore[training]"
        )


if __name__ == "__main__":
    main()
