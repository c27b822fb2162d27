"""Everything that can be done, by name: type some letters, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from workbench.dialogs.fuzzy import mentions, score
from workbench.looks.theme import GRID
from workbench.panels.labels import column
from workbench.spoken import announce

_ENTRY, _ASIDE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1  # which entry it is; what stands at its right
_TOLD = -1000  # points of what is found by what is said of it
_NONE = "No command and no setting is called so."
_WALKS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do. `why_not` says why it cannot be done now; empty when it can. By `about` it is found last."""

    name: str
    call: Callable[[], object]
    shortcut: str = ""
    why_not: str = ""
    about: str = ""


def _points(typed: str, entry: Entry) -> int | None:
    """By its name, else by a word of what is said of it: "truncated" finds "Back through"."""
    points = score(typed, entry.name)
    return _TOLD if points is None and mentions(typed, entry.about) else points


class _Rows(QStyledItemDelegate):
    """A name at the left; its shortcut, or why it cannot be done now, at the right."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.PlaceholderText
        painter.setPen(option.palette.color(role))
        room = option.rect.adjusted(0, 0, -GRID, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, index.data(_ASIDE))


class _Commands(QListWidget):
    """What was found, or that nothing was."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.count():
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().placeholderText().color())
                painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, _NONE)


class Palette(QDialog):
    """Filters while one types; arrows walk the list without leaving the line."""

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setWindowTitle("Command palette")
        self.setAccessibleName("Command palette")
        self._entries = entries
        self._line = QLineEdit()
        self._line.setObjectName("palette_line")
        self._line.setAccessibleName("Type to find a command")
        self._line.setPlaceholderText("What do you want to do?")
        self._line.installEventFilter(self)
        self._list = _Commands()
        self._list.setObjectName("palette_list")
        self._list.setAccessibleName("Commands")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setItemDelegate(_Rows(self._list))
        self._line.textChanged.connect(self._filter)
        self._line.returnPressed.connect(self._choose)
        self._list.itemClicked.connect(lambda _item: self._choose())
        layout = column(self, GRID, GRID // 2)
        layout.addWidget(self._line)
        layout.addWidget(self._list)
        self.resize(64 * GRID, 48 * GRID)
        self._filter("")

    @property
    def names(self) -> list[str]:
        """What is listed now, best first."""
        return [self._entry(at).name for at in range(self._list.count())]

    def showEvent(self, event: QEvent) -> None:
        """In the upper middle of the window."""
        super().showEvent(event)  # type: ignore[arg-type]
        parent = self.parentWidget()
        if parent is not None:
            place = parent.mapToGlobal(parent.rect().center())
            self.move(place.x() - self.width() // 2, parent.mapToGlobal(parent.rect().topLeft()).y() + 8 * GRID)
        self._line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows go to the list."""
        if watched is self._line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _WALKS:
                self._walk(key)
                return True
        return super().eventFilter(watched, event)

    def _walk(self, key: Qt.Key) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}[key]
        self._list.setCurrentRow(min(max(self._list.currentRow() + by, 0), self._list.count() - 1))
        self._tell()

    def _tell(self) -> None:
        """Say what Enter would do: the keys stay in the line."""
        found = self._list.currentRow() >= 0
        told = self._list.currentItem().data(Qt.ItemDataRole.AccessibleTextRole) if found else _NONE
        announce(self._line, told)

    def _filter(self, typed: str) -> None:
        scored = [(_points(typed, entry), entry) for entry in self._entries]
        found = sorted(((points, entry) for points, entry in scored if points is not None), key=lambda pair: -pair[0])
        self._list.clear()
        for _, entry in found:
            item = QListWidgetItem(entry.name)
            item.setData(_ENTRY, self._entries.index(entry))
            item.setData(_ASIDE, entry.why_not or entry.shortcut)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.name} {entry.why_not or entry.shortcut}".rstrip())
            if entry.why_not:
                item.setForeground(self.palette().placeholderText())
            self._list.addItem(item)
        self._list.setCurrentRow(0)
        self._tell()

    def _choose(self) -> None:
        at = self._list.currentRow()
        if at < 0 or self._entry(at).why_not:
            return
        entry = self._entry(at)
        self.close()
        entry.call()

    def _entry(self, row: int) -> Entry:
        item = self._list.item(row)
        return self._entries[int(item.data(_ENTRY))]
