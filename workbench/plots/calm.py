"""Doing often what is asked for much more often."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QSpinBox

_LEGIBLE_MS = 100  # for which a text stands at least: nobody reads faster, and to lay out and paint text takes time


class Calm(QObject):
    """Does something at once when it is asked for, and what is asked for soon after that ten times a second at most.

    All of them rest until the same moments, so that what changes in a window is painted in one pass.
    """

    def __init__(self, parent: QObject, action: Callable[[], object]) -> None:
        super().__init__(parent)
        self._action, self._asked = action, False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setTimerType(Qt.TimerType.PreciseTimer)
        self._rest.timeout.connect(self._rested)

    def ask(self) -> None:
        """Do it now, or at the end of the rest."""
        if self._rest.isActive():
            self._asked = True
            return
        self._rest.start(_until_beat())
        self._action()

    def _rested(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()


def _until_beat() -> int:
    """Milliseconds until a rest that begins now ends: with those of all others, and after half its time at least."""
    left = _LEGIBLE_MS - round(1000 * time.monotonic()) % _LEGIBLE_MS
    return left if 2 * left >= _LEGIBLE_MS else left + _LEGIBLE_MS


def limit(box: QSpinBox, most: int) -> None:
    """Set the largest number that can be chosen; only another one than before has the view laid out anew."""
    if box.maximum() != most:
        box.setMaximum(most)
