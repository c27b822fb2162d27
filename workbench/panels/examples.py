"""A few sequences of each kind, as small pictures with their labels: what the network is going to tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.doors.answers import Example
from workbench.looks.theme import GRID, Theme
from workbench.plots.answers.sequence_picture import are_square, picture_of, scaled

_WIDEST = 12 * GRID  # pixels of one picture
_MOST_LINES = 4  # inputs that can be told apart as lines in so little room; more are an image
_AS_LINES = "a line for each input, from the lowest to the highest value that it has in all of them"
_AS_IMAGE = "inputs from top to bottom, dark is low"
_READ, _SAID = 0.2, 0.6  # how dark a window is where it is read, and where it is answered
_PARTS = ("train", "validation", "test")


class Examples(QWidget):
    """Steps from left to right: a line for each input where they are few, else an image; square ones stand upright."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data_examples")
        self.setAccessibleName("Examples with their labels")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._examples: tuple[Example, ...] = ()
        self._square = False
        self._all = np.zeros((0, 1), np.float32)  # values of all examples (N, I), where they are drawn as lines

    def sizeHint(self) -> QSize:
        """Three in a row."""
        return QSize(3 * _WIDEST, 14 * GRID)

    def show_examples(self, examples: tuple[Example, ...]) -> None:
        """Other sequences."""
        self._examples = examples
        words = "; ".join(f"{e.label}: {e.values.shape[0]} steps" for e in examples)
        self.setAccessibleDescription(words)
        drawn = bool(examples) and all(is_drawn(example.values) for example in examples)
        self._all = np.concatenate([example.values for example in examples]) if drawn else np.zeros((0, 1), np.float32)
        self._square = are_square(example.values for example in examples)
        how = _AS_LINES if drawn else _AS_IMAGE
        self.setToolTip(f"One sequence of each: steps from left to right, {how}.")
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures in rows, a label below each."""
        if not self._examples:
            return
        with QPainter(self) as painter:
            font = painter.font()
            font.setPixelSize(self._theme.small)
            painter.setFont(font)
            columns = max(1, min(len(self._examples), -(-len(self._examples) // 2)))
            rows = -(-len(self._examples) // columns)
            wide, high = self.width() / columns, self.height() / rows
            for place, example in enumerate(self._examples):
                room = QRectF(place % columns * wide, place // columns * high, wide, high)
                self._paint(painter, example, room.adjusted(GRID / 2, 2, -GRID / 2, -2))

    def _paint(self, painter: QPainter, example: Example, room: QRectF) -> None:
        metrics = QFontMetrics(painter.font())
        words = QRectF(room.left(), room.bottom() - metrics.height(), room.width(), metrics.height())
        picture = QRectF(room.left(), room.top(), room.width(), room.height() - metrics.height() - 2)
        painter.setPen(QColor(self._theme.text))
        short = metrics.elidedText(example.label, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, short)
        if len(self._all):
            self._draw(painter, example, picture)
            return
        image = picture_of(example.values, self._theme, square=self._square)
        if self._square:  # keep its shape
            side = min(picture.width(), picture.height())
            picture = QRectF(picture.center().x() - side / 2, picture.top(), side, side)
        painter.drawImage(picture, image)

    def _draw(self, painter: QPainter, example: Example, room: QRectF) -> None:
        """A line for each input below the other; of a series each part in its colour."""
        painter.fillRect(room, QColor(self._theme.plot))
        steps, borders = len(example.values), (0, *example.borders, len(example.values))
        across = room.left() + room.width() * np.arange(steps) / max(steps - 1, 1)
        within = example.values if example.borders else self._all
        band = room.height() / example.values.shape[1]
        self._shade_window(painter, [float(across[row]) for row in example.window], room)
        for number, course in enumerate(scaled(example.values, within).T):
            down = room.top() + (number + 1) * band - 1 - (band - 2) * course
            for part, (first, last) in enumerate(pairwise(borders)):
                painter.setPen(self._theme.stroke(self._theme.pens[_PARTS[part]].color))
                _draw_line(painter, across[max(first - 1, 0) : last], down[max(first - 1, 0) : last])

    def _shade_window(self, painter: QPainter, across: Sequence[float], room: QRectF) -> None:
        """What one window of a series reads, and darker what it is answered by."""
        for first, last, alpha in zip(across, across[1:], (_READ, _SAID), strict=False):
            wide = max(last - first, 1.0)
            painter.fillRect(QRectF(first, room.top(), wide, room.height()), self._theme.color("accent", alpha))


def is_drawn(values: np.ndarray) -> bool:
    """Whether values (T, I) are drawn as lines."""
    steps, inputs = values.shape
    return bool(steps > _MOST_LINES >= inputs)


def _draw_line(painter: QPainter, across: np.ndarray, down: np.ndarray) -> None:
    """With gaps where values are missing."""
    for stretch in np.split(np.arange(len(down)), np.flatnonzero(~np.isfinite(down))):
        there = stretch[np.isfinite(down[stretch])]  # each stretch but the first begins with what is missing
        places = zip(across[there].tolist(), down[there].tolist(), strict=True)
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in places]))
