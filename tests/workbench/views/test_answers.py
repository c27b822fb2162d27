"""Texts, classes and tags as a network answers them, for snapshots of known content."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.events import SnapshotRequest
from engine.prediction_records import (
    ClassExample,
    ClassPrediction,
    PairsPrediction,
    SeriesPrediction,
    TagTrack,
    TextPrediction,
    WrittenPair,
)
from tests.workbench.mouse import move_over
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32
from workbench.looks.theme import LIGHT
from workbench.plots.answers.class_page import ClassPage
from workbench.plots.answers.writing_page import WritingPage
from workbench.runs.history import History
from workbench.views.prediction import Prediction


def test_cells_of_a_confusion_matrix_are_walked_by_keys(show: Show) -> None:
    view = show(Prediction)
    known = measured.class_prediction()
    view.show_snapshot(measured.snapshot(known))
    matrix = view.pages[ClassPrediction].matrix
    for key, cell in (("Down", (0, 0)), ("Down", (1, 0)), ("Right", (1, 1)), ("Right", (1, 1)), ("Home", (1, 0))):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert matrix.walked.cell == cell
        assert view._readout.text() == matrix.words(*cell)
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, counts=known.counts[::-1])))
    assert view._readout.text().startswith("sun answered as rain: 8 of 10")
    with_cell = matrix.grab().toImage()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._readout.text(), matrix.walked.cell) == ("", None)
    assert matrix.grab().toImage() != with_cell


def test_text_is_shown_as_it_was_written(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.TEXT))
    page = view.pages[TextPrediction]
    assert isinstance(page, WritingPage)
    key, _, rest = page.page.toPlainText().partition("\n")
    assert key.startswith("The text that is given, and what the network writes behind it")
    assert rest == f"temperature 0.8\n{measured.TEXT.prompt}{measured.TEXT.samples[0][1]}"
    assert view._bar.isVisible()
    assert view.table()[1] == [(0.8, measured.TEXT.prompt, measured.TEXT.samples[0][1])]


def test_in_a_small_place_few_words_say_which_letters_were_given(qtbot: QtBot) -> None:
    page = WritingPage(LIGHT, compact=True)
    qtbot.addWidget(page)
    page.draw(measured.TEXT)
    assert page.page.toPlainText().startswith("given, and written by the network\ntemperature 0.8")


def test_a_text_of_blanks_alone_is_said_to_be_one(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(TextPrediction("Alice", ((0.4, "  \n "), (0.8, " was")))))
    page = view.pages[TextPrediction]
    assert isinstance(page, WritingPage)
    headings = [line for line in page.page.toPlainText().splitlines() if line.startswith("temperature")]
    assert headings == ["temperature 0.4 · nothing but blanks was written", "temperature 0.8"]


def test_texts_of_a_run_without_a_validation_part_wait_for_no_score(show: Show) -> None:
    view = show(Prediction)
    view.show_start(replace(measured.STARTED, metric="bits per character", baselines=()))
    view.show_snapshot(measured.snapshot(measured.TEXT, step=30))
    scores = History()
    scores.extend("metric", [20], [math.nan])
    view.show_history(scores)
    assert view._scores.text() == "no validation part to score it on"


def test_texts_stand_below_their_score_by_then(show: Show) -> None:
    view = show(Prediction)
    view.show_start(replace(measured.STARTED, metric="bits per character", baselines=(("n-gram of order 2", 2.6),)))
    view.show_snapshot(measured.snapshot(measured.TEXT, step=30))
    scores = History()
    view.show_history(scores)
    beside = " — bits per character of n-gram of order 2:\u00a02.600"
    assert view._scores.text() == f"validation part: bits per character\u00a0not measured yet{beside}"
    scores.extend("metric", [20, 40], [3.5, 3.1])
    view.show_history(scores)
    assert view._scores.text() == f"validation part: bits per character\u00a03.500{beside}"
    view.show_snapshot(measured.snapshot(measured.series_prediction()))
    assert not view._scores.isVisible()


def test_at_the_end_it_is_said_whose_weights_are_shown(show: Show) -> None:
    view = show(Prediction)
    scored = History()
    scored.extend("validation_loss", [20, 40, 60], [0.5, 0.3, 0.4])
    view.show_history(scored)
    view.show_snapshot(measured.snapshot(measured.series_prediction(), step=40))
    assert view._header.stamp.text() == "step 40 · epoch 2"
    view.show_end()
    assert view._header.stamp.text() == "step 40 · epoch 2 · best weights"
    alone = History()  # without a validation part the training loss decides
    for name, values in (("training_loss", [3.0, 1.0, 2.0]), ("validation_loss", [math.nan] * 3)):
        alone.extend(name, [20, 40, 60], values)
    assert (alone.best_step(), math.isnan(alone.lowest("validation_loss")[0])) == (40, True)
    assert math.isnan(History().best_step())
    view.show_moment(60)
    view.show_snapshot(measured.snapshot(measured.series_prediction(), step=60))
    assert view._header.stamp.text() == "step 60 · epoch 3"


def test_temperature_is_asked_for(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    with qtbot.waitSignal(view.needs_changed):
        view._temperature.setValue(1.5)
    assert view.refine(SnapshotRequest(1, frozenset({"prediction"}))).temperature == 1.5


def test_series_after_text_takes_the_temperature_away(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.TEXT))
    view.reset()
    view.show_snapshot(measured.snapshot(measured.series_prediction()))
    assert not view._bar.isVisible()
    assert view.pages[SeriesPrediction].isVisible()
    assert not view.pages[TextPrediction].isVisible()


def test_classes_are_counted_with_their_numbers(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction()))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    assert page.isVisible()
    assert page.scores.text() == (
        "validation part: accuracy\u00a00.800 · macro\u00a0F1\u00a00.790"
        " — accuracy of majority class:\u00a00.500, logistic regression:\u00a00.700"
    )
    assert page.matrix.words(0, 1) == "rain answered as sun: 2 of 10 (20 %)"
    assert view.table() == (("truth", "answered rain", "answered sun"), [("rain", 8, 2), ("sun", 2, 8)])
    assert not page.strips.isVisible()


@pytest.mark.parametrize("told", [False, True])
def test_mistakes_and_doubts_are_to_be_read(show: Show, told: bool) -> None:
    view = show(Prediction)
    examples = (
        ClassExample("7", "not bad" if told else "", "sun", "rain", 0.9),
        ClassExample("3", "good" if told else "", "sun", "sun", 0.55, None if told else np.eye(8, dtype=np.float32)),
    )
    view.show_snapshot(measured.snapshot(replace(measured.class_prediction(), examples=examples)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    table = page.examples
    assert table.isVisible()
    assert table.order.text() == "Mistakes, the surest first; then right answers, the least sure first"
    assert [table._item(row, 0).icon().isNull() for row in (0, 1)] == [True, told]
    cells = [[table.rows.item(row, column).text() for column in range(4)] for row in range(2)]  # type: ignore[union-attr]
    right_one = ["good" if told else "3", "sun", "✓\u00a0sun", "55 %"]
    assert cells == [["not bad" if told else "7", "sun", "✕\u00a0rain", "90 %"], right_one]
    wrong, right = (table.rows.item(row, 2).foreground().color() for row in range(2))  # type: ignore[union-attr]
    assert wrong != right
    assert page.matrix.width() <= page.width() // 2
    view.show_snapshot(measured.snapshot(replace(measured.class_prediction(), examples=examples[1:])))
    assert table.order.text() == "Right answers, the least sure first"
    assert table.rows.rowCount() == 1
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    assert not table.isVisible()


def test_tags_are_shown_along_time(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    assert page.strips.isVisible()
    assert page.strips.words(0) == "sequence 1, step 1 · truth rain · answered rain (90\u00a0%)"
    assert page.strips.words(2) == "sequence 1, step 3 · truth no label · answered sun (60\u00a0%)"
    with qtbot.waitSignal(page.read) as said:
        move_over(page.strips, page.strips.rect().center())
    assert said.args[0].startswith("sequence 1, step ")


def test_steps_with_tags_are_walked_by_keys_above_the_matrix(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    tagged = measured.class_prediction(tagged=True)
    view.show_snapshot(measured.snapshot(tagged))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    strips, matrix = page.strips, page.matrix
    without_step = strips.grab().toImage()
    for key, step in (("Right", 0), ("Right", 1), ("End", 3), ("Right", 3), ("Up", 3), ("Home", 0), ("Right", 1)):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert strips.walked.cell == (0, step)
        assert view._readout.text() == strips.words(step)
    assert strips.grab().toImage() != without_step
    assert tagged.track is not None
    surer = replace(tagged.track, certainty=f32(*[0.75] * 4))
    view.show_snapshot(measured.snapshot(replace(tagged, track=surer)))
    assert view._readout.text() == "sequence 1, step 2 · truth rain · answered sun (75\u00a0%)"
    for key, cell in (("Down", (0, 0)), ("Right", (0, 1)), ("Down", (1, 1)), ("Up", (0, 1))):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert (strips.walked.cell, matrix.walked.cell) == (None, cell)
        assert view._readout.text() == matrix.words(*cell)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert (strips.walked.cell, matrix.walked.cell) == ((0, 0), None)
    with qtbot.waitSignal(matrix.hovered):
        move_over(matrix, matrix.rect().center())
    assert strips.walked.cell is None
    for key in ("Left", "Escape"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert (strips.walked.cell, view._readout.text()) == (None, "")


def test_tags_that_change_too_often_are_shown_a_part_at_a_time(show: Show) -> None:
    view = show(Prediction)
    answers = (np.arange(2000) % 2).astype(np.int16)
    often = TagTrack(tuple(f"1: {n}" for n in range(2000)), answers, answers, f32(*[0.5] * 2000))
    tagged = measured.class_prediction(tagged=True)
    view.show_snapshot(measured.snapshot(replace(tagged, track=often)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    strips = page.strips
    assert strips.bar.isVisible()
    assert strips.shown.stop < 500
    strips.bar.setValue(strips.bar.maximum())
    assert strips.shown.stop == 2000
    assert strips._step(strips.width() - 1) == 1999
    for key, shown in (("Right", 0), ("End", 1999), ("Left", 1998), ("Home", 0)):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert strips.walked.cell == (0, shown)
        assert strips.shown.start <= shown < strips.shown.stop
    view.show_snapshot(measured.snapshot(tagged))
    assert not strips.bar.isVisible()
    assert strips.shown == slice(0, 4)


def test_tags_in_a_small_place_stand_below_their_scores(show: Show, qtbot: QtBot) -> None:
    view = Prediction(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.resize(480, 400)
    view.show()
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    qtbot.waitUntil(lambda: page.strips.isVisible() and page.parts.isHidden())
    assert page.strips.y() < page.height() / 3
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._readout.text() == page.strips.words(0)


def test_the_scores_of_pairs_take_one_line_of_a_low_small_place(qtbot: QtBot) -> None:
    view = Prediction(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.resize(320, 270)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen and view._built)
    view.show_start(replace(measured.STARTED, baselines=(("a name as long as a line", 1.0), ("and another one", 2.0))))
    view.show_history(measured.history(30))
    pair = WrittenPair("a", "x", "x", ("a",), ("x",), None, None)
    view.show_snapshot(measured.snapshot(PairsPrediction("validation", "target", False, (pair,))))
    line = view._scores.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: 0 < view._scores.height() < 2 * line)
    assert "and another one" in view._scores.toolTip()
    view.resize(320, 400)
    qtbot.waitUntil(lambda: view._scores.height() >= 2 * line)
    view.resize(320, 270)
    view.show_snapshot(measured.snapshot(measured.TEXT))  # which leaves room
    qtbot.waitUntil(lambda: view._scores.height() >= 2 * line)
