"""Scoring by a model in a folder loads nothing that it does without."""

import subprocess
import sys
from pathlib import Path

from tests.tiny import tiny_training
from tests.training.firm import write_firm

_SCORE = """
import sys
from pathlib import Path
from rich.console import Console
from serving.batch.answers import Wording
from serving.scoring.strongest import Listing
from training.progress import Progress
from training.scores.basis import open_scoring

project, model, output = map(Path, sys.argv[1:])
quiet = Progress(Console(quiet=True))
place = dict(cache=output.parent, now=1 << 60)
with open_scoring(project, str(model), Wording(Listing(), "en"), quiet, **place) as scoring:
    scoring.write(output, None, quiet)
loaded = {name.partition(".")[0] for name in sys.modules}
print(*sorted(loaded & {"alembic", "authlib", "holidays", "lightgbm", "mlflow", "sklearn"}))
"""


def test_neither_registry_nor_record_nor_learners_are_loaded(tmp_path: Path) -> None:
    write_firm(tmp_path)
    tiny_training().load(tmp_path / "model")
    command = [sys.executable, "-c", _SCORE, "project.toml", "model", "scores.parquet"]
    done = subprocess.run(
        command, check=True, cwd=tmp_path, stdout=subprocess.PIPE, text=True, timeout=300
    )
    assert done.stdout.strip() == ""
    assert (tmp_path / "scores.parquet").is_file()
