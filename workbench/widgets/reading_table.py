"""A table to be read: nothing is typed into its cells, and Tab goes on from it as from any other part."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QTableWidget


class ReadingTable(QTableWidget):
    """Arrow keys go from cell to cell; Tab, which Qt would let go round within a table for ever, leaves it."""

    def __init__(self, name: str, title: str, columns: int = 0, *, one_row: bool = False) -> None:
        """`title` is what a screen reader says; with `one_row` a whole row is chosen, one at a time."""
        super().__init__(0, columns)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        if one_row:
            self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
            self.verticalHeader().hide()
            self.horizontalHeader().setHighlightSections(False)  # a chosen row is in all columns
