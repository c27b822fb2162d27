"""Doing often what is asked for much more often."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSpinBox

_LEGIBLE_MS = 100  # for which a text stands at least: nobody reads faster, and to lay out and paint text takes time


class Calm(QObject):
    """Does something at once when it is asked for, and what is asked for soon after that ten times a second at most."""

    def __init__(self, parent: QObject, action: Callable[[], object]) -> None:
        super().__init__(parent)
        self._action, self._asked = action, False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_LEGIBLE_MS)
        self._rest.timeout.connect(self._rested)

    def ask(self) -> None:
        """Do it now, or at the end of the rest."""
        if self._rest.isActive():
            self._asked = True
            return
        self._rest.start()
        self._action()

    def _rested(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()


def limit(box: QSpinBox, most: int) -> None:
    """Set the largest number that can be chosen; only another one than before has the view laid out anew."""
    if box.maximum() != most:
        box.setMaximum(most)
