"""Doing often what is asked for much more often."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSpinBox

_LEGIBLE_MS = 150  # for which a text stands at least: nobody reads faster, and to lay out and paint text takes time
_FRAME_MS = 40  # within which another frame is drawn, if one is drawn at all


class Calm(QObject):
    """Does something at once when it is asked for, and what is asked for soon after that when it has rested.

    With the usual rest that is some six times a second. What is asked for anew within another frame is done then:
    whatever it changes is painted with that.
    """

    def __init__(self, parent: QObject, action: Callable[[], object], rest_ms: int = _LEGIBLE_MS) -> None:
        super().__init__(parent)
        self._action, self._rest_ms = action, rest_ms
        self._asked = self._overdue = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._rested)

    def ask(self) -> None:
        """Do it now, or after the rest."""
        if self._rest.isActive() and not self._overdue:
            self._asked = True
        else:
            self._do()

    def _do(self) -> None:
        self._asked = self._overdue = False
        self._rest.start(self._rest_ms)
        self._action()

    def _rested(self) -> None:
        if self._overdue:
            self._do()
        elif self._asked:
            self._overdue = True
            self._rest.start(_FRAME_MS)


def limit(box: QSpinBox, most: int) -> None:
    """Set the largest number that can be chosen; only another one than before has the view laid out anew."""
    if box.maximum() != most:
        box.setMaximum(most)
