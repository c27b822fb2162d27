"""Numbers in rows and columns that have names: each cell with its colour and its number, the best in a frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.cell_walk import CellWalk

_HIGHEST, _WIDEST, _NAME = 8 * GRID, 16 * GRID, 16 * GRID  # pixels of a cell, and of a name


class ValueGrid(QWidget):
    """Painted rather than plotted, as there is nothing to zoom. NaN is a cell without a result."""

    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("value_grid")
        self.setAccessibleName("Result for each pair of values")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._names = ("", "")
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._values: NDArray[np.float64] = np.zeros((0, 0))
        self._best = (-1, -1)
        self.walked = CellWalk(self.update, self.words, self.hovered.emit)

    def minimumSizeHint(self) -> QSize:
        """Small places show the colours alone."""
        return QSize(16 * GRID, 12 * GRID)

    def show_values(
        self,
        names: tuple[str, str],
        rows: Sequence[str],
        columns: Sequence[str],
        values: NDArray[np.float64],
        best: tuple[int, int],
    ) -> None:
        """Paint `values` (rows, columns); `names` are what rows and columns stand for."""
        if (names, tuple(rows), tuple(columns)) != (self._names, self._rows, self._columns):
            self.walked.forget()
        self._names, self._rows, self._columns = names, tuple(rows), tuple(columns)
        self._values, self._best = values, best
        self.update()
        self.walked.read_again()

    def take_key(self, event: QKeyEvent) -> bool:
        """From cell to cell, or off them; False where the key is for others."""
        return self.walked.take_key(event, self._values.shape)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, cells, numbers, and a frame around the best."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setFont(self._font())
            self._paint_names(painter)
            for row in range(len(self._rows)):
                for column in range(len(self._columns)):
                    self._paint_cell(painter, row, column)
            if self._best[0] >= 0:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.text), 2))
                painter.drawRect(self._rect(*self._best).adjusted(1, 1, -1, -1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            self.walked.paint(painter, self._rect, self._theme, "accent")  # the best has a frame as well

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the cell under the mouse holds."""
        self.walked.hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing more of it."""
        super().leaveEvent(event)
        self.walked.mouse_left()

    def words(self, row: int, column: int) -> str:
        """One cell in words."""
        value = self._values[row, column]
        result = "no result" if np.isnan(value) else f"{value:.4g}"
        return f"{self._names[0]} {self._rows[row]}, {self._names[1]} {self._columns[column]}: {result}"

    def _font(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._theme.small)
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._font())

    def _margins(self) -> tuple[float, float]:
        """Room for names on the left, and for names and a heading on top."""
        widest = max((self._metrics().horizontalAdvance(name) for name in (*self._rows, self._names[0])), default=0.0)
        return min(widest + 2 * GRID, _NAME, self.width() / 3), 2.5 * self._metrics().height() + GRID

    def _rect(self, row: int, column: int) -> QRectF:
        left, top = self._margins()
        width = min((self.width() - left - GRID) / max(len(self._columns), 1), _WIDEST)
        height = min((self.height() - top - GRID) / max(len(self._rows), 1), _HIGHEST)
        return QRectF(left + column * width, top + row * height, width, height)

    def _at(self, place: QPointF) -> tuple[int, int] | None:
        return next(
            (
                (row, column)
                for row in range(len(self._rows))
                for column in range(len(self._columns))
                if self._rect(row, column).contains(place)
            ),
            None,
        )

    def _paint_names(self, painter: QPainter) -> None:
        left, top = self._margins()
        line, centred = self._metrics().height(), Qt.AlignmentFlag.AlignCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(left, 0, self.width() - left, line), Qt.AlignmentFlag.AlignLeft, self._names[1])
        painter.drawText(QRectF(0, top - 1.5 * line, left - GRID, line), right, self._names[0])
        painter.setPen(QColor(self._theme.text))
        for row, name in enumerate(self._rows):
            cell = self._rect(row, 0)
            short = self._metrics().elidedText(name, Qt.TextElideMode.ElideRight, left - GRID)
            painter.drawText(QRectF(0, cell.top(), left - GRID, cell.height()), right, short)
        for column, name in enumerate(self._columns):
            cell = self._rect(0, column)
            short = self._metrics().elidedText(name, Qt.TextElideMode.ElideRight, cell.width() - 2)
            painter.drawText(QRectF(cell.left(), top - 1.5 * line, cell.width(), line), centred, short)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        value, rect = self._values[row, column], self._rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        if np.isnan(value):
            painter.fillRect(rect, self._theme.color("grid", 0.35))
            return
        low, high = np.nanmin(self._values), np.nanmax(self._values)
        color = self._theme.color_map("magnitude").map((value - low) / (high - low or 1.0), mode="qcolor")
        painter.fillRect(rect, color)
        text = f"{value:.4g}"
        if self._metrics().horizontalAdvance(text) + 4 <= rect.width() and rect.height() >= self._metrics().height():
            painter.setPen(QColor("black" if color.lightnessF() > 0.45 else "white"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
