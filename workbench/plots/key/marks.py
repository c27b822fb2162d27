"""Marks along a curve, in a shape of its own: told from others on paper, and by who sees few hues."""

from __future__ import annotations

from typing import Any

from numpy import arange, flatnonzero, isfinite
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPen

from workbench.plots.key.curve_item import CurveItem, Points

SIZE = 9  # pixels
_SHAPES = ("o", "s", "t1", "x", "d", "+", "star", "t", "t2", "t3", "p", "h")  # pyqtgraph's letters, the clearest first
_SPREAD = 5  # of neighbours even a stride of few points leaves the places apart
_MOST = 8  # on one curve: they tell it apart, and cost nothing to draw


def shape_of(number: int) -> str:
    """The mark of curve, class or symbol `number` among its kin."""
    return _SHAPES[number % len(_SHAPES)]


class Marks:
    """A few marks on the points of one curve, which stay where they are while it grows."""

    def __init__(self, number: int) -> None:
        """`number` is that of the curve among its kin."""
        self.shape = shape_of(number)
        self._share = number * _SPREAD % _MOST / _MOST  # of a stride: marks of curves side by side do not meet
        self.item = CurveItem()

    def dress(self, color: QColor) -> None:
        """Take the colour of the curve."""
        self.item.dot(Points(QPen(color), SIZE, self.shape))

    def show(self, x: NDArray[Any], y: NDArray[Any]) -> None:
        """Lie on some of these points, on one at least."""
        known = flatnonzero(isfinite(x) & isfinite(y))
        stride = 1
        while stride * _MOST < len(known):
            stride *= 2
        at = known[arange(min(int(self._share * stride), max(len(known) - 1, 0)), len(known), stride)]
        self.item.show(x[at], y[at])
