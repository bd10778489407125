"""What the processes of a test do; in a module of its own, since each of them imports it."""

import os
import signal
import sys
import threading
from pathlib import Path

from serving.processes import Place, Processes


def wait(place: Place, folder: Path) -> None:
    """Leave a file that tells of this process, and wait for its end."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    started = folder / f"{os.getpid()}.part"
    started.write_text(f"{place.first} {place.late}", encoding="ascii")
    started.rename(folder / f"{os.getpid()}.started")
    while not (folder / "ready").exists() and not stopped.wait(0.01):
        pass
    place.ready.set()
    stopped.wait()
    (folder / f"{os.getpid()}.stopped").touch()


def main() -> None:
    """Keep three processes running; leave a file for each that ends, and before they stop."""
    folder = Path(sys.argv[1])
    processes = Processes(3, wait, folder)
    processes.run(
        60,
        before_stop=(folder / "stopping").touch,
        ended=lambda process: (folder / f"{process}.ended").touch(),
    )


if __name__ == "__main__":
    main()
