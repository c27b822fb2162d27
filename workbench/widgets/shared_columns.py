"""A table whose columns fill its width: short texts take what they need, long ones share what that leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHeaderView

from workbench.looks.theme import GRID
from workbench.widgets.reading_table import ReadingTable


class SharedColumns(ReadingTable):
    """With columns of one width a short word had as much room as a sentence that was cut."""

    def __init__(self, name: str, title: str, columns: int, *, beside: Mapping[int, int]) -> None:
        """`beside` names columns that are as wide as another, so that words that come and go in them move nothing."""
        super().__init__(name, title, columns, one_row=True)
        self._beside = beside
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def share_width(self) -> None:
        """Give each column its part; call it when cells have other texts."""
        needs = [self._need(self._beside.get(column, column)) for column in range(self.columnCount())]
        for column, wide in enumerate(shares(needs, self.viewport().width())):
            self.setColumnWidth(column, wide)
        if self.verticalHeader().sectionResizeMode(0) == QHeaderView.ResizeMode.ResizeToContents:
            self.resizeRowsToContents()  # texts wrap otherwise

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other parts of another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.share_width()

    def _need(self, column: int) -> int:
        """Pixels of its widest text in one line, with a sign before it where another is as wide."""
        items, metrics = (self.item(row, column) for row in range(self.rowCount())), self.fontMetrics()
        sign = "✓\u00a0" if column in self._beside.values() else ""
        widest = max((metrics.horizontalAdvance(sign + item.text()) for item in items if item), default=0)
        return max(widest + GRID, self.horizontalHeader().sectionSizeHint(column))


def shares(needs: Sequence[int], room: int) -> list[int]:
    """Parts of `room`, all of it: at most an even part to each until all that need less have what they need."""
    short: dict[int, int] = {}
    while len(short) < len(needs):
        even = (room - sum(short.values())) // (len(needs) - len(short))
        more = {column: need for column, need in enumerate(needs) if column not in short and need <= even}
        if not more:
            return _filled([short.get(column, even) for column in range(len(needs))], room)
        short |= more
    over = max(room - sum(needs), 0) // max(len(needs), 1)
    return _filled([need + over for need in needs], room)


def _filled(widths: list[int], room: int) -> list[int]:
    """With what whole pixels left over in the last one."""
    if widths:
        widths[-1] += max(room - sum(widths), 0)
    return widths
