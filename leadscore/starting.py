"""How commands load what they need."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.progress import Progress


@contextmanager
def starting(progress: "Progress") -> Iterator[None]:
    """Show that libraries are loaded, which stay: no collection of garbage looks at them."""
    gc.disable()
    try:
        with progress.step("Starting"):
            yield
    finally:
        gc.freeze()
        gc.enable()
