"""Held-out sequences that a classifier gets wrong or doubts, to be read one by one."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.prediction_records import ClassExample
from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme
from workbench.plots.answers.sequence_picture import are_square, icon_of
from workbench.plots.answers.verdict import judge
from workbench.widgets.reading_table import ReadingTable

_PICTURE = QSize(5 * GRID, 3 * GRID)  # pixels at most of what is read, where that is a picture of numbers
_KEPT = 500  # pictures
_WORDS, _LINES = 14, 2  # letters and lines of what is read, at least and at most
_READ, _TRUTH, _ANSWER, _SURE = range(4)  # columns


class ExampleTable(QWidget):
    """One row for each example, under a sentence on their order."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._examples: tuple[ClassExample, ...] = ()
        self._pictures: dict[tuple[object, ...], QIcon] = {}  # of the numbers of each example
        self.order = QLabel()
        self.order.setProperty("role", "small")
        self.order.setWordWrap(True)
        self.order.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        title = "Held-out sequences: what was read, the class in truth, the class answered, how sure"
        self.rows = ReadingTable("class_examples", title, 4, one_row=True)
        self.rows.setIconSize(_PICTURE)
        header = self.rows.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_READ, QHeaderView.ResizeMode.Stretch)  # what room the classes leave
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, 0, 0)
        layout.addWidget(self.order)
        layout.addWidget(self.rows, 1)

    @property
    def needs(self) -> int:
        """Pixels of width for some words beside what is short."""
        wide = sum(self.rows.sizeHintForColumn(column) for column in (_TRUTH, _ANSWER, _SURE))
        around = self.rows.verticalScrollBar().sizeHint().width() + 3 * GRID
        return wide + around + self.rows.fontMetrics().averageCharWidth() * _WORDS

    def show_examples(self, examples: tuple[ClassExample, ...]) -> None:
        """Other answers; the table stays scrolled to where it is."""
        self._examples = examples
        wrong = sum(each.truth != each.answer for each in examples)
        doubts = "right answers, the least sure first" if wrong < len(examples) else ""
        mistakes = "mistakes, the surest first" if wrong else ""
        self.order.setText("; then ".join(filter(None, (mistakes, doubts))).capitalize())
        told = any(each.text for each in examples)
        self.rows.setHorizontalHeaderLabels(["text" if told else "sequence", "truth", "answered", "sure"])
        high = _LINES * self.rows.fontMetrics().lineSpacing() + 2
        if self.rows.verticalHeader().defaultSectionSize() != high:
            self.rows.verticalHeader().setDefaultSectionSize(high)
        self.rows.setRowCount(len(examples))
        model = self.rows.model()
        with QSignalBlocker(model):  # columns are as wide as their cells, and would be measured anew for each of them
            self._fill(examples)
        if examples:
            model.dataChanged.emit(model.index(0, 0), model.index(len(examples) - 1, _SURE))

    def _fill(self, examples: tuple[ClassExample, ...]) -> None:
        square = are_square(each.values for each in examples if each.values is not None)
        for row, example in enumerate(examples):
            cells = {_READ: example.text or example.name, _TRUTH: example.truth, _SURE: percent(example.certainty)}
            for column, text in cells.items():
                self._item(row, column).setText(text)
            self._picture(row, example, square)
            self._item(row, _READ).setToolTip(f"{example.name}: {example.text}" if example.text else example.name)
            judge(self._item(row, _ANSWER), example.answer, example.truth == example.answer, self._theme)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self._pictures.clear()
        self.show_examples(self._examples)

    def _picture(self, row: int, example: ClassExample, square: bool) -> None:
        """The examples come again with each answer, mostly with the pictures that they had."""
        item, icon = self._item(row, _READ), self._icon(example, square)
        if item.icon().cacheKey() != icon.cacheKey():
            item.setIcon(icon)

    def _icon(self, example: ClassExample, square: bool) -> QIcon:
        values = example.values
        key = (square, values.shape, values.tobytes()) if values is not None else ()
        if key not in self._pictures:
            if len(self._pictures) >= _KEPT:
                self._pictures.clear()
            made = QIcon() if values is None else icon_of(values, _PICTURE, self._theme, square=square)
            self._pictures[key] = made
        return self._pictures[key]

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.rows.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column == _SURE:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.rows.setItem(row, column, item)
        return item
