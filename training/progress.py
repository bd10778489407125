"""Progress of long work: bars on a terminal, silence elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars


class Progress:
    """Shows which step runs, and how far it is where that is known."""

    def __init__(self, console: Console | None = None) -> None:
        """Show progress on a console; standard error unless told otherwise."""
        self._console = console or Console(stderr=True)

    @contextmanager
    def step(self, name: str) -> Iterator[Callable[[str], None]]:
        """Show a step while it runs; what is yielded changes its name."""
        with self._bars() as bars:
            task = bars.add_task(name, total=None)
            yield lambda detail: bars.update(task, description=f"{name}: {detail}")
            bars.update(task, total=1, completed=1, description=name)

    @contextmanager
    def bar(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show a step of known length; what is yielded advances it."""
        with self._bars() as bars:
            task = bars.add_task(name, total=total)
            yield lambda done: bars.advance(task, done)

    def _bars(self) -> Bars:
        return Bars(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=self._console,
        )
