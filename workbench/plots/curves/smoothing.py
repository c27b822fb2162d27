"""Exponential smoothing of a growing series, kept up to date many blocks at a time."""

from __future__ import annotations

import numpy as np

from workbench.runs.history import History, Values

_BLOCK = 64


class Smoother:
    """An exponentially weighted mean over about `window` steps, unbiased from the first value on.

    The mean after n values x is Σ aⁿ⁻ⁱ xᵢ / Σ aⁿ⁻ⁱ with a = 1 − 1 / window. Values that are not finite are left out.
    """

    def __init__(self, window: int) -> None:
        self.window = window
        self.history = History()  # the smoothed values, under the name "smooth"
        self._done = self._count = 0
        self._sum = 0.0
        keep = 1.0 - 1.0 / window
        age = np.subtract.outer(np.arange(_BLOCK), np.arange(_BLOCK))
        self._keep, self._powers = keep, keep ** np.arange(1, _BLOCK + 1)
        self._mix = np.where(age >= 0, keep ** np.maximum(age, 0), 0.0)

    def catch_up(self, steps: Values, values: Values, most: int = 200_000) -> bool:
        """Take in what is new in a series that only grows, at most `most` values; True when nothing is left."""
        end = min(len(values), self._done + most)
        new, at = values[self._done : end], steps[self._done : end]
        good = np.isfinite(new)
        new, at = new[good], at[good]
        if len(new):
            self._take(at, new)
        self._done = end
        return end == len(values)

    def _take(self, steps: Values, values: Values) -> None:
        """Sum every block by itself, then add what comes from the blocks before."""
        blocks = np.zeros((-(-len(values) // _BLOCK), _BLOCK))
        blocks.reshape(-1)[: len(values)] = values
        sums = blocks @ self._mix.T
        before, carried = self._sum, []
        for last in sums[:, -1].tolist():
            carried.append(before)
            before = before * self._powers[-1] + last
        sums += np.outer(carried, self._powers)
        smooth = sums.reshape(-1)[: len(values)]
        self._sum = float(smooth[-1])
        weights = (1.0 - self._keep ** np.arange(self._count + 1, self._count + len(values) + 1)) * self.window
        self._count += len(values)
        self.history.extend("smooth", steps, smooth / weights)
