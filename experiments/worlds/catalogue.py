"""All worlds by name."""

from collections.abc import Callable, Mapping
from pathlib import Path

from experiments.worlds.accounts import accounts
from experiments.worlds.ageing import ageing
from experiments.worlds.bursting import bursting
from experiments.worlds.constant import constant
from experiments.worlds.demo import demo
from experiments.worlds.drifting import drifting
from experiments.worlds.seasonal import seasonal
from experiments.worlds.world import World

WORLDS: Mapping[str, Callable[[Path, int], World]] = {
    "constant": constant,
    "ageing": ageing,
    "seasonal": seasonal,
    "drifting": drifting,
    "bursting": bursting,
    "accounts": accounts,
    "demo": demo,
}
"""Each makes its world in a folder, from a seed."""
