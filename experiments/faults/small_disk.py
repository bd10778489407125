"""A disk that is soon full. Only root may mount one; `unshare -rm` makes anybody root."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_BLOCK = 4096


class SmallDisk:
    """A file system of its own."""

    def __init__(self, folder: Path) -> None:
        """Know where it is mounted."""
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as ballast:
            while ballast.write(bytes(_BLOCK)):
                pass

    def make_room(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, mib: int) -> Iterator[SmallDisk]:
    """Mount a disk of so many MiB in a new folder.

    Raises:
        RuntimeError: One may not.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=755", "leadscore", str(folder)]
    if subprocess.run(mount, check=False).returncode:
        raise RuntimeError("no disk could be mounted; be root, or run it under unshare -rm")
    try:
        yield SmallDisk(folder)
    finally:
        # Whoever still looks at it does not keep it.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
