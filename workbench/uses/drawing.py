"""A small grid to draw a picture on, with the mouse or by keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme

_FINE = 4  # dots along the side of a square: its value is how many of its dots are inked, as in the digits of UCI
_NIB = 2.2  # radius of the pen in dots
_MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class DrawingPad(QWidget):
    """`side` × `side` squares. The left button draws, the right one wipes; by keys, arrows move and Space inks."""

    drawn = Signal()  # a stroke has ended, or a square has changed

    def __init__(self, side: int, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("use_drawing")
        self.setAccessibleName("Picture to be read: draw with the mouse, or move with the arrows and ink with Space")
        self.setToolTip("Left button draws, right button wipes. Arrows move, Space inks or wipes a square.")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._side, self._theme = side, theme
        self._dots = np.zeros((side * _FINE, side * _FINE), np.bool_)
        self._at = (side // 2, side // 2)  # the square that keys work on
        self._last: QPointF | None = None

    def minimumSizeHint(self) -> QSize:
        """Room to draw."""
        return QSize(24 * GRID, 24 * GRID)

    @property
    def ink(self) -> NDArray[np.float64]:
        """How much of every square is inked, (side, side) from 0 to 1."""
        return np.asarray(self._dots.reshape(self._side, _FINE, self._side, _FINE).mean(axis=(1, 3)))

    def clear(self) -> None:
        """An empty sheet."""
        self._dots[:] = False
        self._changed()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, ink, or wipe everything."""
        key = Qt.Key(event.key())
        if key in _MOVES:
            row, column = (at + by for at, by in zip(self._at, _MOVES[key], strict=True))
            self._at = min(max(row, 0), self._side - 1), min(max(column, 0), self._side - 1)
            self._say()
            self.update()
        elif key is Qt.Key.Key_Space:
            square = self._square(*self._at)
            square[:] = not square.all()
            self._changed()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A stroke begins."""
        self._last = None
        self._stroke(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """It goes on."""
        self._stroke(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """It has ended."""
        self._last = None
        self._changed()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Squares as dark as they are inked, and a frame around the one that keys work on."""
        with QPainter(self) as painter:
            left, top, size = self._place()
            painter.fillRect(QRectF(left, top, size * self._side, size * self._side), QColor(self._theme.plot))
            ink = self.ink
            for row, column in np.ndindex(*ink.shape):
                square = QRectF(left + column * size, top + row * size, size, size)
                painter.fillRect(square, self._theme.color("text", float(ink[row, column])))
                painter.setPen(QPen(QColor(self._theme.border)))
                painter.drawRect(square)
            if self.hasFocus():
                painter.setPen(QPen(QColor(self._theme.accent), 2))
                painter.drawRect(QRectF(left + self._at[1] * size, top + self._at[0] * size, size, size))

    def _stroke(self, event: QMouseEvent) -> None:
        left, top, size = self._place()
        here = (event.position() - QPointF(left, top)) * (_FINE / size)
        begun = self._last or here
        steps = max(1, round((here - begun).manhattanLength()))
        rows, columns = np.indices(self._dots.shape) + 0.5
        inks = bool(event.buttons() & Qt.MouseButton.LeftButton)
        for step in range(steps + 1):
            place = begun + (here - begun) * (step / steps)
            self._dots[(rows - place.y()) ** 2 + (columns - place.x()) ** 2 <= _NIB**2] = inks
        self._last = here
        self.update()

    def _square(self, row: int, column: int) -> NDArray[np.bool_]:
        return self._dots[row * _FINE : (row + 1) * _FINE, column * _FINE : (column + 1) * _FINE]

    def _place(self) -> tuple[float, float, float]:
        """Left, top, and the size of a square."""
        size = (min(self.width(), self.height()) - 4) / self._side
        return (self.width() - size * self._side) / 2, (self.height() - size * self._side) / 2, size

    def _changed(self) -> None:
        self._say()
        self.update()
        self.drawn.emit()

    def _say(self) -> None:
        row, column = self._at
        self.setAccessibleDescription(f"row {row + 1}, column {column + 1}: {percent(self.ink[row, column])} inked")
