"""A label that gives way: where there is no room for all of its text, it ends in an ellipsis."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from workbench.looks.theme import GRID


class ElidedLabel(QLabel):
    """A line or some lines of plain text, as wide as it is where there is room."""

    def __init__(self, text: str = "", room: int = 4 * GRID, lines: int = 1) -> None:
        """`room` is what it keeps, in pixels, where it has to give way; `lines` what it takes at most."""
        super().__init__(text)
        self.room, self.lines = room, 0
        self.limit(lines)

    def limit(self, lines: int) -> None:
        """Take so many lines at most."""
        if lines != self.lines:
            self.lines = lines
            self.setWordWrap(lines > 1)

    def minimumSizeHint(self) -> QSize:
        """Room for some letters."""
        least = super().minimumSizeHint()
        return QSize(min(self.room, least.width()), least.height() if self.lines == 1 else self._line)

    def heightForWidth(self, width: int) -> int:
        """As many lines as the text takes, and as there may be."""
        return min(super().heightForWidth(width), self.lines * self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as fits."""
        with QPainter(self) as painter:
            room = self.contentsRect()
            wraps = int(Qt.TextFlag.TextWordWrap) if self.lines > 1 else 0
            flags = int(self.alignment()) | wraps
            self.style().drawItemText(
                painter, room, flags, self.palette(), self.isEnabled(), self.fitting(room), self.foregroundRole()
            )

    def fitting(self, room: QRect) -> str:
        """The text, or as many of its letters as there is room for."""
        text, metrics, wide = self.text(), self.fontMetrics(), self.lines * room.width()
        flags = int(Qt.TextFlag.TextWordWrap)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide)
        while self.lines > 1 and metrics.boundingRect(room, flags, shown).height() > room.height() and wide > self.room:
            wide -= self.room  # words that are not parted leave room at the end of a line
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, wide)
        return shown

    @property
    def _line(self) -> int:
        return self.fontMetrics().lineSpacing()
