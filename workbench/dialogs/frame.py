"""What every dialog has at its foot."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox


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
