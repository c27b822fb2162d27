"""Where a network looked while it wrote: a square for each symbol written and each symbol read."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QLinearGradient, QMouseEvent, QPainter

from engine.inside_records import Floats
from engine.wording.percentages import percent
from engine.wording.special_symbols import SPECIAL_NAMES
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.cell_walk import CellWalk
from workbench.plots.frame.painted import Painted

_LARGEST = 5 * GRID  # pixels of one cell
_STRIP = 8 * GRID  # pixels of the colours of the scale
_NAMES = 0.3  # of its height that the symbols read may take: the weights are what is to be seen
_BETWEEN = 2  # pixels between capitals below each other
_AXES = "attention: read →  written ↓   ■ the end", "attention: read →  written ↓", "read →  written ↓"


class AttentionMatrix(Painted):
    """How much each symbol written (rows) looked at each symbol read (columns)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "attention_matrix", "Attention: rows are the symbols written, columns those read")
        self.weights: Floats = np.zeros((0, 0), np.float32)
        self.read: tuple[str, ...] = ()
        self.written: tuple[str, ...] = ()
        self.walked = CellWalk(self.update, self.words, self.hovered.emit)
        self._mouse: QPointF | None = None  # while it is over this

    def show_weights(self, weights: Floats, read: tuple[str, ...], written: tuple[str, ...]) -> None:
        """Paint another pair's."""
        others = (read, written) != (self.read, self.written)
        if others:
            self.walked.forget()
        self.weights, self.read, self.written = weights, read, written
        self.update()
        if others and self._mouse is not None:  # it rests, and other symbols are under it
            self.walked.hover(self._cell_at(self._mouse))
        self.walked.read_again()

    def paint_in(self, painter: QPainter) -> None:
        """Symbols along both sides, and the darker the more was looked."""
        if not self.weights.size:
            return
        left, top, wide, high = self._places()
        rows, columns = self.weights.shape
        painter.fillRect(QRectF(left, top, columns * wide, rows * high), self._theme.color("plot"))

        def rect(row: int, column: int) -> QRectF:
            return QRectF(left + column * wide, top + row * high, wide, high)

        for row, column in np.ndindex(*self.weights.shape):
            painter.fillRect(rect(row, column), self._theme.color("accent", float(self.weights[row, column])))
        self._paint_names(painter, left, top, wide, high)
        self.walked.paint(painter, rect, self._theme)
        if self.hasFocus() and self.walked.cell is None:  # where the keys are
            painter.setPen(self._theme.stroke(self._theme.color("accent"), 2))
            painter.drawRect(QRectF(left, top, columns * wide, rows * high))

    def _places(self) -> tuple[float, float, float, float]:
        """Left, top, and a cell's width and height."""
        metrics = self._metrics()
        left = min(max(metrics.horizontalAdvance(name) for name in self.written) + GRID, self.width() / 3)
        longest = max(metrics.horizontalAdvance(name) for name in self.read)
        top = self._heading + min(longest, 10 * GRID, _NAMES * self.height())
        rows, columns = self.weights.shape
        high = min(max((self.height() - top - GRID / 2) / rows, 2.0), _LARGEST)
        return left, top, min(max((self.width() - left - GRID) / columns, 2.0), _LARGEST), high

    def _paint_names(self, painter: QPainter, left: float, top: float, wide: float, high: float) -> None:
        metrics = self._metrics()
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(0, 0, self.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, self.heading())
        self._paint_scale(painter, metrics)
        painter.setPen(QColor(self._theme.text))
        right, line = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, metrics.height()
        rows, columns = named(len(self.written), high, metrics), named(len(self.read), wide, metrics)
        for row in rows:
            short = metrics.elidedText(self.written[row], Qt.TextElideMode.ElideRight, left - GRID / 2)
            middle = top + (row + 0.5) * high
            painter.drawText(QRectF(0, middle - line / 2, left - GRID / 2, line), right, short)
        upright = any(len(name) > 2 for name in self.read)
        for column in columns:
            painter.save()
            painter.translate(left + (column + 0.5) * wide, top - GRID / 2)
            painter.rotate(-90 if upright else 0)
            short = metrics.elidedText(self.read[column], Qt.TextElideMode.ElideRight, top - self._heading)
            if upright:
                painter.drawText(QRectF(0, -line / 2, 10 * GRID, line), Qt.AlignmentFlag.AlignVCenter, short)
            else:
                painter.drawText(QRectF(-line, -line, 2 * line, line), Qt.AlignmentFlag.AlignCenter, short)
            painter.restore()
        painter.setBrush(QColor(self._theme.muted))
        painter.setPen(Qt.PenStyle.NoPen)
        middle = top - GRID / 2 - line / 2
        dots = [QPointF(left - GRID / 4, top + row * high) for row in left_out(rows)]  # not below the last letter
        for dot in dots + [QPointF(left + column * wide, middle) for column in left_out(columns)]:
            painter.drawEllipse(dot, self._theme.scale, self._theme.scale)

    def heading(self) -> str:
        """What is seen, in as many words as there is room for before the scale."""
        metrics, ends = self._metrics(), SPECIAL_NAMES[-1] in (*self.read, *self.written)
        words = _AXES if ends else _AXES[1:]
        room = self.width() - self._scale_room - metrics.horizontalAdvance("   ")
        return next((text for text in words if metrics.horizontalAdvance(text) <= room), words[-1])

    @property
    def _scale_room(self) -> float:
        """Pixels from the number at the left of the scale to that at its right."""
        return _STRIP + self._metrics().horizontalAdvance(f"{percent(0)}  {percent(1)}")

    def _paint_scale(self, painter: QPainter, metrics: QFontMetricsF) -> None:
        """Which colour is how much of the attention, behind the heading where there is room."""
        before, least, most = f"{self.heading()}   ", percent(0), percent(1)
        if metrics.horizontalAdvance(before) + self._scale_room > self.width():
            return
        strip = QRectF(metrics.horizontalAdvance(f"{before}{least} "), 3, _STRIP, metrics.height() - 5)
        colors = QLinearGradient(strip.topLeft(), strip.topRight())
        for place in (0.0, 1.0):
            colors.setColorAt(place, self._theme.color("accent", place))
        painter.fillRect(strip, colors)
        for text, x in ((least, metrics.horizontalAdvance(before)), (most, strip.right() + GRID / 2)):
            painter.drawText(QRectF(x, 0, self.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which symbols meet under the mouse."""
        self._mouse = event.position()
        self.walked.hover(self._cell_at(self._mouse))

    def _cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """Row and column there; None beside them all."""
        if not self.weights.size:
            return None
        left, top, wide, high = self._places()
        column, row = int((place.x() - left) // wide), int((place.y() - top) // high)
        return (row, column) if 0 <= row < len(self.written) and 0 <= column < len(self.read) else None

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing more of it."""
        super().leaveEvent(event)
        self._mouse = None
        self.walked.mouse_left()

    def take_key(self, event: QKeyEvent) -> bool:
        """From cell to cell, or off them; False where the key is for others."""
        return self.walked.take_key(event, self.weights.shape)

    def words(self, row: int, column: int) -> str:
        """One weight in words."""
        written, read = _symbol(self.written[row]), _symbol(self.read[column])
        return f"writing {written} looked at {read}: {percent(self.weights[row, column], 1)}"


def _symbol(name: str) -> str:
    """A symbol amid words."""
    return "the end" if name == SPECIAL_NAMES[-1] else repr(name)


def named(count: int, size: float, metrics: QFontMetricsF) -> range:
    """Which of `count` rows or columns of `size` pixels are named: each, or as many as do not touch."""
    return range(0, count, max(math.ceil((metrics.capHeight() + _BETWEEN) / size), 1))


def left_out(shown: range) -> list[float]:
    """The middle of each gap between those that are named, in rows or columns.

    A dot stands there: "M t w c" for "Mittwoch" read like a mistake of the network.
    """
    gaps = [(start, min(shown.step, shown.stop - start)) for start in shown]
    return [start + (1 + gap) / 2 for start, gap in gaps if gap > 1]
