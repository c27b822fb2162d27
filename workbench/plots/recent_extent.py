"""A range for numbers that leap from frame to frame: an axis that followed each of them could not be read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

_DRAWS = 60  # two seconds of frames


class RecentExtent:
    """From the least to the greatest of what was drawn of late: it widens at once, and shrinks after a while."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, float]] = deque(maxlen=_DRAWS)
        self._of: object = None
        self._step = -1

    def hold(self, of: object, step: int, values: Iterable[ArrayLike]) -> tuple[float, float]:
        """The range with these finite `values` of a `step` of the run; what is `of` another thing begins anew.

        So does a step back in the run, where nothing follows in which it could shrink.
        """
        if of != self._of or step < self._step:
            self._ends.clear()
        self._of, self._step = of, step
        known = np.concatenate([np.ravel(each) for each in values])
        known = known[np.isfinite(known)]
        if known.size:
            self._ends.append((float(known.min()), float(known.max())))
        lows, highs = zip(*self._ends, strict=True) if self._ends else ((0.0,), (0.0,))
        return min(lows), max(highs)
