"""A row for each parameter, which keys walk, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from tests.workbench.views.known import f32
from tests.workbench.views.measured import gradient_norms
from workbench.looks.theme import LIGHT
from workbench.plots.curves.norm_board import NormBoard, norms_plot, ratio_plot


@pytest.fixture
def board(qtbot: QtBot) -> NormBoard:
    made = NormBoard(LIGHT, norms_plot(LIGHT), ratio_plot(LIGHT))
    qtbot.addWidget(made)
    return made


def test_keys_go_from_parameter_to_parameter_and_what_is_there_is_said_anew(board: NormBoard) -> None:
    norms, said = gradient_norms(), list[str]()
    board.said.connect(said.append)
    assert not board.walk(1)
    board.show_norms(norms, norms.update_ratio, "of step 5", "")
    assert said == []
    for down in (1, 1, -9):
        assert board.walk(down)
    assert [words.split(" · ")[0] for words in said] == [norms.names[0], norms.names[1], norms.names[0]]
    assert "update ratio of step 5 " in said[0]
    board.show_norms(norms, norms.update_ratio, "", "")
    assert len(said) == 4
    board.leave()
    board.show_norms(norms, norms.update_ratio, "", "")
    assert len(said) == 4


def test_without_update_ratios_the_key_says_what_is_coming(board: NormBoard) -> None:
    norms = gradient_norms()
    board.show_norms(norms, f32(*[float("nan")] * len(norms.names)), "", "with the next batch")
    assert board.key.texts[-1] == "healthy (1e−4 to 1e−2)  with the next batch"
    board.say_coming("never")
    assert board.key.texts[-1].endswith("never")


def test_long_names_leave_both_plots_as_much_room(board: NormBoard, qtbot: QtBot) -> None:
    theme = replace(LIGHT, scale=1.5)
    for part in (board, board._norms, board._ratio):
        part.apply_theme(theme)
    board.resize(617, 300)
    board.show()
    norms = gradient_norms()
    named = replace(norms, names=tuple(f"encoder.weight_hh_l{row}_reverse" for row in range(len(norms.names))))
    board.show_norms(named, named.update_ratio, "", "")
    plots = board._norms, board._ratio
    qtbot.waitUntil(lambda: all("…" not in plot.bottom.labelString() for plot in plots))
    widths = [plot.bottom.width() for plot in plots]
    assert max(widths) - min(widths) < 30


def test_axes_are_in_sight_wherever_many_parameters_are_scrolled_to(board: NormBoard, qtbot: QtBot) -> None:
    norms = gradient_norms(layers=16)
    board.resize(600, 300)
    board.show()
    board.show_norms(norms, norms.update_ratio, "", "")
    bar = board.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and board.axes.isVisible())
    above = _gray(board.axes.grab().toImage())
    for place in range(len(norms.names)):
        board.walk(1)
        row = board._norms.canvas.mapFromScene(board._norms.box.mapViewToScene(QPointF(0, place)))
        seen = board._norms.canvas.mapTo(board.viewport(), row).y()
        assert 0 < seen < board.viewport().height() - board.axes.height()
    assert bar.value() > 0
    bar.setValue(bar.maximum())
    assert not board.axes.isVisible()  # their own place is in sight
    below = _gray(board.viewport().grab(board.axes.geometry()).toImage())
    assert np.ptp(above) > 100  # numbers
    assert (np.abs(above - below) > 30).mean() < 0.03  # but for the handle between the plots
    board.resize(600, 2000)
    qtbot.waitUntil(lambda: not bar.maximum())
    assert not board.axes.isVisible()


def _gray(image: QImage) -> NDArray[np.int16]:
    """How light it is, (H, W)."""
    image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width()].astype(np.int16)
