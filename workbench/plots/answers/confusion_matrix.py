"""A confusion matrix with its numbers: rows are the truth, columns what was answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.cell_walk import CellWalk

_LARGEST = 16 * GRID  # pixels of one cell
_LOWEST = 0.9  # of a line of text: cells below it have no names
_NAME = 14 * GRID  # pixels that a class's name may take
_HEADING = "answered →  truth ↓"


class ConfusionMatrix(QWidget):
    """Painted rather than plotted: names, numbers and grounds are sharp at any size, and nothing is to be zoomed."""

    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("confusion_matrix")
        self.setAccessibleName("Confusion matrix: rows are the truth, columns the answers")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.classes: tuple[str, ...] = ()
        self.walked = CellWalk(self.update, self.words, self.hovered.emit)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Small places show the colours alone."""
        return QSize(12 * GRID, 12 * GRID)

    def sizeHint(self) -> QSize:
        """Room for the largest cells."""
        size = len(self.classes) * _LARGEST + GRID
        return QSize(round(self._left) + size, round(self._top) + size)

    def show_counts(self, counts: NDArray[np.int64], classes: tuple[str, ...]) -> None:
        """Paint other numbers."""
        if classes != self.classes:
            self.walked.forget()
        self.counts, self.classes = counts, classes
        self._arrange()
        self.update()
        self.walked.read_again()

    def clear(self) -> None:
        """No classes."""
        self.show_counts(np.zeros((0, 0), np.int64), ())

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self._arrange()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cells of another size."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names, cells, numbers."""
        if not self.classes:
            return
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            font = painter.font()
            font.setPixelSize(self._theme.small)
            painter.setFont(font)
            self._paint_names(painter)
            for row in range(len(self.classes)):
                for column in range(len(self.classes)):
                    self._paint_cell(painter, row, column)
            self.walked.paint(painter, self._rect, self._theme)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what the cell under the mouse counts."""
        self.walked.hover(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing more of it."""
        super().leaveEvent(event)
        self.walked.mouse_left()

    def words(self, row: int, column: int) -> str:
        """What one cell counts, with its share of the true class."""
        count, total = int(self.counts[row, column]), int(self.counts[row].sum())
        share = f" of {total:,} ({percent(count / total)})" if total else ""
        return f"{self.classes[row]} answered as {self.classes[column]}: {count:,}{share}"

    # --- where everything stands ------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Once for all cells: to measure the names for each held the window up for 50 ms.

        On the left there is room for names, on top for a heading, and for names where something of each can be read.
        """
        font = self.font()
        font.setPixelSize(self._theme.small)
        self._letters = QFontMetricsF(font)
        widest = max((self._letters.horizontalAdvance(name) for name in self.classes), default=0.0)
        self._left = min(widest + GRID, _NAME, self.width() / 3) + 2 * GRID
        self._line = self._letters.height() + GRID / 2
        self._fit(2 * self._line)
        self._above = tuple(
            self._letters.elidedText(name, Qt.TextElideMode.ElideRight, self._wide - 2) for name in self.classes
        )
        if "…" in self._above:
            self._above = ()
            self._fit(self._line)

    def _fit(self, top: float) -> None:
        """Square cells as large as there is room for below `top`; wider where names and numbers need it."""
        self._top, count = top, max(len(self.classes), 1)
        across, down = (self.width() - self._left - GRID) / count, (self.height() - top - GRID) / count
        self._wide = self._high = max(2.0, min(across, down, _LARGEST))
        if self._high >= self._letters.height() * _LOWEST:
            most = f"{self.counts.sum(axis=1).max(initial=0):,}"  # which stays while the network learns
            needed = max(map(self._letters.horizontalAdvance, (most, *self.classes))) + GRID
            self._wide = max(self._high, min(needed, across, _LARGEST))

    def _rect(self, row: int, column: int) -> QRectF:
        wide, high = self._wide, self._high
        return QRectF(self._left + column * wide, self._top + row * high, wide, high)

    def _at(self, place: QPointF) -> tuple[int, int] | None:
        column, row = int((place.x() - self._left) // self._wide), int((place.y() - self._top) // self._high)
        inside = 0 <= row < len(self.classes) and 0 <= column < len(self.classes)
        return (row, column) if inside else None

    # --- painting ---------------------------------------------------------------------------------------

    def _paint_names(self, painter: QPainter) -> None:
        left, top, wide, high, metrics = self._left, self._top, self._wide, self._high, self._letters
        painter.setPen(QColor(self._theme.muted))
        begin = max(min(left, self.width() - metrics.horizontalAdvance(_HEADING)), 0)  # over the cells where it fits
        painter.drawText(QRectF(begin, 0, self.width() - begin, self._line), Qt.AlignmentFlag.AlignLeft, _HEADING)
        painter.setPen(QColor(self._theme.text))
        if high < metrics.height() * _LOWEST:
            return  # the mouse names what is too small to be written
        for place, name in enumerate(self.classes):
            short = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 1.5 * GRID)
            own = QRectF(0, top + place * high, left - GRID / 2, high)
            painter.drawText(own, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, short)
        for place, name in enumerate(self._above):
            own = QRectF(left + place * wide, top - self._line, wide, self._line)
            painter.drawText(own, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_cell(self, painter: QPainter, row: int, column: int) -> None:
        count, total = int(self.counts[row, column]), int(self.counts[row].sum())
        share, rect = count / total if total else 0.0, self._rect(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        role = "good" if row == column else "problem"
        painter.fillRect(rect, self._theme.color("grid", 0.35))
        if count:
            painter.fillRect(rect, self._theme.color(role, 0.15 + 0.75 * share))
        if rect.height() < self._letters.height() or rect.width() < self._letters.horizontalAdvance(f"{count:,}"):
            return
        deep = share > 0.5
        painter.setPen(QColor(self._theme.on_accent if deep else self._theme.text if count else self._theme.muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"{count:,}")
