"""What a screen reader is told that is seen in another place than where the keys are."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget


def announce(widget: QWidget, text: str) -> None:
    """Have `text` spoken once, in the name of `widget`, where anybody listens."""
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


def tell_fold(button: QWidget, opened: bool) -> None:
    """Tell of a button whether what it folds is seen; to screen readers, one to check would be a check box."""
    said = "shown" if opened else "hidden"
    if said != button.accessibleDescription():
        button.setAccessibleDescription(said)
        if button.hasFocus():
            announce(button, said)


def name_with(widget: QWidget, name: str, value: str) -> None:
    """Name a slider with what its place stands for: of itself it would say the place, as 137 of 200."""
    said = f"{name}: {value}"
    if said != widget.accessibleName():
        widget.setAccessibleName(said)
        if widget.hasFocus():
            announce(widget, value)
