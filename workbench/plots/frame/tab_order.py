"""The order in which Tab goes through a picture: as it is read, whatever was made last."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from workbench.looks.theme import GRID

_ROW = 2 * GRID  # pixels of height within which controls stand in one row


def order_tabs(picture: QWidget) -> None:
    """From the picture through its controls, from above and from the left, to whatever comes behind it."""
    stops = [part for part in picture.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
    # Lists that fold out are windows of their own, and what has a proxy never has the keys itself.
    here = [part for part in stops if part.window() is picture.window() and part.focusProxy() is None]
    before = picture
    for part in sorted(here, key=lambda part: _row_and_place(part, picture)):
        QWidget.setTabOrder(before, part)
        before = part


def _row_and_place(part: QWidget, picture: QWidget) -> tuple[int, int]:
    middle = part.mapTo(picture, part.rect().center())
    return middle.y() // _ROW, part.mapTo(picture, QPoint()).x()
