"""A line for the path of a file or folder: its beginning and its end are seen where there is no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QLineEdit, QStyle, QStyleOptionFrame, QStylePainter

_BESIDE = 2  # pixels that Qt leaves at either side of what is typed


class PathLine(QLineEdit):
    """Has an ellipsis in its middle until it has the keys; the tool tip says the whole path."""

    def __init__(self, path: str = "") -> None:
        super().__init__()
        self.textChanged.connect(self.setToolTip)
        self.setText(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As Qt does it, while somebody types and where all of it fits."""
        option = QStyleOptionFrame()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, self)
        room.adjust(_BESIDE, 0, -_BESIDE, 0)
        shown = self.fitting(room.width())
        if self.hasFocus() or shown == self.text():
            super().paintEvent(event)
            return
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        with QStylePainter(self) as painter:
            assert isinstance(painter, QStylePainter)  # stub: a plain QPainter
            painter.drawPrimitive(QStyle.PrimitiveElement.PE_PanelLineEdit, option)
            painter.drawItemText(room, int(left), self.palette(), self.isEnabled(), shown, self.foregroundRole())

    def fitting(self, width: int) -> str:
        """As much of both ends as so many pixels hold."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, width)
