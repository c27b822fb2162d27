"""Which way keys go within a picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_FAR = 1 << 30  # further than any picture goes
_WAYS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Home: (-_FAR, 0), Qt.Key.Key_End: (_FAR, 0),
    Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


def way_of(event: QKeyEvent) -> tuple[int, int] | None:
    """How many places across and down an arrow, Home or End goes; None for other keys, and with Shift."""
    shifted = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return None if shifted else _WAYS.get(Qt.Key(event.key()))
