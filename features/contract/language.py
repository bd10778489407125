"""The languages that reasons are written in."""

from typing import Literal

Language = Literal["de", "en"]
