"""Calls that are made in a moment, unless what they are about has gone by then."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def later(milliseconds: int, about: QObject, call: Callable[[], object]) -> None:
    """Call in so many milliseconds from the event loop, and never once `about` was destroyed.

    `QTimer.singleShot` keeps the call for ever then, and all that hangs on it: a window that was closed meanwhile. The
    call is let go of while `about` is being destroyed, so it must not hold the last reference to what that belongs to.
    """
    timer = QTimer(about, singleShot=True, interval=milliseconds)
    timer.timeout.connect(call)
    timer.timeout.connect(timer.deleteLater)
    timer.start()
