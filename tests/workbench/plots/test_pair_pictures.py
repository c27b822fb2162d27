"""Pictures beside a written text say what their colours and places mean."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QRegion
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.looks.theme import GRID, LIGHT
from workbench.plots.answers.attention_matrix import AttentionMatrix, left_out, named
from workbench.plots.answers.pair_pictures import GreyPicture, PianoRoll


def _painted(widget: QWidget, top: int, bottom: int) -> set[str]:
    """The colours between two rows of pixels."""
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    widget.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(top, bottom)}


@pytest.mark.parametrize(("width", "scale"), [(400, True), (140, False)])
def test_attention_has_a_scale_where_there_is_room(qtbot: QtBot, width: int, scale: bool) -> None:
    matrix = AttentionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(width, 200)
    matrix.show_weights(np.zeros((2, 2), np.float32), ("a", "b"), ("x", "y"))
    blue = [color for color in map(QColor, _painted(matrix, 0, 12)) if color.blue() > color.red() + 100]
    assert bool(blue) is scale


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (500, "attention: read →  written ↓   ■ the end"),
        (330, "attention: read →  written ↓"),
        (140, "read →  written ↓"),
    ],
)
def test_attention_says_what_it_is_in_as_many_words_as_fit(qtbot: QtBot, width: int, said: str) -> None:
    matrix = AttentionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(width, 200)
    matrix.show_weights(np.zeros((2, 2), np.float32), ("a", "■"), ("x", "■"))
    assert matrix.heading() == said
    assert matrix.words(1, 0) == "writing the end looked at 'a': 0.0 %"
    matrix.show_weights(np.zeros((2, 2), np.float32), ("a", "b"), ("x", "y"))
    assert "■" not in matrix.heading()


def test_with_large_text_the_heading_of_an_attention_has_a_whole_line(qtbot: QtBot) -> None:
    matrix = AttentionMatrix(dataclasses.replace(LIGHT, scale=2.0))
    qtbot.addWidget(matrix)
    matrix.resize(400, 400)
    matrix.show_weights(np.zeros((2, 2), np.float32), ("a", "b"), ("x", "y"))
    _, top, _, _ = matrix._places()
    assert top >= matrix._metrics().height() + matrix._metrics().horizontalAdvance("b")


@pytest.mark.parametrize("high", [100, 400])
def test_the_weights_have_most_of_the_height_however_long_the_words_are(qtbot: QtBot, high: int) -> None:
    matrix = AttentionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(300, high)
    matrix.show_weights(np.ones((16, 2), np.float32), ("a long word indeed", "b"), ("x",) * 16)
    _, top, _, row = matrix._places()
    assert top + 16 * row <= high
    assert 16 * row > 0.4 * high


def test_dots_for_rows_without_a_name_stand_beside_the_names(qtbot: QtBot) -> None:
    """Below their last letters they looked like accents."""
    matrix = AttentionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(300, 160)
    matrix.show_weights(np.zeros((30, 1), np.float32), ("x",), (" " * 9,) * 30)  # names that leave no ink
    left, top, _, _ = matrix._places()
    image = QImage(matrix.size(), QImage.Format.Format_RGB32)
    image.fill(QColor("#ffffff"))
    matrix.render(image, QPoint(), QRegion(), QWidget.RenderFlag.DrawChildren)
    rows = range(round(top) + 2, 160)
    inked = [x for x in range(round(left)) for y in rows if image.pixelColor(x, y).lightness() < 250]
    assert inked
    assert min(inked) > left - GRID / 2 - 1


def test_a_picture_that_was_read_is_named_and_framed(qtbot: QtBot) -> None:
    picture = GreyPicture(LIGHT)
    qtbot.addWidget(picture)
    picture.resize(200, 200)
    picture.show_image(np.zeros((8, 8), np.float32))
    top = round(picture._heading)
    assert len(_painted(picture, 0, top - 2)) > 2
    assert QColor(LIGHT.border).name() in _painted(picture, top, top + 20)
    assert QColor(LIGHT.text).name() not in _painted(picture, top, 200)


def test_as_many_symbols_are_named_as_do_not_touch(qtbot: QtBot) -> None:
    metrics = AttentionMatrix(LIGHT)._metrics()
    line = metrics.capHeight() + 2
    assert list(named(4, line, metrics)) == [0, 1, 2, 3]
    assert list(named(4, line - 1, metrics)) == [0, 2]
    assert list(named(4, line / 3, metrics)) == [0, 3]


def test_a_dot_stands_where_symbols_are_left_out() -> None:
    found = [left_out(range(0, count, step)) for count, step in ((4, 1), (4, 2), (5, 2), (4, 3), (5, 3))]
    assert found == [[], [1.5, 3.5], [1.5, 3.5], [2.0], [2.0, 4.5]]


@pytest.mark.parametrize(("width", "dotted"), [(400, False), (130, True)])
def test_symbols_of_which_some_are_left_out_do_not_read_like_words(qtbot: QtBot, width: int, dotted: bool) -> None:
    matrix = AttentionMatrix(LIGHT)
    qtbot.addWidget(matrix)
    matrix.resize(width, 200)
    matrix.show_weights(np.zeros((2, 12), np.float32), (" ",) * 12, (" ", " "))
    _, top, _, _ = matrix._places()
    middle = round(top - 4 - matrix._metrics().height() / 2)
    assert (LIGHT.muted in _painted(matrix, middle - 1, middle + 2)) is dotted


@pytest.mark.parametrize(
    ("width", "said"),
    [(600, "what was written in colour, what was wanted in grey"), (260, "written in colour, wanted in grey")],
)
def test_a_piano_roll_says_what_its_colours_mean_in_as_many_words_as_fit(qtbot: QtBot, width: int, said: str) -> None:
    roll = PianoRoll(LIGHT)
    qtbot.addWidget(roll)
    roll.resize(width, 200)
    roll.show_tunes(((61, 1.0),), ((61, 1.0),))
    assert roll.heading() == said
    roll.resize(90, 200)
    assert roll.heading().endswith("…")


@pytest.mark.parametrize("length", [0.25, 4.0, 400.0])
def test_a_tune_has_quarters_below(qtbot: QtBot, length: float) -> None:
    roll = PianoRoll(LIGHT)
    qtbot.addWidget(roll)
    roll.resize(300, 200)
    roll.show_tunes(((61, length),), ((61, length),))
    assert len(_painted(roll, 200 - 12, 200)) > 1
