"""The cell of a painted matrix that keys walk to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from workbench.theme import Theme


class CellWalk:
    """Framed where the matrix is painted, and read out when it is reached or holds another number."""

    def __init__(self, repaint: Callable[[], object], read: Callable[[int, int], object]) -> None:
        self._repaint, self._read = repaint, read
        self.cell: tuple[int, int] | None = None  # row and column

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

    def go(self, row: int, column: int) -> None:
        """To one cell."""
        self.cell = row, column
        self._repaint()
        self.read_again()

    def leave(self) -> None:
        """No cell."""
        self.cell = None
        self._repaint()

    def read_again(self) -> None:
        """What the cell holds now, where there is one."""
        if self.cell is not None:
            self._read(*self.cell)

    def paint(
        self, painter: QPainter, rect_of: Callable[[int, int], QRectF], theme: Theme, color: str = "text"
    ) -> None:
        """A frame around the cell."""
        if self.cell is not None:
            painter.setPen(theme.stroke(theme.color(color), 2))
            painter.drawRect(rect_of(*self.cell))
