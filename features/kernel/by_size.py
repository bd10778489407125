"""Places in order of the size of what lies there, the largest first."""

import numpy as np
from numpy.typing import NDArray

from features.kernel.compiled import compiled


@compiled(nogil=True)
def put_by_size(
    order: NDArray[np.int64], count: int, place: int, values: NDArray[np.float64]
) -> None:
    """Put a place among the first ones of an order, behind all whose values are as large.

    Args:
        order: int64 [places], of which the first `count` are in order.
        count: How many these are.
        place: In `values`.
        values: float64; their signs do not count.
    """
    at = count
    while at > 0 and abs(values[order[at - 1]]) < abs(values[place]):
        order[at] = order[at - 1]
        at -= 1
    order[at] = place
