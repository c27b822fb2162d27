"""A range for numbers that leap from frame to frame: an axis that followed each of them could not be read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

_DRAWS = 60  # two seconds of frames
_SOON = 10  # draws: so long a leap may take, and so soon after it is forgotten
_LEAP = 10  # times what was drawn since


class RecentExtent:
    """From the least to the greatest of what was drawn of late: it widens at once, and shrinks after a while.

    After a single leap it does so soon, or what follows would be flat. Leaps that come again and again it holds.
    """

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
        ends = np.array(self._ends) if self._ends else np.zeros((1, 2))
        kept = np.delete(ends, _single_leap(ends), axis=0)
        return float(kept[:, 0].min()), float(kept[:, 1].max())


def _single_leap(ends: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which of the draws (N, 2) reached far beyond the last ones, where that was once."""
    recent = ends[-_SOON:]
    far = np.flatnonzero(np.ptp(ends, axis=1) > _LEAP * (recent[:, 1].max() - recent[:, 0].min()))
    return far if far.size and far[-1] - far[0] < _SOON else far[:0]
