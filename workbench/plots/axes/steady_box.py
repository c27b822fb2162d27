"""The part of a plot inside its axes: it follows the data in strides, not with every frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg

_STRIDE = 0.06  # of what is shown: so much room is left on a side that had to give way
_MARGIN = 0.015  # of what is shown: the data may go so far beyond what is held, as there is more padding around it
_LOOSE = 0.75  # data that fill less of the held range get a closer one
_FLAT = 1e-6  # of their size: numbers of 32 bits that differ by less are one number, but for rounding
_AROUND = 0.05  # of their size: what is shown above and below such numbers

Bounds = list[float] | None


class SteadyBox(pg.ViewBox):
    """A drag zooms to its rectangle; there is no menu.

    A curve that grows by a point a frame would move the whole picture by a hair, and numbering the axes anew costs
    more than drawing the curve. So what is held is given up only where the data leave it, or leave it empty.
    """

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self._held: list[Bounds] = [None, None]
        self.logarithmic = False  # values, which are then powers of ten
        self.setMouseMode(pg.ViewBox.RectMode)

    def itemBoundsChanged(self, item: Any) -> None:  # noqa: N802
        """Look for the range again, unless what changed does not count in it."""
        counts = item in self.addedItems or item.parentItem() in self.addedItems  # a curve is a part of its item
        if counts:
            super().itemBoundsChanged(item)

    def loosen(self) -> None:
        """Follow anew what is visible: something was hidden or shown."""
        self._held = [None, None]
        self.queueUpdateAutoRange()

    def childrenBounds(  # noqa: N802
        self,
        frac: Any = None,
        orthoRange: Any = (None, None),  # noqa: N803
        items: Sequence[Any] | None = None,
    ) -> list[Bounds]:
        """Of all items: the bounds that are held, for x and y; of given `items`: theirs, as they are."""
        found: list[Bounds] = super().childrenBounds(frac, orthoRange, items)
        if items is not None:
            return found
        found[1] = unmagnified(found[1], self.logarithmic)
        self._held = [settled(held, bounds) for held, bounds in zip(self._held, found, strict=True)]
        return [list(held) if held else None for held in self._held]


def settled(held: Bounds, bounds: Bounds) -> Bounds:
    """What to hold now that the data reach from ``bounds[0]`` to ``bounds[1]``; None where there are no data."""
    if held is None or bounds is None:
        return bounds
    low, high = bounds
    room, over = _STRIDE * (high - low), _MARGIN * (high - low)
    grown = [
        held[0] if low >= held[0] - over else low - room,
        held[1] if high <= held[1] + over else high + room,
    ]
    return grown if high - low >= _LOOSE * (grown[1] - grown[0]) else bounds


def unmagnified(bounds: Bounds, logarithmic: bool = False) -> Bounds:
    """Room around values that are all the same but for rounding, which would else fill the plot."""
    if bounds is None:
        return None
    low, high = bounds
    size = 1.0 if logarithmic else max(abs(low), abs(high))
    around = _AROUND * size if 0 < high - low < _FLAT * size else 0.0
    return [low - around, high + around]
