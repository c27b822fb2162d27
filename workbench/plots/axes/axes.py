"""A view box with an axis below and one beside it: what a plot of pyqtgraph is without its menu of fifty widgets."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QGraphicsWidget, QSizePolicy

from workbench.plots.axes.steady_box import SteadyBox

_GRID_ALPHA = 153  # of 255


class Axes(QGraphicsWidget):
    """Holds the items of a plot. pyqtgraph's own `PlotItem` makes a menu for each, whether it is shown or not."""

    def __init__(self, bottom: pg.AxisItem, left: pg.AxisItem) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box: Any = SteadyBox()
        self._bottom, self._left = bottom, left
        self._items: list[Any] = []
        self._log = (False, False)
        grid = QGraphicsGridLayout()
        grid.setContentsMargins(1, 1, 1, 1)
        grid.setSpacing(0)
        for item, row, column in ((self.box, 0, 1), (left, 0, 0), (bottom, 1, 1)):
            grid.addItem(item, row, column)
        grid.setRowStretchFactor(0, 100)
        grid.setColumnStretchFactor(1, 100)
        self.setLayout(grid)
        for axis in (bottom, left):
            axis.linkToView(self.box)
            keep_painted(axis)

    def add(self, item: Any, *, ignore_bounds: bool = False) -> None:
        """Draw `item`, on logarithmic axes where they are; the range shown holds it unless its bounds are ignored."""
        self._items.append(item)
        self.box.addItem(item, ignoreBounds=ignore_bounds)
        if hasattr(item, "setLogMode"):
            item.setLogMode(*self._log)

    def remove(self, item: Any) -> None:
        """Draw `item` no more."""
        self._items.remove(item)
        self.box.removeItem(item)

    @property
    def log(self) -> tuple[bool, bool]:
        """Whether the bottom and the left axis are logarithmic."""
        return self._log

    def set_log(self, bottom: bool, left: bool) -> None:
        """Logarithmic or linear axes; where they change, everything is shown again."""
        if (bottom, left) == self._log:
            return
        self._log, self.box.logarithmic = (bottom, left), left
        for item in self._items:
            if hasattr(item, "setLogMode"):
                item.setLogMode(bottom, left)
        self._bottom.setLogMode(bottom)
        self._left.setLogMode(left)
        self.box.enableAutoRange()

    def show_grid(self) -> None:
        """Lines at the numbers of the left axis."""
        self._left.setGrid(_GRID_ALPHA)


def keep_painted(axis: pg.AxisItem) -> None:
    """Paint an axis when it changes, not with every frame: playing its picture took 0.5 ms."""
    axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
    axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
