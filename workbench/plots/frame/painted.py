"""What is painted rather than plotted."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.looks.theme import GRID, Theme


class Painted(QWidget):
    """Sharp at any size, and nothing is to be zoomed."""

    hovered = Signal(str)

    def __init__(self, theme: Theme, name: str, words: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._theme = theme

    def minimumSizeHint(self) -> QSize:
        """Room to see something."""
        return QSize(12 * GRID, 12 * GRID)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """In the theme's small letters."""
        with QPainter(self) as painter:
            painter.setFont(self._small())
            self.paint_in(painter)

    def paint_in(self, painter: QPainter) -> None:
        """Draw what there is."""

    def _small(self) -> QFont:
        font = self.font()
        font.setPixelSize(self._theme.small)
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._small())

    @property
    def _heading(self) -> float:
        """Pixels of the line above what is painted, for text of any size."""
        return self._metrics().height() + GRID
