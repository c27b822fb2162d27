"""The cell of a painted matrix that keys walk to, or that the mouse is over."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from workbench.looks.theme import Theme
from workbench.plots.frame.walk_keys import way_of


class CellWalk:
    """Framed where keys went to it, and read out when it is reached or holds another number."""

    def __init__(
        self, repaint: Callable[[], object], words: Callable[[int, int], str], say: Callable[[str], object]
    ) -> None:
        """`words` are those on a cell; none are to be said where there is no cell any more."""
        self._repaint, self._words, self._say = repaint, words, say
        self.cell: tuple[int, int] | None = None  # row and column that keys went to
        self._pointed: tuple[int, int] | None = None  # that the mouse is over

    def walk(self, across: int, down: int, shape: tuple[int, int]) -> bool:
        """Go so many cells on, at most to the last of its row or column, at first to the first; False without cells."""
        rows, columns = shape
        if not rows or not columns:
            return False
        row, column = self.cell or (0, 0)
        if self.cell is not None:
            row, column = min(max(row + down, 0), rows - 1), min(max(column + across, 0), columns - 1)
        self.go(row, column)
        return True

    def take_key(self, event: QKeyEvent, shape: tuple[int, int]) -> bool:
        """Go where an arrow, Home or End leads, or let go with Escape; False where the key is not for the cells."""
        way = way_of(event)
        if way is not None:
            return self.walk(*way, shape)
        if event.key() != Qt.Key.Key_Escape or self.cell is None:
            return False
        self.forget()
        return True

    def go(self, row: int, column: int) -> None:
        """To one cell."""
        self.cell, self._pointed = (row, column), None
        self._repaint()
        self.read_again()

    def leave(self) -> None:
        """No cell."""
        self.cell = self._pointed = None
        self._repaint()

    def forget(self) -> None:
        """Another matrix is painted: neither a cell of the one before nor its words."""
        if self.cell is not None or self._pointed is not None:
            self.hover(None)

    def hover(self, cell: tuple[int, int] | None) -> None:
        """Read out what is under the mouse, or nothing: it takes over from the keys."""
        self.leave()
        self._pointed = cell
        self._say(self._words(*cell) if cell else "")

    def mouse_left(self) -> None:
        """The words of what was under the mouse go with it; keys may have gone elsewhere since."""
        if self._pointed is not None:
            self.hover(None)

    def read_again(self) -> None:
        """What the cell holds now, where there is one."""
        cell = self.cell or self._pointed
        if cell is not None:
            self._say(self._words(*cell))

    def paint(
        self, painter: QPainter, rect_of: Callable[[int, int], QRectF], theme: Theme, color: str = "text"
    ) -> None:
        """A frame around the cell."""
        if self.cell is not None:
            painter.setPen(theme.stroke(theme.color(color), 2))
            painter.drawRect(rect_of(*self.cell))
