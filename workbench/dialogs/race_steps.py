"""The result of a race of forecasts over several steps: the errors by step, of all that raced, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidgetItem

from engine.wording.aligned import compared_by_step
from workbench.widgets.reading_table import ReadingTable


class StepTable(ReadingTable):
    """A column for each step ahead; RMSE first, with the simple methods', then MAE and MASE. Hidden without any."""

    def __init__(self) -> None:
        super().__init__("race_steps", "Errors by step, median over the seeds")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.hide()

    def show_scores(self, scored: Mapping[str, Sequence[Mapping[str, float]]]) -> None:
        """Fill the rows; `scored` are rows by step, by name."""
        tables = compared_by_step(scored)
        self.setVisible(bool(tables))
        if not tables:
            return
        steps = tables[0][0][1:]
        self.setColumnCount(2 + len(steps))
        self.setHorizontalHeaderLabels(["Test part", "", *(f"step {step}" for step in steps)])
        rows = [(head[0].partition(" ")[0], *row) for head, *lines in tables for row in lines]
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                cell = QTableWidgetItem(text)
                if column > 1:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(at, column, cell)
