"""What a painted matrix holds where the mouse or keys are is read out as long as they are there."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.workbench.mouse import move_over
from tests.workbench.views import measured
from workbench.looks.theme import LIGHT
from workbench.plots.answers.attention_matrix import AttentionMatrix
from workbench.plots.answers.confusion_matrix import ConfusionMatrix
from workbench.plots.answers.tag_strips import TagStrips
from workbench.plots.answers.value_grid import ValueGrid
from workbench.plots.frame.cell_walk import CellWalk


def test_keys_and_mouse_read_out_one_cell_at_a_time() -> None:
    said: list[str] = []
    walked = CellWalk(lambda: None, lambda row, column: f"{row} {column}", said.append)
    walked.read_again()
    walked.mouse_left()
    walked.forget()
    assert not said
    walked.hover((1, 2))
    walked.read_again()
    assert (walked.cell, said) == (None, ["1 2", "1 2"])  # numbers that change under the mouse are read anew
    walked.mouse_left()
    walked.read_again()
    assert said[2:] == [""]
    walked.hover((1, 2))
    walked.walk(1, 0, (3, 3))
    walked.mouse_left()
    assert (walked.cell, said[-1]) == ((0, 0), "0 0")  # keys had taken over
    walked.forget()
    assert (walked.cell, said[-1]) == (None, "")


def _matrix() -> ConfusionMatrix:
    made = ConfusionMatrix(LIGHT)
    made.show_counts(np.array([[3, 1], [0, 4]]), ("rain", "sun"))
    return made


def _attention() -> AttentionMatrix:
    made = AttentionMatrix(LIGHT)
    made.show_weights(np.full((40, 40), 0.5, np.float32), ("a",) * 40, ("x",) * 40)
    return made


def _strips() -> TagStrips:
    tagged = measured.class_prediction(tagged=True)
    assert tagged.track is not None
    made = TagStrips(LIGHT)
    made.show_track(tagged.track, tagged.classes)
    return made


def _grid() -> ValueGrid:
    made = ValueGrid(LIGHT)
    made.show_values(("rate", "units"), ("1", "2"), ("3", "4"), np.ones((2, 2)), (0, 0))
    return made


@pytest.mark.parametrize("make", [_matrix, _attention, _strips, _grid])
def test_words_on_what_is_under_the_mouse_go_with_it(qtbot: QtBot, make: Callable[[], QWidget]) -> None:
    picture = make()
    qtbot.addWidget(picture)
    picture.resize(300, 300)
    picture.show()
    said: list[str] = []
    picture.hovered.connect(said.append)  # type: ignore[attr-defined]
    for place in (QPoint(1, 1), picture.rect().center()):  # to where the mouse is already it does not move
        move_over(picture, place)
    assert said[-1]
    QApplication.sendEvent(picture, QEvent(QEvent.Type.Leave))
    assert said[-1] == ""
