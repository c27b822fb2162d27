"""The line above many runs that leaves those in the list which hold what is typed."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QLineEdit, QToolButton, QTreeWidget

from workbench.panels.run_rows import RunRow

_MANY = 8  # runs: fewer are seen at a glance, and the line would take the room of one


class RunFilter(QLineEdit):
    """Every word has to be in the name, the data, the state or the notes: #words in notes are tags to go by."""

    def __init__(self, runs: QTreeWidget) -> None:
        super().__init__()
        self._runs = runs
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
        count = self._runs.topLevelItemCount()
        rows = [row for at in range(count) if isinstance(row := self._runs.topLevelItem(at), RunRow)]
        self.setVisible(len(rows) >= _MANY or bool(words))
        for row in rows:
            seen = all(word in row.words for word in words)
            row.setHidden(not seen)
            row.setSelected(seen and row.isSelected())
        left = [row for row in rows if not row.isHidden()]
        current = self._runs.currentItem()
        if left and isinstance(current, RunRow) and current.isHidden():
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            self._runs.setCurrentItem(left[0], 0, flags)
