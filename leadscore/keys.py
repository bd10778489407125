"""Keys of the API: made, listed, replaced, revoked."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadscore.record_database import record_database

if TYPE_CHECKING:
    from serving.access.key import Key
    from serving.access.store import KeyStore

keys = typer.Typer(
    no_args_is_help=True,
    help="Make, list, replace or revoke the keys by which others call the service.",
)


class KeyScope(StrEnum):
    """What a key allows."""

    score = "score"
    write = "write"
    read = "read"
    admin = "admin"


Scopes = Annotated[
    list[KeyScope],
    typer.Option(
        "--scope",
        help="What it allows; may be repeated. score: score what a request "
        "holds. read: scores, lists and changes of stored leads. write: tell of leads. admin: all, "
        "also erase, export, audit, webhooks.",
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--file",
        help="Key file of a service without a record; by default LEADSCORE_KEYS, else the record.",
    ),
]
WhichKey = Annotated[str, typer.Argument(metavar="KEY", help="Its id, or its name.")]


@keys.command(epilog="Example: `leadscore keys create crm --scope read --scope write`")
def create(
    name: Annotated[str, typer.Argument(help="Of the system that will call, such as crm.")],
    scope: Scopes,
    expires: Annotated[
        str | None, typer.Option(help="After how long it ends, such as 365d; never, if left out.")
    ] = None,
    file: KeyFileOption = None,
) -> None:
    """Make a key, and show it once: standard output has the key, and nothing else."""
    from features.contract.clock import now
    from serving.access.key import SCOPES, new_key

    at = now()
    ends = None if expires is None else at + _duration(expires, "--expires")
    allowed = frozenset(one for one in SCOPES if one in scope)
    with _store(file) as store:
        key, token = new_key(name, allowed, at, ends)
        store.put(key)
    _show_once(key, token)


@keys.command("list", epilog="Example: `leadscore keys list`")
def list_keys(file: KeyFileOption = None) -> None:
    """List all keys, those that have ended too; never what was shown when they were made."""
    from features.contract.clock import now

    at = now()
    with _store(file) as store:
        found = store.read()
    if not found:
        typer.echo("no key was made yet; make one: leadscore keys create crm --scope score")
    for key in found:
        used = "no use noted" if key.used is None else f"last used {_minute(key.used)}"
        ends = "" if key.expires is None else f", expires {_minute(key.expires)}"
        typer.echo(
            f"{key.id}  {key.name:20}  {', '.join(sorted(key.scopes)):18}  "
            f"made {_minute(key.created)}, {used}, {key.ended(at) or f'counts{ends}'}"
        )


@keys.command(epilog="Example: `leadscore keys rotate crm --overlap 7d`")
def rotate(
    key: WhichKey,
    overlap: Annotated[
        str, typer.Option(help="How long the old one still counts, such as 12h or 7d.")
    ] = "1d",
    file: KeyFileOption = None,
) -> None:
    """Make a successor of a key, with its name and scopes; for a while, both count."""
    from features.contract.clock import now
    from serving.access.key import found_key, successor

    at, both = now(), _duration(overlap, "--overlap")
    with _store(file) as store:
        old, new, token = successor(found_key(store.read(), key, at), at, both)
        store.put(old, new)
    _show_once(new, token)
    typer.echo(f"key {old.id}, which it replaces, counts no longer than {overlap}", err=True)


@keys.command(epilog="Example: `leadscore keys revoke crm`")
def revoke(key: WhichKey, file: KeyFileOption = None) -> None:
    """Let a key count no more, for good; services know it within five seconds."""
    from dataclasses import replace

    from features.contract.clock import now
    from serving.access.key import found_key

    at = now()
    with _store(file) as store:
        found = found_key(store.read(), key, at)
        if found.revoked is None:
            store.put(replace(found, revoked=at))
    typer.echo(f"key {found.id} ({found.name}) is revoked; services refuse it within five seconds")


@contextmanager
def _store(file: Path | None) -> Iterator["KeyStore"]:
    """Open the file that is named, or that of the settings, or else the record."""
    from serving.access.key import KeyMistakeError
    from serving.access.key_file import KeyFile
    from serving.record.access.keys import RecordKeys
    from serving.record.upgrade import require_upgraded
    from serving.settings import Settings

    settings = Settings.from_environment()
    path = file or settings.keys
    if path is not None:
        yield KeyFile(path)
        return
    if settings.database_url is None:
        raise KeyMistakeError(
            "name a record by LEADSCORE_DATABASE_URL, or a key file by --file keys.toml"
        )
    with record_database() as database:
        require_upgraded(database)
        yield RecordKeys(database)


def _show_once(key: "Key", token: str) -> None:
    scopes = ", ".join(sorted(key.scopes))
    ends = "" if key.expires is None else f", until {_minute(key.expires)}"
    typer.echo(token)
    typer.echo(f"key {key.id} ({key.name}) allows {scopes}{ends}", err=True)
    typer.echo("It is shown only now: keep it. Send it as Authorization: Bearer ls_..", err=True)


def _duration(text: str, option: str) -> int:
    from features.contract.duration import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from None


def _minute(at: int) -> str:
    from features.contract.lead import moment

    return f"{moment(at):%Y-%m-%d %H:%M} UTC"
