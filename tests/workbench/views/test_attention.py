"""The attention of a network that writes, read out under a mouse that the window hands on as it does to a person's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.prediction_records import PairsPrediction, WrittenPair
from tests.workbench.views import measured
from tests.workbench.views.known import f32
from workbench.looks.theme import LIGHT
from workbench.plots.answers.attention_matrix import AttentionMatrix
from workbench.views.prediction import Prediction

READ, WRITTEN = tuple("abcdefgh"), tuple("uvwxyz")
LOOKS = f32(*(np.arange(48).reshape(6, 8) / 100))
PAIR = WrittenPair("abcdefgh", "uvwxyz", "uvwxyz", READ, WRITTEN, LOOKS, None)


def shown(qtbot: QtBot, *, compact: bool, scale: float = 1.0) -> tuple[Prediction, AttentionMatrix]:
    theme = replace(LIGHT, scale=scale)
    view = Prediction(theme, compact=compact)
    qtbot.addWidget(view)
    view.resize(420, 330)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen)
    view.show_snapshot(measured.snapshot(PairsPrediction("validation", "target", False, (PAIR,))))
    qtbot.waitUntil(lambda: not view._behind and view.body.updatesEnabled())
    [matrix] = view.findChildren(AttentionMatrix)
    return view, matrix


def middle(matrix: AttentionMatrix, row: int, column: int) -> QPointF:
    left, top, wide, high = matrix._places()
    return QPointF(left + (column + 0.5) * wide, top + (row + 0.5) * high)


def point_at(view: Prediction, matrix: AttentionMatrix, row: int, column: int) -> None:
    there = matrix.mapTo(view, middle(matrix, row, column)).toPoint()
    QTest.mouseMove(view.windowHandle(), there)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_cell_is_read_out_under_the_mouse(qtbot: QtBot, compact: bool, scale: float) -> None:
    view, matrix = shown(qtbot, compact=compact, scale=scale)
    for row, written in enumerate(WRITTEN):
        for column, read in enumerate(READ):
            point_at(view, matrix, row, column)
            assert view._readout.text().startswith(f"writing '{written}' looked at '{read}': "), (row, column)
    QTest.mouseMove(view.windowHandle(), QPoint(2, 2))
    qtbot.waitUntil(lambda: view._readout.text() == "")


def test_a_mouse_that_rests_is_told_of_the_symbols_that_come_under_it(qtbot: QtBot) -> None:
    """While it trains, the network writes something else again and again."""
    view, matrix = shown(qtbot, compact=False)
    point_at(view, matrix, 1, 2)
    assert view._readout.text().startswith("writing 'v' looked at 'c'")
    other = replace(PAIR, written="uUwxyz", steps=tuple("uUwxyz"))
    view.show_snapshot(measured.snapshot(PairsPrediction("validation", "target", False, (other,)), step=1100))
    assert view._readout.text().startswith("writing 'U' looked at 'c'")
    shorter = replace(PAIR, written="", steps=(), attention=LOOKS[:0])
    view.show_snapshot(measured.snapshot(PairsPrediction("validation", "target", False, (shorter,)), step=1200))
    assert view._readout.text() == ""
