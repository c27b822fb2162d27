"""Labels and frames as every panel uses them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QToolButton, QVBoxLayout, QWidget

from workbench.theme import GRID


def label(text: str = "", role: str = "", name: str = "") -> QLabel:
    """A label that wraps; `role` is "muted", "small", "title", "strong" or "problem"."""
    made = QLabel(text)
    made.setProperty("role", role)
    made.setWordWrap(True)
    made.setObjectName(name)
    if name:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def column(widget: QWidget, margin: int = 0, spacing: int = GRID) -> QVBoxLayout:
    """A vertical layout on the grid."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(spacing)
    return layout


def frame(role: str) -> QFrame:
    """A frame in the colours of its role: "card", "message", or "notice"."""
    made = QFrame()
    made.setProperty("role", role)
    return made


class Fold(QWidget):
    """A heading that shows or hides what is below it."""

    def __init__(self, title: str, body: QWidget, name: str, open_at_first: bool = False) -> None:
        super().__init__()
        self._body = body
        self.button = QToolButton()
        self.button.setText(title)
        self.button.setCheckable(True)
        self.button.setChecked(open_at_first)
        self.button.setObjectName(name)
        self.button.setAccessibleName(title)
        self.button.setProperty("role", "fold")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.toggled.connect(self._show)
        layout = column(self, spacing=GRID // 2)
        layout.addWidget(self.button)
        layout.addWidget(body)
        self._show(open_at_first)

    def rename(self, title: str) -> None:
        """Another heading."""
        self.button.setText(title)
        self.button.setAccessibleName(title)

    def _show(self, opened: bool) -> None:
        self._body.setVisible(opened)
        self.button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
