"""The line above many runs that leaves those in the list which hold what is typed."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLineEdit, QToolButton, QTreeWidgetItem

from workbench.panels.run_group import GroupRow
from workbench.panels.run_list import RunsList

_MANY = 8  # runs: fewer are seen at a glance, and the line would take the room of one


class RunFilter(QLineEdit):
    """Every word has to be in the name, the data, the state or the notes: #words in notes are tags to go by."""

    def __init__(self, runs: RunsList) -> None:
        super().__init__()
        self._runs = runs
        self._opened: set[GroupRow] = set()  # to show what was found in them
        self.setObjectName("runs_filter")
        self.setAccessibleName("Find runs")
        self.setPlaceholderText("Find by name, data, state or notes")
        self.setToolTip("Only runs that hold every word stay in the list. A word in the notes, as #final, marks a run.")
        self.setClearButtonEnabled(True)
        for clear in self.findChildren(QToolButton):
            clear.setObjectName("runs_filter_clear")
            clear.setAccessibleName("Show all runs again")
        self.textChanged.connect(self.apply)
        self.hide()

    def apply(self) -> None:
        """Look at every row anew. One that goes is chosen no more, so that nothing happens to what is not seen."""
        words = self.text().lower().split()
        self.setVisible(len(self._runs.rows) >= _MANY or bool(words))
        for row in self._runs.rows.values():
            _show(row, all(word in row.words for word in words))
        for group in self._runs.groups.values():
            _show(group, any(not row.isHidden() for row in group.rows))
        self._open_groups(looking=bool(words))
        tops = (self._runs.topLevelItem(at) for at in range(self._runs.topLevelItemCount()))
        left = next((row for row in tops if row is not None and not row.isHidden()), None)
        current: QTreeWidgetItem | None = self._runs.currentItem()
        if left is not None and current is not None and current.isHidden():
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self._runs.setCurrentItem(left, 0, flags)

    def _open_groups(self, *, looking: bool) -> None:
        """Those of which some runs are found are open for as long as that, or while one of these is chosen."""
        for group in self._runs.groups.values():
            in_part = looking and 0 < len(group.records) < group.childCount()
            if in_part and not group.isExpanded():
                self._opened.add(group)
                group.setExpanded(True)
            elif not in_part and group in self._opened:
                self._opened.discard(group)
                group.setExpanded(any(row.isSelected() for row in group.rows))


def _show(row: QTreeWidgetItem, seen: bool) -> None:
    row.setHidden(not seen)
    row.setSelected(seen and row.isSelected())
