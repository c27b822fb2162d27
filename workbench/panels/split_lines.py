"""The borders between training, validation and test part, drawn over a series and moved by dragging."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPen

from engine.config import DataConfig
from workbench.looks.theme import Theme

_WIDTH = 3  # pixels under the mouse, so that a line can be seen to be caught
_ROLES = ("validation", "test")  # what begins at each border


class SplitLines(QObject):
    """Two lines over a plot of N rows; the later one never passes the earlier one."""

    moved = Signal(int, int)  # first rows of validation and test, when a line was let go of

    def __init__(self, plot: pg.PlotWidget) -> None:
        super().__init__(plot)
        self._plot, self._rows = plot, 0
        self.lines = [pg.InfiniteLine(movable=True) for _ in _ROLES]
        for line, role in zip(self.lines, _ROLES, strict=True):
            line.setCursor(Qt.CursorShape.SplitHCursor)
            line.setToolTip(f"Drag to change where the {role} part begins.")
            line.setZValue(10)
            line.sigPositionChangeFinished.connect(self._let_go)

    def show_borders(self, borders: tuple[int, int], rows: int, theme: Theme) -> None:
        """Put the lines between the rows at the borders of a series of `rows`."""
        self._rows = rows
        limits = ((1, borders[1]), (borders[0], rows))
        for line, role, border, limit in zip(self.lines, _ROLES, borders, limits, strict=True):
            line.setBounds(limit)
            line.setValue(border)
            pen = theme.pen(role)
            pen.setStyle(Qt.PenStyle.DashLine)
            line.setPen(pen)
            line.setHoverPen(_wide(pen))
            if line.scene() is None:
                self._plot.addItem(line, ignoreBounds=True)

    def lock(self, locked: bool) -> None:
        """Let nobody move them, or everybody."""
        for line in self.lines:
            line.setMovable(not locked)

    def _let_go(self, _line: Any) -> None:
        first, second = (round(float(line.value())) for line in self.lines)
        self.moved.emit(first, second)


def _wide(pen: QPen) -> QPen:
    wide = QPen(pen)
    wide.setWidth(_WIDTH)
    wide.setStyle(Qt.PenStyle.SolidLine)
    return wide


def split_changes(data: DataConfig, borders: tuple[int, int], rows: int) -> dict[str, float]:
    """Settings for parts that begin at the `borders` of so many rows; shares stay shares, numbers of rows numbers."""
    return {
        "data.validation": _part(data.validation, borders[1] - borders[0], rows),
        "data.test": _part(data.test, rows - borders[1], rows),
    }


def _part(before: float, steps: int, rows: int) -> float:
    """A share has as many digits as it takes to tell one row."""
    return float(steps) if before >= 1 else round(steps / rows, len(str(rows)))
