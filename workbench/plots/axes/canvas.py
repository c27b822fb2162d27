"""The pyqtgraph surface all pictures are drawn on: one behaviour of the mouse everywhere."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QGraphicsWidget, QSizePolicy

from workbench.looks.theme import Theme


class Canvas(pg.GraphicsView):
    """Drag zooms, double click shows everything, click pins; the context menu is left to the view around it.

    Signals give the place in the scene; `left` comes when the mouse has gone.
    """

    moved = Signal(QPointF)
    clicked = Signal(QPointF)
    doubled = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the view takes the keys
        self.setMinimumSize(80, 80)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # layouts share out by stretch alone
        self.centralLayout.setContentsMargins(0, 4, 0, 0)
        self.centralLayout.setSpacing(0)
        self.scene().sigMouseMoved.connect(self._move)
        self.scene().sigMouseClicked.connect(self._click)

    def dress(self, theme: Theme) -> None:
        """Take the ground of `theme`."""
        self.setBackground(theme.plot)

    def put(self, item: QGraphicsWidget, row: int, column: int) -> None:
        """Place `item`; it has its room with the next layout."""
        self.centralLayout.addItem(item, row, column)

    def empty(self) -> None:
        """Take away all that was put."""
        layout, scene = self.centralLayout, self.scene()
        for index in reversed(range(layout.count())):
            item = layout.itemAt(index).graphicsItem()
            layout.removeAt(index)
            scene.removeItem(item)

    def fill(self) -> None:
        """Give what is drawn all the room again: emptied of its items, it had shrunk to nothing and stays so."""
        self.centralLayout.invalidate()
        self.centralWidget.setGeometry(self.range)

    def leaveEvent(self, event: QEvent) -> None:
        """Say that the mouse has gone."""
        super().leaveEvent(event)
        self.left.emit()

    def _move(self, place: QPointF) -> None:
        self.moved.emit(place)

    def _click(self, click: Any) -> None:
        if click.button() != Qt.MouseButton.LeftButton:
            return
        if click.double():
            self.doubled.emit()
        else:
            self.clicked.emit(click.scenePos())
