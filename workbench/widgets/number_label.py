"""A label for a number that changes many times a second, in a bar of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel

_LETTER = 0.58  # of the size of text: how wide one is


class NumberLabel(QLabel):
    """Grows where a text needs more room than any before; with every other nothing is laid out anew.

    A plain label asks for that each time, and the whole window is laid out, which takes 6 ms.
    """

    def __init__(self, ground: QPalette.ColorRole, letters: int = 0, gap: int = 0) -> None:
        """On a bar with that `ground`, which it fills by itself, or all of the window would be painted with it.

        Room for so many `letters` is kept even when there is no text, and `gap` pixels are left behind one.
        """
        super().__init__()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(ground)
        self.setForegroundRole(QPalette.ColorRole.WindowText)  # whatever Qt finds to go with such a ground
        self._letters, self._gap = letters, gap

    def show_text(self, text: str) -> None:
        """Show `text`; an empty one takes no more than the room that is kept."""
        if text == self.text():
            return
        self.setText(text)
        self._fit(self.width() if text else 0)

    def changeEvent(self, event: QEvent) -> None:
        """Text of another size takes other room, which the bar has to be told: of a fixed size Qt does not."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit(0)
            if bar := self.parentWidget():
                QCoreApplication.postEvent(bar, QEvent(QEvent.Type.LayoutRequest))

    def _fit(self, least: int) -> None:
        metrics = self.fontMetrics()
        kept = round(self._letters * self.font().pixelSize() * _LETTER) + self._gap
        # Not its hint, which is never less than the size that was set before.
        written = metrics.horizontalAdvance(self.text()) + self._gap if self.text() else 0
        wide = max(least if self.isVisible() else 0, kept if self._letters else 0, written)
        if self.minimumSize() != self.maximumSize() or (wide, metrics.height()) != (self.width(), self.height()):
            self.setFixedSize(wide, metrics.height())  # of a fixed size, Qt does not ask for a layout
