"""The menu bar, which always gives back the keys that it took."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget
from shiboken6 import isValid


class MenuBar(QMenuBar):
    """Qt forgets who had the keys where a second menu is opened by its letter before the bar was left.

    Then Escape would leave them here, where nothing shows it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._before: QWidget | None = None  # who had the keys
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._note)

    @Slot(QWidget, QWidget)
    def _note(self, before: QWidget | None, now: QWidget | None) -> None:
        if now is self and before is not None and not isinstance(before, QMenu):
            self._before = before

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes a menu, then leaves the bar."""
        super().keyPressEvent(event)
        left = event.key() == Qt.Key.Key_Escape and self.hasFocus() and self.activeAction() is None
        if left and self._before is not None and isValid(self._before):
            self._before.setFocus(Qt.FocusReason.MenuBarFocusReason)
