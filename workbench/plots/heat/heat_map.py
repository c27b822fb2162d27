"""One heat map: its image, its heading and the marks of the cursor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg

from engine.inside_records import Floats
from workbench.looks.theme import Theme
from workbench.plots.axes.label_axis import LabelAxis
from workbench.plots.axes.steady_box import SteadyBox
from workbench.plots.frame.panel_title import PanelTitle
from workbench.plots.heat.heat_image import HeatImage


class HeatMap:
    """Its panel among others lays out `box`, `title` and perhaps an axis at the `left`; the data are (units, time)."""

    def __init__(self) -> None:
        self.map = ""  # the role of its colours
        self.data: Floats = np.empty((0, 0), np.float32)
        self.box = SteadyBox()
        self.box.sigResized.connect(self._fit_title)
        self.box.invertY(True)
        self.box.setDefaultPadding(0)
        self.image = HeatImage()
        self.title = PanelTitle()
        self.left: LabelAxis | None = None
        self._marks = [pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90)]
        self._row_marks = [pg.InfiniteLine(angle=0), pg.InfiniteLine(angle=0)]
        self.box.addItem(self.image)
        for mark in (*self._marks, *self._row_marks):
            mark.hide()
            self.box.addItem(mark, ignoreBounds=True)

    def show(self, data: Floats, levels: tuple[float, float], name: str) -> bool:
        """Draw `data` in the colours of `levels` below its `name`; whether it has another shape than before."""
        fresh = self.data.shape != data.shape
        self.data = data
        self.image.show_data(data, levels)
        self.title.show_name(name)
        return fresh

    def _fit_title(self) -> None:
        self.title.fit(self.box.width())

    def fit(self) -> None:
        """Show all units and all steps, and no more."""
        units, times = self.data.shape
        if self.data.size:
            self.box.setLimits(
                xMin=-0.5, xMax=times - 0.5, yMin=-0.5, yMax=units - 0.5, minXRange=min(times, 2), minYRange=1
            )
            self.box.setRange(xRange=(-0.5, times - 0.5), yRange=(-0.5, units - 0.5), padding=0)
            self.box.prepareForPaint()

    def mark(self, time: int | None) -> None:
        """Frame the column of one time step."""
        _frame(self._marks, time)

    def mark_row(self, row: int | None) -> None:
        """Frame one row."""
        _frame(self._row_marks, row)

    def dress(self, theme: Theme) -> None:
        """Take the colours of `theme`; the marks are black on white, which shows on every colour of every map."""
        self.image.dress(theme.color_table(self.map))
        self.title.dress(theme)
        self.box.setBorder(theme.stroke(theme.color("grid")))
        self.box.rbScaleBox.setPen(theme.pen("accent"))
        self.box.rbScaleBox.setBrush(theme.color("accent", 0.15))
        for marks in (self._marks, self._row_marks):
            for mark, color in zip(marks, ("#000000", "#ffffff"), strict=True):
                mark.setPen(theme.stroke(color))


def _frame(marks: Sequence[pg.InfiniteLine], place: int | None) -> None:
    """Put both lines around a row or a column."""
    for mark, edge in zip(marks, (-0.5, 0.5), strict=True):
        mark.setVisible(place is not None)
        if place is not None:
            mark.setPos(place + edge)
