"""The code that tasks run, as one archive that Spark hands to every executor."""

import hashlib
import zipfile
from importlib.util import find_spec
from pathlib import Path

ROOMS = ("features", "serving")


def write_archive(folder: Path) -> Path:
    """Write the rooms that tasks import into an archive named after what it holds."""
    files = dict(sorted(_files().items()))
    digest = hashlib.sha256()
    for name, file in files.items():
        digest.update(f"{name}\0".encode() + file.read_bytes())
    archive = folder / f"leadscore_{digest.hexdigest()[:12]}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name, file in files.items():
            written.write(file, name)
    return archive


def _files() -> dict[str, Path]:
    """Return the files of code and data, by their names in the archive."""
    found: dict[str, Path] = {}
    for room in ROOMS:
        spec = find_spec(room)
        assert spec is not None
        assert spec.origin is not None
        root = Path(spec.origin).parent
        for suffix in ("py", "toml"):
            found |= {
                str(file.relative_to(root.parent)): file for file in root.rglob(f"*.{suffix}")
            }
    return found
