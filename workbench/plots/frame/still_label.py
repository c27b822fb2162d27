"""A label for text that changes many times a second."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from workbench.calm import Calm

BETWEEN = " · "


class StillLabel(QWidget):
    """As wide as its longest text will be, from the start, so that the window is not laid out anew with every text.

    A plain label asks for that each time; laying out the whole window took 6 ms of every frame. And no text is written
    more often than it can be read.
    """

    def __init__(self, longest: str, *, role: str = "", alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft):
        super().__init__()
        self._longest, self._text = longest, ""
        self._writing = Calm(self, self._fit)
        self.label = QLabel(self)  # in no layout: what it asks for, nobody hears
        self.label.setProperty("role", role)
        self.label.setAlignment(alignment | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, *, at_once: bool = False) -> None:
        """Show `text`, as soon as the last could be read; of one that is too long, the parts that there is room for."""
        if text != self._text:
            self._text = text
            self._fit() if at_once else self._writing.ask()

    def text(self) -> str:
        """What was to be shown."""
        return self._text

    def _fit(self) -> None:
        metrics, text = self.label.fontMetrics(), self._text
        while metrics.horizontalAdvance(text) > self.width():
            text = text.rpartition(BETWEEN)[0]
        if text != self.label.text():
            self.label.setText(text)

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
        self._fit()
