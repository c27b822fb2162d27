"""The one time step that all views with a time axis look at together."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class TimeCursor(QObject):
    """A position on the time axis of the pinned sequence: it follows the mouse until it is pinned by a click.

    `moved` is emitted after every change; who hears it reads `position`.
    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._position: int | None = None
        self._pinned = False

    @property
    def position(self) -> int | None:
        """Index of the time step, counted from 0; None when no step is looked at."""
        return self._position

    @property
    def pinned(self) -> bool:
        """True when the position stays where it is while the mouse moves."""
        return self._pinned

    def hover(self, position: int | None) -> None:
        """Follow the mouse; None when it has left. Ignored while pinned."""
        if not self._pinned:
            self._move(position)

    def pin(self, position: int) -> None:
        """Stay at `position`; a second click on the same step lets go."""
        if self._pinned and position == self._position:
            self.release()
            return
        held, self._pinned = self._pinned, True
        self._move(position, always=not held)

    def release(self) -> None:
        """Forget the position and follow the mouse again."""
        self._pinned = False
        self._move(None)

    def walk(self, by: int, length: int) -> None:
        """Go `by` steps along a sequence of `length` steps and stay there: what the arrow keys do."""
        if length < 1:
            return
        start = self._position if self._position is not None else (-1 if by > 0 else length)
        self._pinned = True
        self._move(min(max(start + by, 0), length - 1))

    def _move(self, position: int | None, *, always: bool = False) -> None:
        if always or position != self._position:
            self._position = position
            self.moved.emit()
