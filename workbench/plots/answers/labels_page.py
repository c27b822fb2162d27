"""Any number of labels at once: how often each is there and is said, the scores, and what is worth reading."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QTableWidgetItem

from engine.events import Probe
from engine.prediction_records import LabelsPrediction
from workbench.plots.answers.example_table import ExampleTable
from workbench.plots.answers.page import AnswerPage, score_label, tell_scores
from workbench.plots.frame.saving import Table
from workbench.widgets.reading_table import ReadingTable

_HEADER = ("label", "in truth", "said", "right", "precision", "recall", "F1")


class LabelsPage(AnswerPage):
    """Scores in words, a row for each label, and mistakes beside them."""

    draws = LabelsPrediction

    def build(self) -> None:
        """Scores above; below them labels and texts beside each other."""
        self.scores = score_label(compact=self.compact)
        title = "Each label: how often it is there, how often it is said, and how often rightly"
        self.rows = ReadingTable("label_scores", title, len(_HEADER), one_row=True)
        self.rows.setHorizontalHeaderLabels(list(_HEADER))
        self.examples = ExampleTable(self.theme)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.rows)
        self.parts.addWidget(self.examples)
        self.column.addWidget(self.scores)
        self.column.addWidget(self.parts, 1)

    def draw(self, prediction: Probe) -> None:
        """Everything anew."""
        assert isinstance(prediction, LabelsPrediction)
        tell_scores(self.scores, prediction.part, prediction.scores, prediction.baselines)
        found = _rows(prediction)
        other = [row[0] for row in found] != [self._item(row, 0).text() for row in range(self.rows.rowCount())]
        self.rows.setRowCount(len(found))
        for row, cells in enumerate(found):
            for column, cell in enumerate(cells):
                self._item(row, column).setText(_shown(cell))
        self.rows.resizeColumnsToContents()
        self.examples.setVisible(not self.compact)
        if not self.compact:
            self.examples.show_examples(prediction.examples)
        if other:
            self._divide()

    def _divide(self) -> None:
        """The figures take what they need, at most two thirds; the rest is for what is to be read."""
        needed = self.rows.horizontalHeader().length() + 2 * self.rows.frameWidth()
        wide, own = self.parts.width(), needed + self.rows.verticalScrollBar().sizeHint().width()
        own = min(own, 2 * wide // 3)
        self.parts.setSizes([own, wide - own])

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.rows.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.rows.setItem(row, column, item)
        return item

    def clear(self) -> None:
        """Nothing to see."""
        self.scores.clear()
        self.rows.setRowCount(0)
        self.examples.show_examples(())

    def recolour(self) -> None:
        """The examples."""
        self.examples.apply_theme(self.theme)

    def table(self, prediction: Probe) -> Table:
        """One row for each label."""
        assert isinstance(prediction, LabelsPrediction)
        return _HEADER, _rows(prediction)


def _rows(prediction: LabelsPrediction) -> list[tuple[str | int | float, ...]]:
    """Of each label how often it is there, is said and is right, and what that comes to."""
    found: list[tuple[str | int | float, ...]] = []
    for name, (real, said, both) in zip(prediction.labels, prediction.counts.tolist(), strict=True):
        precision, recall = (both / count if count else 0.0 for count in (said, real))
        found.append((name, real, said, both, precision, recall, 2 * both / max(real + said, 1)))
    return found


def _shown(cell: str | int | float) -> str:
    return cell if isinstance(cell, str) else f"{cell:,}" if isinstance(cell, int) else f"{cell:.3f}"
