"""The model's files, and those of compiled functions, damaged while the service runs."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import httpx
import typer

from experiments.faults.champion import trained
from experiments.faults.finding import Finding, Findings
from experiments.faults.scorers import Scorers
from experiments.faults.service import Service, service

_CLIENTS = 2


def model(
    seconds: Annotated[float, typer.Option(help="That each damage is watched.")] = 4,
) -> Findings:
    """Truncate, overwrite and remove the files of a model while it answers; then start again.

    First those of a folder, which cannot be had again, then those of a registry's copy, which can,
    and of compiled functions, which can be compiled again.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        champion = trained(folder)
        own = folder / "own"
        for name, damage in _DAMAGES.items():
            shutil.rmtree(own, ignore_errors=True)
            shutil.copytree(champion.folder, own)
            with service(folder, None, LEADSCORE_MODEL=str(own)) as tried:
                yield from _damaged(tried, f"folder {name}", own, damage, seconds, "rules")
        cache, compiled = folder / "cache", folder / "compiled"
        for what, where in (("copy", cache), ("compiled functions", compiled)):
            for name, damage in _DAMAGES.items():
                with service(
                    folder,
                    None,
                    LEADSCORE_MODEL=champion.address,
                    LEADSCORE_TRACKING_URI=champion.tracking_uri,
                    LEADSCORE_CACHE=str(cache),
                    NUMBA_CACHE_DIR=str(compiled),
                ) as tried:
                    yield from _damaged(tried, f"{what} {name}", where, damage, seconds, "model")


def _damaged(
    tried: Service, what: str, folder: Path, damage: Callable[[Path], object], seconds: float,
    afterwards: str,
) -> Findings:  # fmt: skip
    tried.start()
    scorers = Scorers(tried.port)
    with scorers.asking(_CLIENTS):
        time.sleep(seconds / 4)
        scorers.phase = f"{what} while it answers"
        for file in [file for file in folder.rglob("*") if file.is_file()]:
            damage(file)
        time.sleep(seconds)
    yield scorers.finding(scorers.phase, only="model")
    tried.stop()
    tried.start()
    basis = httpx.get(f"http://127.0.0.1:{tried.port}/v1/model").json()["basis"]
    said = httpx.get(f"http://127.0.0.1:{tried.port}/readyz").json()["message"]
    kept = basis == afterwards and (basis == "model" or bool(said))
    yield Finding(f"{what}, started again", f"answers by {basis}; says {said}", kept)


def _truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _overwrite(file: Path) -> None:
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.seek(size // 3)
        opened.write(os.urandom(size // 3))


_DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": _truncate,
    "overwritten": _overwrite,
    "removed": Path.unlink,
}
