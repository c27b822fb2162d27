"""Doing often what is asked for much more often."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSpinBox

_LEGIBLE_MS = 85  # for which a text stands at least: nobody reads faster, and to lay out and paint text takes time
_FRAME_MS = 40  # within which another frame is drawn, if one is drawn at all


class Calm(QObject):
    """Does something at once when it is asked for, and what is asked for soon after that ten times a second at most.

    It is then done when it is asked for anew, if that is soon: with a frame, whatever it changes is painted with that.
    """

    def __init__(self, parent: QObject, action: Callable[[], object]) -> None:
        super().__init__(parent)
        self._action, self._asked, self._overdue = action, False, False
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
        self._rest.start(_LEGIBLE_MS)
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
