"""The first painting of a window, divided: all of it at once holds the event loop up for longer than a person likes."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from workbench.later import later


def paint_in_turn(window: QWidget, parts: Iterable[QWidget]) -> None:
    """Let each of `parts` be painted in a turn of the event loop of its own; call it before `window` is shown."""
    waiting = list(parts)
    for part in waiting:
        part.setUpdatesEnabled(False)

    def go_on() -> None:
        if waiting:
            waiting.pop(0).setUpdatesEnabled(True)
            later(0, window, go_on)

    later(0, window, go_on)
