"""Calls that are made in a moment, unless what they are about has gone by then."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid


def later(milliseconds: int, about: QObject, call: Callable[[], object]) -> None:
    """Call in so many milliseconds from the event loop, unless `about` was destroyed by then.

    Both are held until then and no longer. Told its context, `QTimer.singleShot` would keep the call for ever where
    that goes first; a timer that belongs to `about` would let go of the call while `about` is being destroyed, and
    where that held the last reference to it, destroy it twice.
    """

    def due() -> None:
        if isValid(about):
            call()

    QTimer.singleShot(milliseconds, due)
