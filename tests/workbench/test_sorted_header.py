"""Where the heading of the list of runs keeps room for the mark of sorting."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView
from pytestqt.qtbot import QtBot

from workbench.panels.run_list import runs_list
from workbench.panels.run_rows import COLUMNS, EYE


@pytest.mark.parametrize("place", [place for place, column in enumerate(COLUMNS) if column.first and column.title])
def test_a_column_is_wider_than_its_heading_only_while_the_list_is_sorted_by_it(qtbot: QtBot, place: int) -> None:
    runs = runs_list()
    qtbot.addWidget(runs)
    header = runs.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    runs.show()
    widths = []
    for by in (place, EYE, place):
        runs.sortByColumn(by, Qt.SortOrder.AscendingOrder)
        widths.append(runs.columnWidth(place))
    title = header.fontMetrics().horizontalAdvance(COLUMNS[place].title)
    assert widths[0] == widths[2] >= widths[1] + header.fontMetrics().height() // 2
    assert title < widths[1] < title + 2 * header.fontMetrics().height()
