"""The code that a model carries: all that loading needs, and nothing that names our rooms."""

import ast
from pathlib import Path

from training.model_code import write_model_code


def test_its_name_follows_from_what_it_says(tmp_path: Path) -> None:
    first, module = write_model_code(tmp_path / "a")
    second, _ = write_model_code(tmp_path / "b")
    assert first.name == second.name
    assert module == f"{first.name}.serving.model.pyfunc"


def test_it_imports_none_of_our_rooms_but_its_own_copy(tmp_path: Path) -> None:
    package, _ = write_model_code(tmp_path)
    own = {path.relative_to(tmp_path) for path in package.rglob("*.py")}
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                room, _, rest = node.module.partition(".")
                assert room not in {"features", "serving", "training"}, path
                if room == package.name:
                    module = Path(package.name, *rest.split("."))
                    assert {module.with_suffix(".py"), module / "__init__.py"} & own, node.module


def test_packages_below_packages_are_carried(tmp_path: Path) -> None:
    package, _ = write_model_code(tmp_path)
    assert (package / "serving" / "model" / "explain" / "tables.py").is_file()
    assert (package / "features" / "declaration" / "__init__.py").is_file()
    assert not (package / "serving" / "http").exists()
