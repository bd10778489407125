"""Take what channels and campaigns cost into the record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.record_database import agreements_of, record_database

if TYPE_CHECKING:
    from serving.intake.importing.costs import ReadCosts

EXAMPLE = "Examples: `leadscore costs costs.csv --dry-run`, `leadscore costs costs.csv`"

_MOST_SHOWN = 20


def costs(
    file: Annotated[Path, typer.Argument(help="CSV: month, channel, campaign, amount, currency.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would be done.")
    ] = False,
) -> None:
    """Take what channels and campaigns cost by month: all of a list, or nothing of it.

    What is known of a month, channel and campaign already is replaced.
    """
    from features.contract.clock import now
    from serving.record.lifecycle.costs import keep_costs
    from serving.record.upgrade import require_upgraded

    with record_database() as database:
        require_upgraded(database)
        currency = agreements_of(database).lifecycle.said.kpis.currency
        read = _read(file, currency)
        _refuse(read, file)
        if not dry_run:
            with database.writing() as connection:
                keep_costs(connection, read.costs, now())
    amount = sum(one.amount for one in read.costs)
    said = f"{len(read.costs):,} costs of {amount:,.2f} {currency}"
    typer.echo(f"{said}; {'nothing is kept' if dry_run else 'kept'}.")


def _read(file: Path, currency: str) -> "ReadCosts":
    from serving.intake.importing.costs import read_costs
    from serving.intake.importing.table import TableError

    try:
        return read_costs(file.read_bytes(), currency)
    except FileNotFoundError:
        raise TableError(f"{file}: there is no such file") from None
    except OSError as error:
        raise TableError(f"{file}: cannot be read: {error.strerror}") from None
    except TableError as error:
        raise TableError(f"{file}: {error}") from None


def _refuse(read: "ReadCosts", file: Path) -> None:
    from features.contract.mistake import MistakeError

    if not read.mistakes:
        return
    said = [
        f"{file}: line {one.line}: {' '.join(filter(None, (one.column, one.message)))}"
        for one in read.mistakes[:_MOST_SHOWN]
    ]
    if len(read.mistakes) > _MOST_SHOWN:
        said.append(f"and {len(read.mistakes) - _MOST_SHOWN:,} more")
    raise MistakeError("\n".join([*said, "nothing is kept"]))
