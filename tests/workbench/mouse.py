"""A mouse that is where it is said to be, whatever lies on the screen and wherever it was before."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

_NONE = Qt.MouseButton.NoButton


def move_over(widget: QWidget, place: QPoint | QPointF) -> None:
    """Tell `widget` that the mouse moves over it, with no button pressed."""
    here = QPointF(place)
    there = QPointF(widget.mapToGlobal(here))
    event = QMouseEvent(QMouseEvent.Type.MouseMove, here, there, _NONE, _NONE, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
