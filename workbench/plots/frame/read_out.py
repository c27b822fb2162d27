"""The values under the mouse, at the foot of a picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent

from workbench.plots.frame.elided_label import ElidedLabel

_MOST_LINES = 3


class ReadOut(ElidedLabel):
    """Where they stand over a part of the picture, a line parts them from it: it goes on below, and is not cut."""

    over = False

    def __init__(self) -> None:
        super().__init__(lines=_MOST_LINES)
        self.setProperty("role", "small")
        self.setTextFormat(Qt.TextFormat.PlainText)  # a token such as <s> is no markup
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # it covers what is read
        self.setAutoFillBackground(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The values, and the line."""
        super().paintEvent(event)
        if self.over:
            with QPainter(self) as painter:
                painter.setPen(self.palette().mid().color())
                painter.drawLine(0, 0, self.width() - 1, 0)
