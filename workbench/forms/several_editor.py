"""Several columns out of a few or ten thousand: ticked in a list below the box, which names those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from workbench.looks.theme import GRID
from workbench.widgets.elided_box import ElidedBox

_SEARCHED = 12  # columns from which on they are looked for by name
_ROWS = 14  # seen at once
_SPACING = 2  # pixels about a row
_Index = QModelIndex | QPersistentModelIndex


class Columns(QAbstractListModel):
    """Columns with their ticks."""

    ticked = Signal()  # by a person

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.options: tuple[tuple[str, str], ...] = ()  # name, and what is said of it
        self.chosen: frozenset[str] = frozenset()

    def show(self, options: Sequence[tuple[str, str]], chosen: frozenset[str]) -> None:
        """Offer these, with ticks at the chosen ones."""
        if self.options != tuple(options):
            self.beginResetModel()
            self.options, self.chosen = tuple(options), chosen
            self.endResetModel()
        elif self.chosen != chosen:
            self.chosen = chosen
            self.dataChanged.emit(self.index(0), self.index(len(self.options) - 1), [Qt.ItemDataRole.CheckStateRole])

    def tick(self, names: Sequence[str], on: bool) -> None:
        """What a person does to the ticks of these."""
        self.show(self.options, self.chosen.union(names) if on else self.chosen.difference(names))
        self.ticked.emit()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's name and default)
        """How many are offered."""
        return 0 if parent.isValid() else len(self.options)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words, name and tick of one."""
        name, words = self.options[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.UserRole:
            return name
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if name in self.chosen else Qt.CheckState.Unchecked
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a tick that was set or taken away."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.tick([self.options[index.row()][0]], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Each can be ticked."""
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable


class SeveralEditor(ElidedBox):
    """Any number of columns."""

    edited = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.columns = Columns(self)
        self.columns.ticked.connect(self._on_ticked)
        self._value: tuple[str, ...] = ()
        self.empty = "none"  # what no column comes to
        self.addItem(self.empty)

    @cached_property
    def _popup(self) -> _Popup:
        """Made when it is first opened: a window has several of these editors, and each list is a dozen widgets."""
        return _Popup(self, self.columns)

    def show_options(self, options: Sequence[tuple[str, str]]) -> None:
        """Offer columns: name, and what the list says."""
        self.columns.show(options, frozenset(self._value))

    def show_value(self, value: Any) -> None:
        """Tick what is chosen without saying so."""
        self._value = tuple(value)
        self.columns.show(self.columns.options, frozenset(self._value))
        text = ", ".join(self._value) if len(self._value) < 3 else f"{self._value[0]} and {len(self._value) - 1:,} more"
        self.setItemText(0, text or self.empty)

    def shorter(self) -> str:
        """How many there are."""
        return f"{len(self._value):,} columns" if len(self._value) > 1 else self.currentText()

    def showPopup(self) -> None:  # noqa: N802 (Qt's name)
        """The list, so that several can be ticked."""
        self._popup.open()

    def hidePopup(self) -> None:  # noqa: N802 (Qt's name)
        """Put the list away."""
        self._popup.hide()
        super().hidePopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """There is nothing to turn through."""
        event.ignore()

    def _on_ticked(self) -> None:
        chosen = self.columns.chosen
        self.edited.emit(tuple(name for name, _ in self.columns.options if name in chosen))


class ColumnsList(QListView):
    """A list with boxes to tick, which the theme knows by its name."""


class _Popup(QFrame):
    """The list below the box; of many columns with a line to look for some, which can be ticked at once."""

    def __init__(self, editor: SeveralEditor, columns: Columns) -> None:
        super().__init__(editor, Qt.WindowType.Popup)
        self.setObjectName("columns_popup")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._editor, self._columns = editor, columns
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(columns)
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = ColumnsList()
        self.list.setObjectName("columns_list")
        self.list.setAccessibleName("Columns")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setSpacing(_SPACING)
        self.list.setModel(self._found)
        self.search = QLineEdit()
        self.search.setObjectName("columns_search")
        self.search.setAccessibleName("Part of a column's name")
        self.search.setPlaceholderText("Part of a name")
        self.search.textChanged.connect(self._found.setFilterFixedString)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.search, 1)
        for text, on in (("All", True), ("None", False)):
            button = QPushButton(text)
            button.setObjectName(f"columns_{text.lower()}")
            button.setAccessibleName(f"{text} of those in the list")
            button.setToolTip(f"{text} of those in the list")
            button.setFixedWidth(7 * GRID)
            button.clicked.connect(lambda _checked=False, on=on: columns.tick(self._names(), on))
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._head)
        layout.addWidget(self.list, 1)

    def open(self) -> None:
        """Below the box, or above it where there is no room."""
        count = len(self._columns.options)
        many = count > _SEARCHED
        self.search.clear()
        self._head.setVisible(many)
        row = self.list.sizeHintForRow(0) + 2 * _SPACING
        self.list.setFixedHeight(row * max(1, min(count, _ROWS)) + 2 * _SPACING)
        self.setFixedWidth(max(self._editor.width(), 36 * GRID if many else 0))
        self.adjustSize()
        height = self.height()
        below, screen = self._editor.mapToGlobal(self._editor.rect().bottomLeft()), self._editor.screen()
        if below.y() + height > screen.availableGeometry().bottom():
            below.setY(self._editor.mapToGlobal(self._editor.rect().topLeft()).y() - height)
        self.move(below)
        self.show()
        (self.search if many else self.list).setFocus()
        if not many:
            self.list.setCurrentIndex(self._found.index(0, 0))

    def _names(self) -> list[str]:
        rows = range(self._found.rowCount())
        return [str(self._found.index(row, 0).data(Qt.ItemDataRole.UserRole)) for row in rows]
