"""Strips of tags name what they show in text of any size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QFontMetrics
from pytestqt.qtbot import QtBot

from engine.prediction_records import TagTrack
from tests.workbench.views import measured
from workbench.looks.theme import GRID, LIGHT
from workbench.plots.answers.tag_strips import TagStrips


def strips(qtbot: QtBot) -> TagStrips:
    tagged = measured.class_prediction(tagged=True)
    assert tagged.track is not None
    made = TagStrips(LIGHT)
    qtbot.addWidget(made)
    made.resize(500, 200)
    made.show_track(tagged.track, tagged.classes)
    made.show()
    return made


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_names_are_whole_in_text_of_any_size(qtbot: QtBot, scale: float) -> None:
    made = strips(qtbot)
    low = made.sizeHint().height()
    theme = replace(LIGHT, scale=scale)
    made.apply_theme(theme)
    image = made.grab().toImage()
    edge = {image.pixelColor(x, y).name() for x in range(4) for y in range(image.height())}
    assert len(edge) == 1  # no letter is cut there
    assert (made.sizeHint().height() > low) is (scale > 1)
    assert made._rect(0, 0).left() == made._left


@pytest.mark.parametrize("words", [("the", "quiet", "teacher", "."), ("a", " ", "b", "c")])
def test_words_stand_above_their_tags_and_as_many_as_can_be_read(qtbot: QtBot, words: tuple[str, ...]) -> None:
    made, often = strips(qtbot), 50
    low, classes = made.sizeHint().height(), np.tile(np.array([0, 1, -1, 1], np.int16), often)
    sure, labels = np.ones(4 * often, np.float32), tuple(map(str, range(4 * often)))
    made.show_track(TagTrack(labels, classes, np.abs(classes), sure, words * often), ("rain", "sun"))
    font = made.font()
    font.setPixelSize(LIGHT.small)
    longest = max(map(QFontMetrics(font).horizontalAdvance, words))
    assert made.sizeHint().height() > low
    assert made._rect(0, 0).width() > longest
    assert not made.bar.isHidden()
    made.show_track(TagTrack(labels, classes, np.abs(classes), sure), ("rain", "sun"))
    assert made.sizeHint().height() < low + made.bar.sizeHint().height() + 1
    assert made._rect(0, 0).width() < longest


def test_a_line_stands_where_another_sentence_begins(qtbot: QtBot) -> None:
    made, two = strips(qtbot), np.array([0, 1, 0, 1], np.int16)
    track = TagTrack(("1: 1", "1: 2", "2: 1", "2: 2"), two, two, np.ones(4, np.float32), ("a", "b", "c", "d"))
    made.show_track(track, ("rain", "sun"))
    assert made.starts == [2]
    image = made.grab().toImage()
    lines = [made._rect(0, step).left() for step in (1, 2, 3)]
    ground = image.pixelColor(1, 1)
    drawn = [image.pixelColor(round(x - 0.5), 2) != ground for x in lines]
    assert drawn == [False, True, False]


def test_a_step_is_told_by_its_sequence_its_place_there_and_what_was_read(qtbot: QtBot) -> None:
    made, two = strips(qtbot), np.array([0, 1, 0], np.int16)
    labels = ("1: 1 'it'", "2: 1 'rains'", "2: 2 '('")
    made.show_track(TagTrack(labels, two, two, np.full(3, 0.9999, np.float32), ("it", "rains", "(")), ("rain", "sun"))
    told = [made.words(step).partition(" · ")[0] for step in range(3)]
    assert told == ["sequence 1, step 1 (it)", "sequence 2, step 1 (rains)", "sequence 2, step 2 (“(”)"]
    assert made.words(0).endswith("answered rain (>\u00a099.9\u00a0%)")


def test_below_words_each_tag_is_named_where_its_name_fits(qtbot: QtBot) -> None:
    def inked(classes: tuple[str, ...]) -> int:
        made = strips(qtbot)
        two = np.array([0, 1], np.int16)
        made.show_track(TagTrack(("1: 1", "1: 2"), two, two, np.ones(2, np.float32), ("teacher", "rains")), classes)
        image, top = made.grab().toImage(), round(made._top)
        row = range(made._left, made.width())
        return len({image.pixelColor(x, y).rgb() for x in row for y in range(top + 2, top + 20)})

    assert inked(("rain", "sun")) > inked(("a name that is far too long for its cell " * 3,) * 2) == 3


@pytest.mark.parametrize("below", [False, True])
def test_the_key_has_the_room_below_the_names_where_it_needs_it(qtbot: QtBot, below: bool) -> None:
    made, classes = strips(qtbot), tuple(f"kind {number}" for number in range(8))
    two = np.array([0, 1], np.int16)
    made.show_track(TagTrack(("1: 1", "1: 2"), two, two, np.ones(2, np.float32), ()), classes)
    font = made.font()
    font.setPixelSize(LIGHT.small)
    wide = sum(QFontMetrics(font).horizontalAdvance(name) + 3 * GRID for name in classes)
    made.resize(wide + (GRID if below else made._left), made.height())
    image = made.grab().toImage()
    inside, first = range(made.height() // 2, made.height()), made.colors()[0]
    row = {image.pixelColor(x, y).name() for x in range(image.width()) for y in inside}
    assert {color.name() for color in made.colors()} <= row
    assert any(image.pixelColor(GRID + 2, y) == first for y in inside) is below
