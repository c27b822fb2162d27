"""A series that was read: its three parts, one window, and the borders between the parts, which can be dragged."""

from __future__ import annotations

import math
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent

from workbench.doors.answers import SeriesPreview
from workbench.looks.theme import GRID, Theme
from workbench.panels.split_lines import SplitLines
from workbench.panels.window_marks import draw_windows

_MARGIN = 0.04  # share of the rows that is left free on either side
_ROLES = ("train", "validation", "test")


class SeriesPicture(pg.PlotWidget):
    """Draws what a series is made of; nothing in it moves but its `borders`."""

    _shown: SeriesPreview | None = None  # of the class, as a first change of size comes while it is being made

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data_plot")
        self.setAccessibleName("The series with its parts")
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.borders = SplitLines(self)
        self.apply_theme(theme)

    def show_series(self, preview: SeriesPreview) -> None:
        """Show what was read."""
        self._shown = preview
        self.clear()
        for role, (x, y) in zip(_ROLES, preview.lines, strict=False):
            pen = self._theme.pen(role)
            pen.setStyle(Qt.PenStyle.SolidLine)
            self.plot(x, y, pen=pen, connect="finite")
        draw_windows(self, preview, self._theme)
        if len(preview.borders) == 2:
            self.borders.show_borders(preview.borders, preview.rows, self._theme)
        self.autoRange(padding=_MARGIN)
        self._show_ticks(preview)

    def apply_theme(self, theme: Theme) -> None:
        """Take other colours, and room for other letters; a series is to be shown anew."""
        self._theme = theme
        self.setBackground(theme.plot)
        font = self.font()
        font.setPixelSize(theme.small - 1)
        self.getAxis("left").setWidth(round(5 * GRID * theme.scale))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setStyle(tickFont=font, tickLength=-3)
            axis.setPen(theme.pen("grid"))
            axis.setTextPen(theme.muted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other ticks."""
        super().resizeEvent(event)
        if self._shown is not None:
            self._show_ticks(self._shown)

    def _show_ticks(self, preview: SeriesPreview) -> None:
        """All names of rows, or every second, every third: as many as do not touch in text of this size."""
        axis, ticks = self.getAxis("bottom"), preview.ticks
        font = QFontMetrics(axis.style["tickFont"])
        needed = max((font.horizontalAdvance(name) for _, name in ticks), default=0) + GRID // 2
        row = (self.width() - self.getAxis("left").width()) / (preview.rows * (1 + 2 * _MARGIN))
        nearest = min((after - before for (before, _), (after, _) in pairwise(ticks)), default=math.inf)
        axis.setTicks([list(ticks[:: max(1, math.ceil(needed / max(nearest * row, 1)))])])
