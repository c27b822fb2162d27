"""A confusion matrix names its columns where something of each name can be read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.answers.confusion_matrix import ConfusionMatrix

DIGITS = ("eight", "five", "four", "nine", "one", "seven", "six", "three", "two", "zero")


def matrix(qtbot: QtBot, size: int, scale: float = 1.0, wide: int = 0) -> ConfusionMatrix:
    made = ConfusionMatrix(replace(LIGHT, scale=scale))
    qtbot.addWidget(made)
    made.resize(wide or 2 * size, size)
    made.show_counts(np.eye(len(DIGITS), dtype=np.int64), DIGITS)
    return made


def test_dots_alone_are_no_names_and_leave_their_room_to_the_cells(qtbot: QtBot) -> None:
    small, large = matrix(qtbot, 200, wide=260), matrix(qtbot, 500)
    assert (small._above, large._above) == ((), DIGITS)
    for made in (small, large):
        last = len(DIGITS) - 1
        assert made._rect(last, last).bottom() == pytest.approx(made.height() - 8)
    assert small._top < large._top


@pytest.mark.parametrize("wide", [260, 900])
def test_low_cells_are_wider_where_names_and_numbers_need_it_and_there_is_room(qtbot: QtBot, wide: int) -> None:
    made = matrix(qtbot, 250, wide=wide)
    made.show_counts(12_345 * np.eye(len(DIGITS), dtype=np.int64), DIGITS)
    cell = made._rect(1, 2)
    assert (cell.width() > made._letters.horizontalAdvance("12,345")) is (wide == 900)
    assert made._above == (DIGITS if wide == 900 else ())
    assert made._at(cell.center()) == (1, 2)
    assert made._rect(0, len(DIGITS) - 1).right() <= made.width()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_heading_and_names_have_a_whole_line_each(qtbot: QtBot, scale: float) -> None:
    made = matrix(qtbot, 900, scale)
    assert made._line >= made._letters.height()
    assert made._top == 2 * made._line


@pytest.mark.parametrize("wide", [220, 600])
def test_the_heading_begins_over_the_names_where_it_would_be_cut_over_the_cells(qtbot: QtBot, wide: int) -> None:
    made = matrix(qtbot, 300, 1.5, wide)
    made.show_counts(np.eye(2, dtype=np.int64), ("negative", "positive"))
    picture = made.grab().toImage()
    ground = picture.pixel(0, 0)
    heading = range(round(made._line * 0.8))
    ink = [x for x in range(wide) if any(picture.pixel(x, y) != ground for y in heading)]
    assert ink[-1] - ink[0] > 0.9 * made._letters.horizontalAdvance("answered →  truth ↓")
    assert (ink[0] < made._left - 2) is (wide == 220)
