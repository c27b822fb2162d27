"""Areas between two curves, as intervals around a forecast are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from workbench.plots.curves import CurvePlot
from workbench.plots.legend import Key
from workbench.theme import Theme

_KEY_WIDTH = 8  # pixels of the sample in the key


class Area:
    """What lies between a lower and an upper end, below all curves of a plot; it is within the range that is shown."""

    def __init__(self, plot: CurvePlot, name: str, role: str, alpha: float) -> None:
        """`role` is a pen of the theme, of whose colour there is a share of `alpha`."""
        self._plot, self.name, self._role, self._alpha = plot, name, role, alpha
        self.note = ""  # what is said of it in the legend
        self._ends = [pg.PlotDataItem(pen=pg.mkPen(None), connect="finite") for _ in range(2)]
        self._fill: Any = pg.FillBetweenItem(*self._ends)
        self._fill.setZValue(-5)
        for item in (*self._ends, self._fill):
            plot.axes.add(item, ignore_bounds=item is self._fill)

    def show(self, x: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """Fill between the ends where both are known."""
        places, ends = np.asarray(x), [np.asarray(lower), np.asarray(upper)]
        known = np.isfinite(ends[0]) & np.isfinite(ends[1])
        for item, end in zip(self._ends, ends, strict=True):
            item.setData(places[known], end[known])

    def remove(self) -> None:
        """Take it off the plot."""
        for item in (self._fill, *self._ends):
            self._plot.axes.remove(item)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._fill.setBrush(theme.color(self._role, self._alpha))

    def key(self, theme: Theme) -> Key:
        """What stands in the legend."""
        pen = QPen(theme.color(self._role, self._alpha), _KEY_WIDTH)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return Key(self.name, pen, self.note)
