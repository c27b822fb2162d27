"""Pictures beside a text that was written: the tune as a piano roll, the digit that was read."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from engine.inside_records import Floats
from engine.wording.note_names import pitch_name
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.painted import Painted

_ROLL = "what was written in colour, what was wanted in grey", "written in colour, wanted in grey"
_READ = "the picture that was read"
_BEATS = (1, 2, 4, 8, 16, 32, 64, 128, 256)  # quarters between two numbers below a tune


class PianoRoll(Painted):
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


class GreyPicture(Painted):
    """A small grey picture that was read."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "grey_picture", _READ.capitalize())
        self.image: Floats = np.zeros((0, 0), np.float32)

    def show_image(self, image: Floats) -> None:
        """Paint another one, (rows, columns) from 0 to 1."""
        self.image = image
        self.update()

    def paint_in(self, painter: QPainter) -> None:
        """Each number a square, in a frame: its ground is that of the page."""
        if not self.image.size:
            return
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft, _READ)
        (rows, columns), top = self.image.shape, self._heading
        size = max(min((self.width() - 2 * GRID) / columns, (self.height() - top - GRID) / rows), 0.0)
        _paint_squares(painter, self.image, QPointF(GRID, top), size, self._theme)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(QRectF(GRID, top, columns * size, rows * size))


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
