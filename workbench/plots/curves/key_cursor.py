"""A place on a plot's own axis that keys walk to, where it is no time step of a sequence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from workbench.plots.curves.curves import CurvePlot

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


class ReadCursor(KeyCursor):
    """Its place is read out in the words that the mouse gets, which takes over from the keys."""

    def __init__(self, plot: CurvePlot, words: Callable[[float], str], say: Callable[[str], object]) -> None:
        """`words` are those on a place; none are to be said where there is no place any more."""
        super().__init__(plot)
        self._words, self._say = words, say

    def go(self, place: float) -> None:
        """Mark a place and read it out."""
        super().go(place)
        self.read_again()

    def read_again(self) -> None:
        """The place that keys went to, if any, of what is drawn now."""
        if self.place is not None:
            self._say(self._words(self.place))

    def hover(self, place: float | None) -> None:
        """Read out what is under the mouse, or nothing."""
        self.forget()
        self._say("" if place is None else self._words(place))
