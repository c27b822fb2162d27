"""Colour levels that stay put: a picture that rescales itself at every frame cannot be compared with the last."""

from __future__ import annotations

import math

import numpy as np

from engine.inside_records import Floats

_MOST, _FAR = 0.8, 4.0  # share of all values, and how many times as large as they another one may be to be held


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
    """Symmetric levels that widen by rungs when values leave them, and go back only at `reset`.

    Few values that lie far from all others do not widen them: one huge unit would leave the rest without colours.
    """

    def __init__(self, least: float = 1.0) -> None:
        """±`least` is where they begin."""
        self.high = self._least = least
        self.beyond = False  # some values have not been between them

    def reset(self) -> None:
        """Back to the beginning, for a new run."""
        self.high, self.beyond = self._least, False

    def hold(self, values: Floats) -> tuple[float, float]:
        """Levels that hold the finite `values` but for outliers, and what was held before."""
        sizes = np.abs(values[np.isfinite(values)])
        if sizes.size:
            largest = float(sizes.max())
            large = np.count_nonzero(sizes > self.high / _FAR)  # counted first: a quantile takes forty times as long
            if largest > self.high and large >= math.floor(sizes.size * (1 - _MOST)):
                size = min(largest, _FAR * float(np.quantile(sizes, _MOST)))
                self.high = max(self.high, self._least * rung(size / self._least))
            self.beyond = self.beyond or largest > self.high * (1 + 1e-6)
        return -self.high, self.high
