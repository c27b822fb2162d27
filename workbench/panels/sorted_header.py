"""The heading of a narrow list that can be sorted."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHeaderView, QStyle, QStyleOptionHeader


class SortedHeader(QHeaderView):
    """Keeps room for the mark of sorting over the column that has it; Qt does over all, and names are cut for that."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.sortIndicatorChanged.connect(self.resizeSections)

    def sectionSizeFromContents(self, place: int) -> QSize:  # noqa: N802 (Qt's name)
        """Of the title, and the mark where this is what the list is sorted by."""
        size = super().sectionSizeFromContents(place)
        if self.isSortIndicatorShown() and place != self.sortIndicatorSection():
            size.setWidth(size.width() - self._mark())
        return size

    def _mark(self) -> int:
        """How much wider a title is with it, in this style."""
        plain, marked = QStyleOptionHeader(), QStyleOptionHeader()
        marked.sortIndicator = QStyleOptionHeader.SortIndicator.SortDown
        for option in (plain, marked):
            option.initFrom(self)
        kind = QStyle.ContentsType.CT_HeaderSection
        wide, narrow = (self.style().sizeFromContents(kind, each, QSize(), self).width() for each in (marked, plain))
        return wide - narrow
