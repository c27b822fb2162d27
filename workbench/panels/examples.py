"""A few sequences of each kind, as small pictures with their labels: what the network is going to tell apart."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.answers import Example
from workbench.theme import GRID, Theme

_WIDEST = 12 * GRID  # pixels of one picture


class Examples(QWidget):
    """Each picture has its steps from left to right and its inputs from top to bottom; square ones stand upright."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("data_examples")
        self.setAccessibleName("Examples with their labels")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme
        self._examples: tuple[Example, ...] = ()

    def sizeHint(self) -> QSize:
        """Three in a row."""
        return QSize(3 * _WIDEST, 14 * GRID)

    def show_examples(self, examples: tuple[Example, ...]) -> None:
        """Other sequences."""
        self._examples = examples
        words = "; ".join(f"{e.label}: {e.values.shape[0]} steps" for e in examples)
        self.setAccessibleDescription(words)
        self.setToolTip("One sequence of each: steps from left to right, inputs from top to bottom, dark is low.")
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pictures in rows, a label below each."""
        if not self._examples:
            return
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(self._theme.small)
        painter.setFont(font)
        columns = max(1, min(len(self._examples), -(-len(self._examples) // 2)))
        rows = -(-len(self._examples) // columns)
        wide, high = self.width() / columns, self.height() / rows
        for place, example in enumerate(self._examples):
            room = QRectF(place % columns * wide, place // columns * high, wide, high)
            self._paint(painter, example, room.adjusted(GRID / 2, 2, -GRID / 2, -2))
        painter.end()

    def _paint(self, painter: QPainter, example: Example, room: QRectF) -> None:
        metrics = QFontMetrics(painter.font())
        words = QRectF(room.left(), room.bottom() - metrics.height(), room.width(), metrics.height())
        picture = QRectF(room.left(), room.top(), room.width(), room.height() - metrics.height() - 2)
        image = picture_of(example.values, self._theme)
        if image.width() == image.height():  # a picture of something, read row by row: keep its shape
            side = min(picture.width(), picture.height())
            picture = QRectF(picture.center().x() - side / 2, picture.top(), side, side)
        painter.drawImage(picture, image)
        painter.setPen(QColor(self._theme.text))
        short = metrics.elidedText(example.label, Qt.TextElideMode.ElideRight, int(words.width()))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, short)


def picture_of(values: np.ndarray, theme: Theme) -> QImage:
    """Inputs (T, I), each brought to its own range, as an image of T × I pixels; I × T where both are the same."""
    low, high = values.min(axis=0), values.max(axis=0)
    if len(values) == values.shape[1]:
        low, high = values.min(), values.max()
    scaled = (values - low) / np.where(high > low, high - low, 1.0)
    upright = scaled if scaled.shape[0] == scaled.shape[1] else scaled.T
    colors = theme.color_map("magnitude").map(upright, mode="byte")
    pixels = np.ascontiguousarray(
        np.concatenate([colors[..., :3], np.full((*upright.shape, 1), 255)], axis=-1), np.uint8
    )
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], 4 * pixels.shape[1], QImage.Format.Format_RGBA8888)
    return image.copy()
