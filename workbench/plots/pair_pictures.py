"""Pictures beside a text that was written: where the network looked, the tune as a piano roll, the digit it read."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QIcon,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.inside_records import Floats
from engine.note_names import pitch_name
from engine.percentages import percent
from engine.special_symbols import SPECIAL_NAMES
from workbench.plots.cell_walk import CellWalk
from workbench.theme import GRID, Theme

_LARGEST = 5 * GRID  # pixels of one cell
_STRIP = 8 * GRID  # pixels of the colours of the scale
_NAMES = 0.3  # of its height that the symbols read may take: the weights are what is to be seen
_BETWEEN = 2  # pixels between capitals below each other
_AXES = "attention: read →  written ↓   ■ the end", "attention: read →  written ↓", "read →  written ↓"
_ROLL = "what was written in colour, what was wanted in grey", "written in colour, wanted in grey"
_BEATS = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # quarters between two numbers below a tune


class _Painted(QWidget):
    """Painted rather than plotted: sharp at any size, and nothing is to be zoomed."""

    hovered = Signal(str)

    def __init__(self, theme: Theme, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme

    def minimumSizeHint(self) -> QSize:
        """Room to see something."""
        return QSize(12 * GRID, 12 * GRID)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the theme's small letters."""
        with QPainter(self) as painter:
            painter.setFont(self._small())
            self.paint_in(painter)

    def paint_in(self, painter: QPainter) -> None:
        """Draw what there is."""

    def _small(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._theme.small)
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._small())

    @property
    def _heading(self) -> float:
        """Pixels of the line above what is painted, for text of any size."""
        return self._metrics().height() + GRID


class AttentionMatrix(_Painted):
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
        dots = [QPointF(left - GRID, top + row * high) for row in left_out(rows)]
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


class PianoRoll(_Painted):
    """A tune: time to the right, pitch upward; the one that was written over the one that was wanted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "piano_roll", "Piano roll: time to the right, pitch upward")
        self.tunes: tuple[tuple[tuple[int, float], ...], ...] = ()

    def show_tunes(self, written: tuple[tuple[int, float], ...], wanted: tuple[tuple[int, float], ...]) -> None:
        """Paint another pair's, each note a pitch and a length in quarters."""
        self.tunes = (wanted, written)
        self.update()

    def paint_in(self, painter: QPainter) -> None:
        """The wanted tune in grey, the written one in colour, C marked and all named where there is room."""
        notes = [note for tune in self.tunes for note in tune if note[0] >= 0]  # below are rests
        if not notes:
            return
        low, high = min(pitch for pitch, _ in notes) - 1, max(pitch for pitch, _ in notes) + 1
        longest = max(sum(length for _, length in tune) for tune in self.tunes)
        line = self._metrics().height()
        left, top, foot = 4 * GRID * self._theme.scale, self._heading, line + GRID / 2
        wide, tall = (self.width() - left - GRID) / longest, (self.height() - top - foot) / (high - low + 1)
        self._paint_time(painter, left, wide, longest)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, self.heading())
        for pitch in range(low, high + 1):
            row = QRectF(left, top + (high - pitch) * tall, self.width() - left - GRID, tall)
            if pitch % 12 == 0:
                painter.fillRect(row, self._theme.color("grid", 0.5))
            if pitch % 12 == 0 or tall >= line:
                name = QRectF(0, row.top() - GRID, left - GRID, tall + 2 * GRID)
                painter.drawText(name, Qt.AlignmentFlag.AlignCenter, pitch_name(pitch))
        for tune, color in zip(
            self.tunes, (self._theme.color("muted", 0.45), self._theme.color("accent", 0.9)), strict=True
        ):
            at = 0.0
            for pitch, length in tune:
                bar = QRectF(left + at * wide + 0.5, top + (high - pitch) * tall, length * wide - 1, tall)
                if pitch >= 0:
                    painter.fillRect(bar, color)
                at += length

    def heading(self) -> str:
        """What the colours mean, in as many words as there is room for."""
        metrics, words = self._metrics(), _ROLL if self.tunes[0] else ("the tune that was written",)
        fitting = (text for text in words if metrics.horizontalAdvance(text) <= self.width())
        return next(fitting, metrics.elidedText(words[-1], Qt.TextElideMode.ElideRight, self.width()))

    def _paint_time(self, painter: QPainter, left: float, wide: float, longest: float) -> None:
        """Quarters below, as many numbers as there is room for, and what they count at the end."""
        metrics, unit = self._metrics(), "quarters"
        room = metrics.horizontalAdvance(f"{longest:.0f}") + 2 * GRID
        step = next((beats for beats in _BEATS if beats * wide > room), _BEATS[-1])
        end = self.width() - GRID - metrics.horizontalAdvance(unit)
        row = self.height() - metrics.height()
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(end, row, self.width() - end, metrics.height()), Qt.AlignmentFlag.AlignLeft, unit)
        for at in range(0, int(longest) + 1, step):
            number = QRectF(left + at * wide - room / 2, row, room, metrics.height())
            if number.right() < end:
                painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(at))


class GreyPicture(_Painted):
    """A small grey picture that was read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "grey_picture", "The picture that was read")
        self.image: Floats = np.zeros((0, 0), np.float32)

    def show_image(self, image: Floats) -> None:
        """Paint another one, (rows, columns) from 0 to 1."""
        self.image = image
        self.update()

    def paint_in(self, painter: QPainter) -> None:
        """Each number a square."""
        if not self.image.size:
            return
        size = min((self.width() - 2 * GRID) / self.image.shape[1], (self.height() - 2 * GRID) / self.image.shape[0])
        _paint_squares(painter, self.image, QPointF(GRID, GRID), size, self._theme)


def thumbnail(image: Floats, pixels: int, theme: Theme) -> QIcon:
    """A picture (rows, columns) from 0 to 1 as large as a line of a table."""
    made = QPixmap(pixels, pixels)
    made.fill(theme.color("plot"))
    with QPainter(made) as painter:
        _paint_squares(painter, image, QPointF(0, 0), pixels / max(image.shape), theme)
    icon = QIcon(made)
    icon.addPixmap(made, QIcon.Mode.Selected)  # not tinted where its row is chosen
    return icon


def _paint_squares(painter: QPainter, image: Floats, corner: QPointF, size: float, theme: Theme) -> None:
    for row, column in np.ndindex(*image.shape):
        rect = QRectF(corner.x() + column * size, corner.y() + row * size, size, size)
        painter.fillRect(rect, theme.color("text", float(image[row, column])))
