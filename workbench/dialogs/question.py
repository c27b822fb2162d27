"""A box that says one thing and offers a few answers."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton, QTextEdit, QWidget

_TITLE = "RNN Workbench"
_ROLE, _ICON = QMessageBox.ButtonRole, QMessageBox.Icon


class Question(QMessageBox):
    """Qt's box, in which every part has a name; Escape gives the answer that changes nothing."""

    def __init__(self, name: str, text: str, more: str, parent: QWidget, icon: QMessageBox.Icon = _ICON.Question):
        """`more` is said below `text`, in smaller letters."""
        super().__init__(icon, _TITLE, text, parent=parent)
        self.setObjectName(name)
        self.setInformativeText(more)

    def offer(self, text: str, role: QMessageBox.ButtonRole = _ROLE.ActionRole) -> QPushButton:
        """An answer; the first one is what Return gives."""
        button = self.addButton(text, role)
        self._name(button, text)
        if self.defaultButton() is None:
            self.setDefaultButton(button)
        return button

    def offer_beside(self, text: str, call: Callable[[], object]) -> QPushButton:
        """What can be done before one answers: the question stays open."""
        button = self.offer(text)
        button.clicked.disconnect()  # from Qt's row of buttons, each of which ends a box
        button.clicked.connect(lambda: call())
        return button

    def leave(self, text: str) -> QPushButton:
        """The answer that changes nothing."""
        button = self.offer(text, _ROLE.RejectRole)
        self.setEscapeButton(button)
        return button

    def show_details(self, text: str) -> None:
        """What is unfolded by a button that Qt adds."""
        before = set(self.buttons())
        self.setDetailedText(text)
        for button in set(self.buttons()) - before:
            button.setObjectName(f"{self.objectName()}_fold")
            button.setAccessibleName("Details")
        for details in self.findChildren(QTextEdit):
            details.setObjectName(f"{self.objectName()}_details")
            details.setAccessibleName("Details")
            details.setTabChangesFocus(True)
            details.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # Qt lets a mouse alone scroll it

    def ask(self) -> None:
        """Open it, and let nobody wait for the answer."""
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.open()

    def _name(self, button: QPushButton, text: str) -> None:
        button.setObjectName(f"{self.objectName()}_{'_'.join(text.lower().rstrip('…').split())}")
        button.setAccessibleName(text.rstrip("…"))
