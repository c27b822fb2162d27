"""The result of a race: a row for each cell and strategy, the best first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QTableWidgetItem

from engine.comparing.race_messages import Key, Place
from workbench.looks.theme import GRID
from workbench.widgets.reading_table import ReadingTable

_MIDDLE = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_HEADINGS = ("Cell", "Units", "Parameters", "Runs", "Validation, median", "Lowest – highest", "Test", "Seconds")


class PlaceTable(ReadingTable):
    """Places as they stand, of which one can be chosen."""

    def __init__(self, name: str, title: str, waiting: str) -> None:
        """`waiting` stands there while there is no row."""
        super().__init__(name, title, one_row=True)
        self._waiting = waiting
        self._places: list[Place] = []
        self._samples: Mapping[Key, QIcon] = {}
        self.setIconSize(QSize(3 * GRID, 2 * GRID))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setHighlightSections(False)  # bold headings would not fit into their columns

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or what they wait for."""
        super().paintEvent(event)
        if not self._places:
            with QPainter(self.viewport()) as painter:
                painter.setPen(self.palette().placeholderText().color())
                painter.drawText(self.viewport().rect(), _MIDDLE, self._waiting)

    @property
    def chosen(self) -> Place | None:
        """The place whose row is chosen."""
        row = self.currentRow()
        return self._places[row] if self.selectedItems() and 0 <= row < len(self._places) else None

    def show_rows(self, headings: Sequence[str], places: Sequence[Place], rows: Sequence[Sequence[str]]) -> None:
        """Fill it; the first column stands to the left, numbers to the right."""
        self._places = list(places)
        self.setColumnCount(len(headings))
        self.setHorizontalHeaderLabels(headings)
        self.setRowCount(len(rows))
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                cell = QTableWidgetItem(text)
                if column:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(at, column, cell)
        self.mark(self._samples)

    @Slot(object)
    def mark(self, samples: Mapping[Key, QIcon]) -> None:
        """Show before each row how its curve is drawn in the picture; nothing where it is not."""
        self._samples = samples
        for at, place in enumerate(self._places):
            if (first := self.item(at, 0)) is not None:
                first.setIcon(samples.get(place.key, QIcon()))


class RaceTable(PlaceTable):
    """Cells and strategies."""

    def __init__(self) -> None:
        super().__init__("race_table", "Result of the race, best cell first", "A row for each, the best first.")
        self.show_rows(_HEADINGS, (), ())

    def show_places(self, places: Sequence[Place], titles: Mapping[Key, str]) -> None:
        """Fill the rows; `titles` are the names of those who race by cell and strategy."""
        self.show_rows(_HEADINGS, places, [_cells(place, titles.get(place.key, place.cell)) for place in places])


def _cells(place: Place, title: str) -> tuple[str, ...]:
    low, middle, high = place.validation
    runs = f"{place.arrived}" + (f" ({place.failed} failed)" if place.failed else "")
    test = f"{place.metric} {place.test[1]:.4g}" if place.metric else ""
    return (
        title, f"{place.hidden_size:,}", f"{place.parameters:,}", runs, plain(middle),
        f"{plain(low)} – {plain(high)}" if not math.isnan(low) else "", test, plain(place.seconds),
    )  # fmt: skip


def plain(value: float) -> str:
    """To four digits; nothing where it is not known."""
    return "" if math.isnan(value) else f"{value:.4g}"
