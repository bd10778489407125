"""Small mistakes put into the pure core, one at a time: which of them does no test notice?

A mistake changes one token. It is made in a copy of this tree, where the tests that mirror its
module run; a mutant that they let pass is printed with its line.

    python -m experiments.mutants --files features/online.py --sample 15 --seed 2
"""

import argparse
import ast
import gc
import importlib
import io
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from itertools import groupby
from pathlib import Path

import numba
import pytest
from hypothesis import HealthCheck, Phase, settings
from rich.console import Console
from rich.progress import track

from experiments.pure_core import CORE, ROOT, checks_of

_SWAPS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "+": "-", "-": "+", "*": "/", "/": "*", "//": "/", "**": "*", "%": "//",
    "&": "|", "|": "&", "+=": "-=", "-=": "+=", "*=": "/=", "&=": "|=", "~": "",
    "and": "or", "or": "and", "not": "", "True": "False", "False": "True",
    "min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum",
    "maximum": "minimum", "argmin": "argmax", "continue": "break", "break": "continue",
    '"left"': '"right"', '"right"': '"left"',
}  # fmt: skip
_TELLS_OWN_MISTAKES = ["strict", "=", "True"]
_OUTSIDE = {".git", ".venv", ".hypothesis", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
_PATIENCE_SECONDS = 100
"""Of work, not of waiting; tests that take longer never end."""

_SLOW = (
    "alembic.command", "babel.dates", "duckdb", "holidays", "hypothesis.extra.numpy", "lightgbm",
    "matplotlib.figure", "mlflow", "pandas", "playwright.sync_api", "psycopg", "pyarrow.parquet",
    "sklearn.linear_model", "sqlalchemy.orm", "tomlkit", "xdist.scheduler",
)  # fmt: skip
"""Imported once, since every mutant has a process of its own, forked from this one."""

_ANY_EXAMPLE = "any example"
# A mistake that is noticed need not be told by the smallest example.
settings.register_profile(
    _ANY_EXAMPLE,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)

_COMPILED = (
    "features/contract/", "features/declaration/", "features/kernel/", "serving/model/",
    "serving/scoring/strongest.py",
)  # fmt: skip
"""What compiled functions read. These run as Python instead: what was compiled of them is kept, and
would know nothing of a mistake elsewhere."""

_AS_PYTHON = ("-k", "not threads and not bits and not compiled")
"""Leaves out, as the Makefile does, tests of compiling itself."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one token changed.

    Attributes:
        module: Its path.
        line: Where the token stands, from 1.
        text: The module.
    """

    module: str
    line: int
    text: str

    @property
    def shown(self) -> str:
        """The changed line."""
        return self.text.splitlines()[self.line - 1].strip()


def mutants(module: str, text: str) -> Iterator[Mutant]:
    """Return every mutant of a module that is still Python."""
    quiet = _quiet(ast.parse(text))
    lines = text.splitlines(keepends=True)
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for name, equals, token in zip(tokens, tokens[1:], tokens[2:], strict=False):
        (row, begin), (_, end) = token.start, token.end
        other = _other(token)
        if other is None or [name.string, equals.string, token.string] == _TELLS_OWN_MISTAKES:
            continue
        if any(first <= token.start < last for first, last in quiet):
            continue
        changed = lines[row - 1][:begin] + other + lines[row - 1][end:]
        mutated = "".join([*lines[: row - 1], changed, *lines[row:]])
        try:
            compile(mutated, module, "exec")
        except SyntaxError:
            continue
        yield Mutant(module, row, mutated)


def _other(token: tokenize.TokenInfo) -> str | None:
    """Return what may stand for a token instead; None where it has no counterpart."""
    if token.type != tokenize.NUMBER:
        return _SWAPS.get(token.string)
    if token.string.isdigit():
        return f"({token.string} + 1)"
    return f"(2 * {token.string})" if float(token.string) else "1.0"


def _quiet(tree: ast.Module) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return what is never run for its value: annotations and decorators."""
    found: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
        if isinstance(node, ast.FunctionDef):
            found += [node.returns, *node.decorator_list]
        if isinstance(node, ast.ClassDef):
            found += node.decorator_list
    return [
        ((part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0))
        for part in found
        if part is not None
    ]


def _pass(tree: Path, modules: list[str], patience: int) -> bool:
    """Return whether the tests of modules pass in a tree, which they do not if they never end."""
    process = multiprocessing.get_context("fork").Process(
        target=_run, args=(tree, modules, patience)
    )
    process.start()
    process.join()
    return process.exitcode == 0


def _run(tree: Path, modules: list[str], patience: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    # A second mutant of the same second and size would be taken for the first.
    sys.dont_write_bytecode = True
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:unraisableexception"]
    options += ["--hypothesis-seed=0", f"--hypothesis-profile={_ANY_EXAMPLE}"]
    # Plugins of pytest have come with the libraries.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    if _is_compiled(modules[0]):
        numba.config.DISABLE_JIT = True  # type: ignore[attr-defined]  # Made at run time.
        options += _AS_PYTHON
    tests = dict.fromkeys(test for module in modules for test in checks_of(module, tree))
    sys.exit(pytest.main([*options, *tests]))


def _is_compiled(module: str) -> bool:
    return module.startswith(_COMPILED)


def _import_slow() -> None:
    for library in _SLOW:
        importlib.import_module(library)
    for plugin in entry_points(group="pytest11"):
        plugin.load()
    # No search for garbage need look through it again.
    gc.collect()
    gc.freeze()


def survivors(chosen: list[Mutant], tree: Path, console: Console) -> list[Mutant]:
    """Return the mutants that no test notices, telling each at once.

    Args:
        chosen: Mutants.
        tree: A copy of this tree, which is the same again afterwards.
        console: Where to tell.

    Raises:
        RuntimeError: Tests fail without any mutant.
    """
    _import_slow()
    changed = sorted({mutant.module for mutant in chosen}, key=_is_compiled)
    for _, alike in groupby(changed, _is_compiled):
        modules = list(alike)
        if not _pass(tree, modules, _PATIENCE_SECONDS * len(modules)):
            raise RuntimeError(f"the tests of {', '.join(modules)} fail as they are")
    found = []
    kept = tree / "unchanged.py"
    for mutant in track(chosen, "mutants", console=console):
        path = tree / mutant.module
        # Whoever waits may go on working on the tree that was copied.
        shutil.copy2(path, kept)
        path.write_text(mutant.text, encoding="utf-8")
        if _pass(tree, [mutant.module], _PATIENCE_SECONDS):
            found.append(mutant)
            console.print(f"{mutant.module}:{mutant.line}: {mutant.shown}", markup=False)
        shutil.copy2(kept, path)
    return found


def main() -> None:
    """Make mutants, run the tests on each and tell the share noticed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m experiments.mutants")
    parser.add_argument(
        "--files", nargs="+", default=[*CORE], help="modules; all of the core if none"
    )
    parser.add_argument("--sample", type=int, help="so many of the mutants, drawn")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    given = parser.parse_args()
    console = Console()
    every = [m for file in given.files for m in mutants(file, (ROOT / file).read_text("utf-8"))]
    drawn = random.Random(given.seed).sample(range(len(every)), given.sample or len(every))
    chosen = [every[position] for position in sorted(drawn)]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "tree")
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*_OUTSIDE))
        left = survivors(chosen, tree, console)
    noticed = len(chosen) - len(left)
    console.print(f"{noticed} of {len(chosen)} mutants noticed, of {len(every)} there are")


if __name__ == "__main__":
    main()
