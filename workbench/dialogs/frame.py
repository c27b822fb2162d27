"""What dialogs share: keys, room for all their text, a column at their side, and a row at their foot."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QToolButton, QWidget

from workbench.looks.theme import TEXT_BODY


class Dialog(QDialog):
    """Return presses the button that has the keys, and only where none has, the one that the dialog is for.

    Qt does the latter wherever buttons are not to be pressed by Return in a field: Return on Close would export.
    """

    def resize_for_text(self, width: int, height: int) -> None:
        """As large as `width` × `height` at the usual size of text, and with larger text no larger than the screen."""
        usual, scale = QSize(width, height), self.fontInfo().pixelSize() / TEXT_BODY
        self.resize((usual * scale).boundedTo(self.screen().availableSize()).expandedTo(usual))

    @property
    def button_with_keys(self) -> QPushButton | QToolButton | None:
        """The button that would be pressed by Space."""
        focused = self.focusWidget()
        return focused if isinstance(focused, QPushButton | QToolButton) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See above."""
        button = self.button_with_keys
        if button is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            button.click()
        else:
            super().keyPressEvent(event)


class TextDialog(Dialog):
    """A dialog as wide as it is meant to be for the size of text, and as high as its text then asks for.

    Texts wrap, so the height hangs on the width, and Qt sees to that only once, when a dialog is first shown.
    """

    def __init__(self, width: int, parent: QWidget | None) -> None:
        """`width` in pixels is the least, at the usual size of text."""
        super().__init__(parent)
        self._least = width

    def event(self, event: QEvent) -> bool:
        """Make room whenever something in it wants another size."""
        done = super().event(event)
        if event.type() == QEvent.Type.Show:
            self._make_room(0)
        elif event.type() == QEvent.Type.LayoutRequest:
            self._make_room(self.height())
        return done

    def _make_room(self, least: int) -> None:
        layout, scale = self.layout(), self.fontInfo().pixelSize() / TEXT_BODY
        if layout is None:
            return
        layout.activate()
        width = max(self.width(), layout.totalMinimumSize().width(), round(self._least * scale))
        needed = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else layout.totalSizeHint().height()
        self.resize(width, max(least, needed))


class Side(QWidget):
    """A column beside a picture, of a width that grows with the size of text."""

    def __init__(self, width: int) -> None:
        """`width` in pixels is that at the usual size of text."""
        super().__init__()
        self._usual = width
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        self.setFixedWidth(round(self._usual * self.fontInfo().pixelSize() / TEXT_BODY))


def closing_row(dialog: QDialog, name: str) -> QDialogButtonBox:
    """A row with the button that closes `dialog`, to which others may be added."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    close = buttons.button(QDialogButtonBox.StandardButton.Close)
    close.setObjectName(f"{name}_close")
    close.setAccessibleName("Close")
    close.setIcon(QIcon())
    close.setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    return buttons
