"""A place on a plot's own axis that keys walk to, where it is no time step of a sequence."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from workbench.plots.curves import CurvePlot

_WALKS = 100  # presses of a key from one end to the other, at most


class KeyCursor:
    """Marked by a line that is gone with the next move of the mouse."""

    def __init__(self, plot: CurvePlot) -> None:
        self._plot = plot
        self._line = plot.add_line("cursor", upright=True)
        self.place: float | None = None

    def walk(self, by: int, places: ArrayLike) -> float | None:
        """Go `by` presses along `places`, which rise, as far as they are in sight; None where there are none."""
        low, high = self._plot.shown()
        known = np.asarray(places, float)
        known = known[(known >= low) & (known <= high)]
        if not known.size:
            self.forget()
            return None
        at = (-1 if by > 0 else known.size) if self.place is None else int(np.searchsorted(known, self.place))
        far = by if self.place is None else by * -(-known.size // _WALKS)
        self.go(float(known[min(max(at + far, 0), known.size - 1)]))
        return self.place

    def go(self, place: float) -> None:
        """Mark a place."""
        self.place = place
        self._plot.mark(self._line, place)

    def forget(self) -> None:
        """No place."""
        self.place = None
        self._plot.mark(self._line, None)
