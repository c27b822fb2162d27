"""Calls that are made in a moment, unless what they are about has gone by then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

TURN_MS = 1  # until the next turn of the event loop; of none, Qt makes two calls before it looks at any other timer
_in_turn: deque[tuple[QObject, Callable[[], object]]] = deque()


def later(milliseconds: int, about: QObject, call: Callable[[], object]) -> None:
    """Call in so many milliseconds from the event loop, unless `about` was destroyed by then.

    Both are held until then and no longer. Told its context, `QTimer.singleShot` would keep the call for ever where
    that goes first; a timer that belongs to `about` would let go of the call while `about` is being destroyed, and
    where that held the last reference to it, destroy it twice.
    """

    def due() -> None:
        if isValid(about):
            call()

    QTimer.singleShot(max(milliseconds, TURN_MS), due)


def in_turn(about: QObject, call: Callable[[], object]) -> None:
    """As `later`, each in a turn of the event loop of its own, in the order in which they were handed in.

    Calls that are due at the same time are otherwise made one after the other in a single turn, and hold it up.
    One that returns True is made again in the next turn, before those behind it.
    """
    _in_turn.append((about, call))
    if len(_in_turn) == 1:
        QTimer.singleShot(TURN_MS, _next)


def _next() -> None:
    about, call = _in_turn[0]
    again: object = False
    try:
        again = isValid(about) and call()
    finally:
        if again is not True:
            _in_turn.popleft()
        if _in_turn:
            QTimer.singleShot(TURN_MS, _next)
