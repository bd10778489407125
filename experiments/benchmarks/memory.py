"""The most memory that a process has held."""

from pathlib import Path


def peak_megabytes() -> float:
    """Return the most memory that this process has held since its program began, in MB.

    `ru_maxrss` would tell more: a process starts with the peak of the one that started it.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kilobytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes) / 1024
