"""The result of a race: a row for each cell and strategy, the best first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from engine.race_messages import Place

_HEADINGS = ("Cell", "Units", "Parameters", "Runs", "Validation, median", "lowest – highest", "Test", "Seconds")


class RaceTable(QTableWidget):
    """Places as they stand, of which one can be chosen."""

    def __init__(self) -> None:
        super().__init__(0, len(_HEADINGS))
        self._places: list[Place] = []
        self.setObjectName("race_table")
        self.setAccessibleName("Result of the race, best cell first")
        self.setHorizontalHeaderLabels(_HEADINGS)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        self.setTabKeyNavigation(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    @property
    def chosen(self) -> Place | None:
        """The place whose row is chosen."""
        row = self.currentRow()
        return self._places[row] if self.selectedItems() and 0 <= row < len(self._places) else None

    def show_places(self, places: Sequence[Place], titles: Mapping[tuple[str, str], str]) -> None:
        """Fill the rows; `titles` are the names of those who race by cell and strategy."""
        self._places = list(places)
        self.setRowCount(len(places))
        for at, place in enumerate(places):
            for column, text in enumerate(_cells(place, titles.get((place.cell, place.strategy), place.cell))):
                cell = QTableWidgetItem(text)
                if column:
                    cell.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(at, column, cell)


def _cells(place: Place, title: str) -> tuple[str, ...]:
    low, middle, high = place.validation
    runs = f"{place.arrived}" + (f" ({place.failed} failed)" if place.failed else "")
    test = f"{place.metric} {place.test[1]:.4g}" if place.metric else ""
    return (
        title, f"{place.hidden_size:,}", f"{place.parameters:,}", runs, _plain(middle),
        f"{_plain(low)} – {_plain(high)}" if not math.isnan(low) else "", test, _plain(place.seconds),
    )  # fmt: skip


def _plain(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
