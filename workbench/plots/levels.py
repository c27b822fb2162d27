"""Colour levels that stay put: a picture that rescales itself at every frame cannot be compared with the last."""

from __future__ import annotations

import math

import numpy as np

from engine.inside_records import Floats


def rung(size: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, … that is not below `size`; 1 for what is not finite."""
    if not math.isfinite(size) or size <= 1.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    for factor in (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0):
        if size <= factor * power * (1 + 1e-6):
            return factor * power
    return 10.0 * power


class Levels:
    """Symmetric levels that widen by rungs when values leave them, and go back only at `reset`."""

    def __init__(self, least: float = 1.0) -> None:
        """±`least` is where they begin."""
        self.high = self._least = least

    def reset(self) -> None:
        """Back to the beginning, for a new run."""
        self.high = self._least

    def hold(self, values: Floats) -> tuple[float, float]:
        """Levels that hold all finite `values` and all that were seen before."""
        finite = values[np.isfinite(values)]
        if finite.size:
            self.high = max(self.high, self._least * rung(float(np.abs(finite).max()) / self._least))
        return -self.high, self.high
