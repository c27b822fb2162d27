"""The list of runs as a tree: runs by themselves, and those of a race or a sweep folded under one row."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTreeWidget, QTreeWidgetItem

from workbench.draft import source_name
from workbench.looks.theme import GRID, Theme
from workbench.panels.run_group import GroupRow
from workbench.panels.run_names import RunNames
from workbench.panels.run_rows import BEGAN, COLUMNS, RIGHT, RUN, Row, RunRow
from workbench.panels.sorted_header import SortedHeader
from workbench.runs.records import RunRecord

_ROWS = QItemSelectionModel.SelectionFlag.Rows
_ALONE = QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS


class RunsList(QTreeWidget):
    """Content with its heading and two rows, so that it gives way before what is said of a run."""

    undo_asked = Signal()
    undoes = False  # whether the keys of undo, pressed here, are about a run: one was deleted

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[int, RunRow] = {}  # by the record's number
        self.groups: dict[tuple[str, float], GroupRow] = {}  # by what its runs have in common
        self.itemCollapsed.connect(self._on_closed)

    # --- what is in it ----------------------------------------------------------------------------------

    def put(self, records: Iterable[RunRecord], theme: Theme) -> None:
        """Add runs, each where it belongs; a group that was not there is closed."""
        inside: dict[GroupRow | None, list[RunRow]] = {}
        for record in records:
            self.rows[record.number] = row = RunRow(record)
            row.refresh(theme)
            inside.setdefault(self._group_of(record), []).append(row)
        for group, rows in inside.items():
            if group is None:
                self.addTopLevelItems(rows)
                continue
            group.addChildren(rows)
            group.refresh(theme)
            if group.treeWidget() is None:
                self.addTopLevelItem(group)
        self.setRootIsDecorated(bool(self.groups))

    def take(self, records: Iterable[RunRecord], theme: Theme) -> None:
        """Runs leave, and a group with its last one."""
        left = set()
        for record in records:
            row = self.rows.pop(record.number)
            if isinstance(group := row.parent(), GroupRow):
                group.removeChild(row)
                left.add(group.of.key)
            else:
                self.takeTopLevelItem(self.indexOfTopLevelItem(row))
        for group in [self.groups[key] for key in left]:
            group.refresh(theme)
            if not group.childCount():
                del self.groups[group.of.key]
                self.takeTopLevelItem(self.indexOfTopLevelItem(group))
        self.setRootIsDecorated(bool(self.groups))

    def open_eyes(self, records: Iterable[RunRecord], shown: bool, theme: Theme) -> bool:
        """Open or shut the eyes of runs; whether any of them was otherwise."""
        changed = [record for record in records if record.shown != shown]
        groups = set()
        for record in changed:
            record.shown = shown
            row = self.rows[record.number]
            row.show_eye(theme)
            if isinstance(group := row.parent(), GroupRow):
                groups.add(group)
        for group in groups:
            group.refresh(theme)
        return bool(changed)

    def note_at_hand(self, record: RunRecord | None, theme: Theme) -> None:
        """The views show this run, or none."""
        for row in self.rows.values():
            if row.at_hand is not (row.record is record):
                row.at_hand = row.record is record
                row.show_eye(theme)

    def tell_apart(self, theme: Theme) -> None:
        """Where runs on several data sets stand in the list, each says what it learned from."""
        several = len({source_name(row.record.experiment) for row in self.rows.values()}) > 1
        for row in self.rows.values():
            if row.with_source != several:
                row.with_source = several
                row.refresh(theme)
        for group in self.groups.values():
            group.refresh(theme)

    def _group_of(self, record: RunRecord) -> GroupRow | None:
        if record.of is None:
            return None
        if record.of.key not in self.groups:
            self.groups[record.of.key] = GroupRow(record.of)
        return self.groups[record.of.key]

    # --- what is chosen ---------------------------------------------------------------------------------

    @property
    def chosen(self) -> list[RunRecord]:
        """All chosen runs, from the top, those of a chosen group among them."""
        return list(dict.fromkeys(record for row in self._chosen_rows() for record in row.records))

    @property
    def current_run(self) -> RunRecord | None:
        """The chosen run; of several the one that the keys are at. None where the keys are at a group."""
        row = self.currentItem()
        rows = [row] if isinstance(row, Row) and row.isSelected() else self._chosen_rows()
        return rows[0].record if rows and isinstance(rows[0], RunRow) else None

    @property
    def current_group(self) -> GroupRow | None:
        """The chosen group that the keys are at."""
        row = self.currentItem()
        return row if isinstance(row, GroupRow) and row.isSelected() else None

    def choose(self, row: Row) -> None:
        """That row alone, whatever keys are held just now, and in sight, in whatever order the rows are."""
        self.setCurrentItem(row, 0, _ALONE)
        self.scrollToItem(row)  # also where it was the current one

    def choose_all(self, rows: Collection[RunRow], first: RunRow) -> None:
        """These, with the keys at the `first`, in sight, wherever they are folded."""
        for row in rows:
            row.setHidden(False)
            if isinstance(group := row.parent(), GroupRow):
                group.setHidden(False)
                group.setExpanded(True)
        with QSignalBlocker(self):
            self.clearSelection()
            for row in rows:
                row.setSelected(True)
        self.setCurrentItem(first, 0, QItemSelectionModel.SelectionFlag.Select | _ROWS)
        if isinstance(heading := first.parent(), GroupRow):  # which is to be in sight, too
            self.scrollToItem(heading, self.ScrollHint.PositionAtTop)
        self.scrollToItem(first)
        self.itemSelectionChanged.emit()

    def _chosen_rows(self) -> list[Row]:
        return sorted((row for row in self.selectedItems() if isinstance(row, Row)), key=self._place)

    def _place(self, row: QTreeWidgetItem) -> tuple[int, int]:
        if isinstance(group := row.parent(), GroupRow):
            return self.indexOfTopLevelItem(group), group.indexOfChild(row)
        return self.indexOfTopLevelItem(row), -1

    @Slot(QTreeWidgetItem)
    def _on_closed(self, group: QTreeWidgetItem) -> None:
        """What is folded away is chosen no more, so that nothing happens to what is not seen: its group is."""
        inside = [row for row in self.selectedItems() if row.parent() is group]
        current: QTreeWidgetItem | None = self.currentItem()
        if not inside and (current is None or current.parent() is not group):
            return
        with QSignalBlocker(self):
            for row in inside:
                row.setSelected(False)
        self.setCurrentItem(group, 0, QItemSelectionModel.SelectionFlag.Select | _ROWS)
        self.itemSelectionChanged.emit()

    def drawBranches(  # noqa: N802 (Qt's name)
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The arrow of a group, in the colour of the text behind it; Qt's is not seen where the row is chosen."""
        first = index.sibling(index.row(), 0)
        if not self.model().hasChildren(first):
            return
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        chosen = self.selectionModel().isSelected(index)
        role = QPalette.ColorRole.HighlightedText if chosen else QPalette.ColorRole.Text
        for pen in (QPalette.ColorRole.Text, QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
            option.palette.setColor(pen, option.palette.color(role))  # styles draw arrows with any of these
        option.state = QStyle.StateFlag.State_Enabled | QStyle.StateFlag.State_Children
        if self.isExpanded(first):
            option.state |= QStyle.StateFlag.State_Open
        option.rect = rect
        self.style().drawPrimitive(QStyle.PrimitiveElement.PE_IndicatorBranch, option, painter, self)

    # --- keys and sizes ---------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """The keys of undo are the menu's, unless they are taken before."""
        if self.undoes and isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Undo):
            if event.type() == QEvent.Type.KeyPress:
                self.undo_asked.emit()
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A row that is chosen stays in sight where the list gives way to what is said of its run."""
        row: QTreeWidgetItem | None = self.currentItem()
        seen = row is not None and 0 <= self.visualItemRect(row).top() < event.oldSize().height()
        super().resizeEvent(event)
        if row is not None and seen and self.visualItemRect(row).bottom() >= self.viewport().height():
            self.scrollToItem(row)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by Tab is at a row: where none is chosen, that one is."""
        super().focusInEvent(event)
        by_tab = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if by_tab and not self.selectedItems() and self.currentItem() is not None:
            self.currentItem().setSelected(True)

    def sizeHint(self) -> QSize:
        """As low as it may be."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """The heading and two rows."""
        row = self.fontMetrics().lineSpacing() + GRID
        return QSize(0, self.header().sizeHint().height() + 2 * row)


def runs_list() -> RunsList:
    """The empty list."""
    made = RunsList()
    made.setHeader(SortedHeader())
    made.setObjectName("runs_list")
    made.setAccessibleName("Runs")
    made.setHeaderLabels([column.title for column in COLUMNS])
    made.setRootIsDecorated(False)
    made.setTreePosition(RUN)  # arrows stand before names, and eyes below each other
    made.setIndentation(3 * GRID // 2)
    made.setItemDelegateForColumn(RUN, RunNames(made))
    made.setUniformRowHeights(True)
    made.setSelectionMode(QTreeWidget.SelectionMode.ExtendedSelection)
    made.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    made.setSortingEnabled(True)
    made.sortByColumn(BEGAN, Qt.SortOrder.DescendingOrder)
    for place, column in enumerate(COLUMNS):
        made.headerItem().setToolTip(place, f"{column.help}. Click to sort.")
        made.setColumnHidden(place, not column.first)
        if column.number:
            made.headerItem().setTextAlignment(place, RIGHT)
    return made
