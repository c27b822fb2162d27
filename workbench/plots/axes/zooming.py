"""What a drag of the mouse does to plots, done by keys: zoom, and move what is seen."""

from __future__ import annotations

from collections.abc import Iterator

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from workbench.plots.axes.canvas import Canvas

_KEY = Qt.Key
_ZOOMS = {_KEY.Key_Plus: 0.8, _KEY.Key_Equal: 0.8, _KEY.Key_Minus: 1.25}  # what is seen then, of what was
_MOVES = {_KEY.Key_Left: (-1, 0), _KEY.Key_Right: (1, 0), _KEY.Key_Up: (0, 1), _KEY.Key_Down: (0, -1)}
_STRIDE = 0.1  # of what is seen


def turn(view: QWidget, event: QKeyEvent) -> bool:
    """Zoom all plots of `view` by plus and minus, move them by Shift and an arrow; False where it is another key."""
    key = Qt.Key(event.key())
    moves = event.modifiers() & Qt.KeyboardModifier.ShiftModifier and key in _MOVES
    if not moves and key not in _ZOOMS:
        return False
    share, (right, up) = _ZOOMS.get(key, 1.0), _MOVES[key] if moves else (0, 0)
    wanted = [(box, _wanted(box, share, right, up)) for box in _boxes(view)]  # before any goes along with another
    for box, ranges in wanted:
        if ranges:
            box.setRange(**ranges, padding=0)
    return True


def _boxes(view: QWidget) -> Iterator[pg.ViewBox]:
    for canvas in view.findChildren(Canvas):
        if canvas.isVisible():
            yield from (item for item in canvas.scene().items() if isinstance(item, pg.ViewBox))


def _wanted(box: pg.ViewBox, share: float, right: int, up: int) -> dict[str, tuple[float, float]]:
    """What is to be seen, of axes that are not tied to those of another box."""
    across, upward = box.viewRange()
    found = {}
    if not box.linkedView(box.XAxis):
        found["xRange"] = _part(across, share, right)
    if not box.linkedView(box.YAxis):
        found["yRange"] = _part(upward, share, -up if box.yInverted() else up)
    return found


def _part(seen: list[float], share: float, strides: int) -> tuple[float, float]:
    """A `share` of what is seen, around its middle, so many strides on."""
    low, high = seen
    middle, half = (low + high) / 2 + strides * _STRIDE * (high - low), share * (high - low) / 2
    return middle - half, middle + half
