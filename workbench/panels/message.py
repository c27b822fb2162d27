"""A place in a panel that says what went wrong and what to do, without stopping anybody."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton

from workbench.looks.theme import GRID
from workbench.panels.labels import label
from workbench.spoken import announce


class Message(QFrame):
    """A framed text with a button that puts it away, and one that does something about it where `action` names it;
    hidden while there is nothing to say."""

    dismissed = Signal()
    acted = Signal()

    def __init__(self, name: str, title: str, role: str = "message", action: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setProperty("role", role)
        self._text = label(name=f"{name}_text")
        self._text.setTextFormat(Qt.TextFormat.PlainText)  # names of files and columns are as they are
        close = QToolButton()
        close.setText("✕")
        close.setToolTip("Put this message away")
        close.setObjectName(f"{name}_dismiss")
        close.setAccessibleName("Put this message away")
        close.setAutoRaise(True)
        close.clicked.connect(self.dismissed)
        self.close_button = close
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID // 2, GRID)
        layout.addWidget(self._text, 1)
        if action:
            self.action_button = act = QPushButton(action)
            act.setObjectName(f"{name}_act")
            act.setAccessibleName(action)
            act.clicked.connect(self.acted)
            layout.addWidget(act, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, text: str, dismissible: bool = True) -> None:
        """Show `text`, or nothing; to screen readers too, once, since the keys stay where they are."""
        news = text != self._text.text()
        self._text.setText(text)
        self.close_button.setVisible(dismissible)
        self.setVisible(bool(text))
        if news:
            announce(self, text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()
