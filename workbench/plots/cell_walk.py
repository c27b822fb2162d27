"""The cell of a painted matrix that keys walk to."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from workbench.theme import Theme

Cell = tuple[int, int]  # row and column


def walked(cell: Cell | None, across: int, down: int, rows: int, columns: int) -> Cell:
    """The cell so many further, at most the last of its row or column; the first where there was none."""
    if cell is None:
        return 0, 0
    row, column = cell
    return min(max(row + down, 0), rows - 1), min(max(column + across, 0), columns - 1)


def paint_ring(painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """Around the cell that keys walked to."""
    painter.setPen(theme.stroke(theme.color("text"), 2))
    painter.drawRect(rect)
