"""The front door: one command for demo, training, scoring and serving."""

import os
import sys

import typer

from leadscore import (
    backtest,
    consistency,
    costs,
    demo,
    explain,
    import_leads,
    kpis,
    models,
    score,
    serve,
    train,
    work,
)
from leadscore.db import db
from leadscore.keys import keys
from leadscore.lifecycle import lifecycle
from leadscore.users import users

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    epilog="Start: `leadscore demo --no-serve`",
    help="Lead scores a sales team can trust: calibrated probabilities with exact reasons.",
)

_ROOMS = ("features", "serving", "training", "experiments")

for name, command, example in (
    ("demo", demo.demo, demo.EXAMPLE),
    ("train", train.train, train.EXAMPLE),
    ("backtest", backtest.backtest, backtest.EXAMPLE),
    ("serve", serve.serve, serve.EXAMPLE),
    ("work", work.work, work.EXAMPLE),
    ("score", score.score, score.EXAMPLE),
    ("explain", explain.explain, explain.EXAMPLE),
    ("models", models.models, models.EXAMPLE),
    ("consistency", consistency.consistency, consistency.EXAMPLE),
    ("import", import_leads.import_list, import_leads.EXAMPLE),
    ("costs", costs.costs, costs.EXAMPLE),
    ("kpis", kpis.kpis, kpis.EXAMPLE),
):
    app.command(name, epilog=example)(command)
app.add_typer(db, name="db", epilog="Start: `leadscore db upgrade`")
app.add_typer(keys, name="keys", epilog="Start: `leadscore keys create crm --scope score`")
app.add_typer(lifecycle, name="lifecycle", epilog="Start: `leadscore lifecycle show`")
app.add_typer(
    users,
    name="users",
    epilog="Start: `leadscore users add anna@example.com --name Anna --role admin`",
)


def main() -> None:
    """Run a command; a mistake of its user is a sentence, not a stack trace."""
    from features.contract.mistake import MistakeError

    # MLflow reports its use to its makers unless told otherwise, and reads this when imported.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # LightGBM's threads otherwise wait for each other by spinning: ten times slower where other
    # work shares the cores. It is read when LightGBM is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    # Matrices of a training are too small for two threads of OpenBLAS, which wait by spinning: four
    # times the processor time, and last digits of a model that depend on the number of cores.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Numba sets LightGBM's threads beside its own, and knows its own variable only.
    most = os.environ.get("OMP_NUM_THREADS", "")
    if most.isdecimal() and int(most) > 0:
        os.environ.setdefault("NUMBA_NUM_THREADS", most)
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
