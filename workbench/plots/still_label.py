"""A label for text that changes many times a second."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class StillLabel(QWidget):
    """As wide as its longest text will be, from the start, so that the window is not laid out anew with every text.

    A plain label asks for that each time; laying out the whole window took 6 ms of every frame.
    """

    def __init__(self, longest: str, *, role: str = "", alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft):
        super().__init__()
        self._longest = longest
        self.label = QLabel(self)  # in no layout: what it asks for, nobody hears
        self.label.setProperty("role", role)
        self.label.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show `text`; what is too long is cut off."""
        if text != self.label.text():
            self.label.setText(text)

    def text(self) -> str:
        """What is shown."""
        return self.label.text()

    def sizeHint(self) -> QSize:
        """Of the longest text."""
        self.label.ensurePolished()
        metrics = self.label.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._longest) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """It gives way."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The label fills it."""
        super().resizeEvent(event)
        self.label.resize(event.size())
