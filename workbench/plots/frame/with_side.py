"""A picture with a panel of words at its right, which gives way to it where room is short."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from workbench.looks.theme import GRID

_WIDE = 300  # pixels of the panel where there is room
_MOST = 3 / 8  # of all there is


class WithSide(QSplitter):
    """The picture has five eighths at least, until a person divides it otherwise."""

    def __init__(self, picture: QWidget, side: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._divided = False  # by a person
        self.addWidget(picture)
        self.addWidget(side)
        self.setStretchFactor(0, 1)
        self.setHandleWidth(GRID)
        self.splitterMoved.connect(self._keep)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Divide anew."""
        super().resizeEvent(event)
        if not self._divided:
            side = min(_WIDE, round(_MOST * self.width()))
            self.setSizes([self.width() - side, side])

    def _keep(self) -> None:
        self._divided = True
