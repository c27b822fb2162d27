"""The painting of a whole window, divided: all at once holds the event loop up for longer than a person likes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtWidgets import QWidget

from workbench.later import in_turn


def paint_in_turn(window: QWidget, parts: Iterable[QWidget]) -> None:
    """Let each of `parts` be painted in a turn of the event loop of its own, from when `window` is shown or painted."""
    for part in parts:
        part.setUpdatesEnabled(False)
        in_turn(window, partial(part.setUpdatesEnabled, True))
