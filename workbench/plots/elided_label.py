"""A label that gives way: where there is no room for all of its text, it ends in an ellipsis."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from workbench.theme import GRID


class ElidedLabel(QLabel):
    """One line of plain text, as wide as it is where there is room."""

    def __init__(self, text: str = "", room: int = 4 * GRID) -> None:
        """`room` is what it keeps, in pixels, where it has to give way."""
        super().__init__(text)
        self.room = room

    def minimumSizeHint(self) -> QSize:
        """Room for some letters."""
        least = super().minimumSizeHint()
        return QSize(min(self.room, least.width()), least.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as fits."""
        painter = QPainter(self)
        room = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.style().drawItemText(
            painter, room, int(self.alignment()), self.palette(), self.isEnabled(), shown, self.foregroundRole()
        )
        painter.end()
