"""Exponential smoothing of a growing series, kept up to date a block at a time."""

from __future__ import annotations

import numpy as np

from workbench.history import History, Values

_BLOCK = 256


class Smoother:
    """An exponentially weighted mean over about `window` steps, unbiased from the first value on.

    The mean after n values x is Σ aⁿ⁻ⁱ xᵢ / Σ aⁿ⁻ⁱ with a = 1 − 1 / window. Values that are not finite are left out.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self.history = History()  # the smoothed values, under the name "smooth"
        self._done = 0
        self._sum = self._weight = 0.0

    def catch_up(self, steps: Values, values: Values, most: int = 200_000) -> bool:
        """Take in what is new in a series that only grows, at most `most` values; True when nothing is left."""
        end = min(len(values), self._done + most)
        new, at = values[self._done : end], steps[self._done : end]
        good = np.isfinite(new)
        new, at = new[good], at[good]
        for start in range(0, len(new), _BLOCK):
            self._take(at[start : start + _BLOCK], new[start : start + _BLOCK])
        self._done = end
        return end == len(values)

    def _take(self, steps: Values, values: Values) -> None:
        keep = 1.0 - 1.0 / self.window
        powers = keep ** np.arange(1, len(values) + 1)
        age = np.subtract.outer(np.arange(len(values)), np.arange(len(values)))
        mix = np.where(age >= 0, keep ** np.maximum(age, 0), 0.0)
        sums = powers * self._sum + mix @ values
        weights = powers * self._weight + mix.sum(axis=1)
        self._sum, self._weight = float(sums[-1]), float(weights[-1])
        self.history.extend("smooth", steps, sums / weights)
