"""The code that a registered model carries, under a package name of its own.

A process that loads a model may have packages called `features` or `serving` itself, or may have
loaded a model of another version of the code. So all modules that loading needs are copied below
one package, named after what they say, and their imports are rewritten to it.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

_ENTRY = "serving.model.pyfunc"
_ROOMS = ("features", "serving")
_IMPORT = re.compile(rf"^(\s*(?:from|import) )(?=(?:{'|'.join(_ROOMS)})\b)", re.MULTILINE)
_DIGITS = 12


def write_model_code(folder: Path) -> tuple[Path, str]:
    """Write the code into a folder.

    Returns:
        The package, and the module in it by which MLflow loads a model.
    """
    sources = dict(sorted(_needed(_ENTRY, {}).items()))
    digest = hashlib.sha256()
    for module, source in sources.items():
        digest.update(f"{module}\0{source.read_text(encoding='utf-8')}\0".encode())
    name = f"leadscore_model_{digest.hexdigest()[:_DIGITS]}"
    package = folder / name
    for module, source in sources.items():
        target = package / Path(*module.split("."))
        of_package = source.name == "__init__.py"
        target = target / "__init__.py" if of_package else target.with_suffix(".py")
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text(encoding="utf-8")
        target.write_text(_IMPORT.sub(rf"\g<1>{name}.", text), encoding="utf-8")
    (package / "__init__.py").write_text('"""What a model needs to load."""\n', encoding="utf-8")
    return package, f"{name}.{_ENTRY}"


def _needed(module: str, found: dict[str, Path]) -> dict[str, Path]:
    """Return the file of a module, of its packages, and of all that they import of our rooms."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        name = ".".join(parts[:length])
        source = None if name in found else _source(name)
        if source is not None:
            found[name] = source
            for imported in _imported(source):
                _needed(imported, found)
    return found


def _source(module: str) -> Path | None:
    """Return the file of a module; None where the name is something inside one."""
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    return None if spec is None or spec.origin is None else Path(spec.origin)


def _imported(source: Path) -> Iterator[str]:
    """Yield the modules of our rooms that a file imports, and names that may be modules."""
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.partition(".")[0] in _ROOMS)
