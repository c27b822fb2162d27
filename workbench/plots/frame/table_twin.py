"""A picture's numbers as a table, for who cannot see the picture or wants to read them."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from workbench.looks.theme import GRID
from workbench.plots.frame.saving import Cell, Table, cell_text

_Index = QModelIndex | QPersistentModelIndex

_ROWS_MEASURED, _WIDEST_COLUMN = 50, 50 * GRID  # rows after which columns are made as wide as they need; pixels
_LOOKED_AT, _FEW = 200, 4  # rows of a column; decimals that rounded numbers have, others are as exact as they are


def _decimals(text: str) -> int | None:
    """How many a number is written with; None for what is none, or has an exponent."""
    plain = text.lstrip("-").replace(".", "", 1).isdecimal()
    return len(text.partition(".")[2]) if plain else None


class TableTwin(QAbstractTableModel):
    """Read-only model over `Table`; new numbers and further rows keep selection and scroll position."""

    def __init__(self, table: Table) -> None:
        super().__init__()
        self._header, self._rows = table
        self._places: dict[int, int] = {}  # decimals of a column, once it was asked for

    def update(self, table: Table) -> None:
        """Show other numbers."""
        header, rows = table
        self._places, before = {}, len(self._rows)
        if header != self._header or len(rows) < before:
            self.beginResetModel()
            self._header, self._rows = header, rows
            self.endResetModel()
            return
        if len(rows) > before:
            self.beginInsertRows(QModelIndex(), before, len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        if before:
            self.dataChanged.emit(self.index(0, 0), self.index(before - 1, len(header) - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many rows there are; a table has no children."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are; a table has no children."""
        return 0 if parent is not None and parent.isValid() else len(self._header)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; numbers stand at the right."""
        value = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(value, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, value: Cell, column: int) -> str:
        """With as many decimals as the others of its column, where these are few: points stand below each other."""
        text = cell_text(value)
        if not isinstance(value, float) or (own := _decimals(text)) is None:
            return text
        if column not in self._places:
            known = [_decimals(cell_text(row[column])) for row in self._rows[:_LOOKED_AT]]
            self._places[column] = max((places for places in known if places is not None), default=0)
        places = self._places[column]
        return f"{value:.{places}f}" if own <= places <= _FEW else text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Column names; rows are counted from 1."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._header[section] if orientation == Qt.Orientation.Horizontal else str(section + 1)


class TwinView(QTableView):
    """A picture's table as it is read: by arrow keys from cell to cell, while Tab goes on to what is behind it."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.twin = TableTwin(((), []))
        self.setModel(self.twin)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setResizeContentsPrecision(_ROWS_MEASURED)
        self.horizontalHeader().setMaximumSectionSize(_WIDEST_COLUMN)
        self.twin.modelReset.connect(self.resizeColumnsToContents)
        self.twin.rowsInserted.connect(self._widen)

    def _widen(self) -> None:
        """Room for what the rows in sight need; no column becomes narrower while it is read."""
        for column in range(self.twin.columnCount()):
            wanted = min(self.sizeHintForColumn(column), _WIDEST_COLUMN)
            if wanted > self.columnWidth(column):
                self.setColumnWidth(column, wanted)
