"""Pairs that were written, and the picture beside them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from engine.prediction_records import PairsPrediction, WrittenPair
from workbench.looks.theme import THEMES
from workbench.plots.answers.pairs_page import PairsPage

LOOKS = np.array([[0.9, 0.1, 0.0], [0.0, 0.2, 0.8]], np.float32)
TRANSLATED = WrittenPair("a b", "x", "x", ("a", "b", "■"), ("x", "■"), LOOKS, None)
WRONG = WrittenPair("b", "y", "x", ("b", "■"), ("x", "■"), LOOKS[:, :2], None)
DIGIT = WrittenPair("0, 1", "one", "one", (), ("o", "n", "e", "■"), None, np.eye(4, dtype=np.float32))
TUNE = WrittenPair("C", "60:1", "62:1", (), ("62:1", "■"), None, None, ((62, 1.0),), ((60, 1.0), (64, 0.5)))


def page(qtbot: QtBot, *pairs: WrittenPair, tunes: bool = False, compact: bool = False) -> PairsPage:
    made = PairsPage(THEMES["light"], compact=compact)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.draw(PairsPrediction("validation", "target", tunes, pairs))
    made.show()
    return made


@pytest.mark.parametrize("compact", [False, True])
def test_what_was_read_wanted_and_written_stand_side_by_side(qtbot: QtBot, compact: bool) -> None:
    made = page(qtbot, TRANSLATED, WRONG, compact=compact)
    assert [made.rows.horizontalHeaderItem(k).text() for k in range(3)] == ["read", "target", "written"]  # type: ignore[union-attr]
    assert [made.rows.item(1, k).text() for k in range(3)] == ["b", "y", "✕\u00a0x"]  # type: ignore[union-attr]
    assert not made.rows.horizontalHeader().highlightSections()  # bold names, for a row that is chosen in every column


def test_right_and_wrong_are_told_apart_without_colours(qtbot: QtBot) -> None:
    made = page(qtbot, TRANSLATED, WRONG)
    right, wrong = (made.rows.item(row, 2) for row in (0, 1))
    assert right is not None
    assert wrong is not None
    assert (right.text(), wrong.text()) == ("✓\u00a0x", "✕\u00a0x")
    assert [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in (right, wrong)] == ["right: x", "wrong: x"]
    assert [item.toolTip() for item in (right, wrong)] == ["x", "x"]
    assert right.foreground().color() != wrong.foreground().color()
    header, rows = made.table(PairsPrediction("validation", "target", False, (TRANSLATED, WRONG)))
    assert header == ("read", "target", "written", "right or wrong")
    assert rows == [("a b", "x", "x", "right"), ("b", "y", "x", "wrong")]
    header, rows = made.table(PairsPrediction("validation", "soprano", True, (TUNE,)))
    assert (len(header), len(rows[0])) == (3, 3)  # of tunes none is right


def test_a_long_sentence_is_read_in_full(qtbot: QtBot) -> None:
    words = (
        "two thousand, nine hundred and ninety-eight years ago, on the first day of the month, before it was evening"
    )
    long = WrittenPair(words, words, words, ("a",), ("x",), LOOKS, None)
    made = page(qtbot, TRANSLATED, long)
    line = made.rows.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: made.rows.rowHeight(0) < 2 * line < 6 * line <= made.rows.rowHeight(1))
    assert made.rows.rowHeight(1) % line >= 4  # and air around it
    without_end = "a sentence without end " * 20
    endless = replace(long, source=without_end, wanted=without_end, written=without_end)
    made.draw(PairsPrediction("validation", "target", False, (endless,)))
    qtbot.waitUntil(lambda: 6 * line <= made.rows.rowHeight(0) < 7 * line)


@pytest.mark.parametrize("pair", [TRANSLATED, DIGIT])
def test_in_a_small_place_two_pairs_are_whole_and_the_picture_has_the_rest(qtbot: QtBot, pair: WrittenPair) -> None:
    made = page(qtbot, replace(pair, source="a sentence that is far too long for a column " * 3), pair, compact=True)
    made.resize(310, 220)
    second = made.rows.visualRect(made.rows.model().index(1, 0))
    assert made.rows.viewport().rect().contains(second)
    assert made.pictures.height() > 130


def test_where_nothing_is_written_it_says_so(qtbot: QtBot) -> None:
    made = page(qtbot, WrittenPair("one", "un", "", ("one", "■"), ("■",), LOOKS[:1, :2], None))
    assert made.rows.item(0, 2).text() == "✕\u00a0(nothing)"  # type: ignore[union-attr]


def test_the_chosen_pair_shows_where_the_network_looked(qtbot: QtBot) -> None:
    made = page(qtbot, TRANSLATED, WRONG)
    assert made.pictures.currentWidget() is made.matrix
    np.testing.assert_array_equal(made.matrix.weights, LOOKS)
    assert made.matrix.words(1, 2) == "writing the end looked at the end: 80.0 %"
    made.rows.setCurrentCell(1, 0)
    assert made.matrix.read == ("b", "■")
    made.draw(PairsPrediction("validation", "target", False, (TRANSLATED, WRONG)))
    assert made.rows.currentRow() == 1


def test_digits_tunes_and_networks_without_attention_have_pictures_of_their_own(qtbot: QtBot) -> None:
    made = page(qtbot, DIGIT)
    assert made.pictures.currentWidget() is made.picture
    read = made.rows.item(0, 0)
    assert read.text() == ""  # type: ignore[union-attr]
    seen = read.icon().pixmap(24, 24).toImage()  # type: ignore[union-attr]
    ink, same, other = (seen.pixelColor(*place) for place in ((3, 3), (9, 9), (15, 3)))
    assert ink == same != other
    made.draw(PairsPrediction("validation", "soprano", True, (TUNE,)))
    assert [made.rows.item(0, k).text() for k in range(3)] == ["C", "C4\u00a01, E4\u00a0½", "D4\u00a01"]  # type: ignore[union-attr]
    assert made.pictures.currentWidget() is made.roll
    assert made.roll.tunes == (TUNE.wanted_notes, TUNE.written_notes)
    plain = WrittenPair("a", "x", "x", ("a",), ("x",), None, None)
    made.draw(PairsPrediction("validation", "target", False, (plain,)))
    assert made.pictures.currentWidget() is made.nothing
    made.theme = THEMES["dark"]
    made.recolour()
    made.grab()
    made.clear()
    assert made.rows.rowCount() == 0


def test_attention_is_walked_by_keys_until_another_pair_is_chosen(qtbot: QtBot) -> None:
    made = page(qtbot, TRANSLATED, WRONG)
    said: list[str] = []
    made.read.connect(said.append)
    for across, down in ((1, 0), (1, 0), (0, 1)):
        assert made.walk(across, down)
    assert said == [made.matrix.words(*cell) for cell in ((0, 0), (0, 1), (1, 1))]
    made.grab()
    made.rows.setCurrentCell(1, 0)
    assert made.matrix.walked.cell is None
    assert made.walk(1, 0)
    made.clear()
    assert made.matrix.walked.cell is None  # another run's
    made.draw(PairsPrediction("validation", "soprano", True, (TUNE,)))
    assert not made.walk(1, 0)  # a tune has none


@pytest.mark.parametrize("compact", [False, True])
def test_short_words_leave_their_room_to_what_is_longer(qtbot: QtBot, compact: bool) -> None:
    short = replace(TRANSLATED, source="crowded", wanted="K R AW1 D AH0 D", written="K R UW1 D IH0 D")
    made = page(qtbot, short, replace(short, source="of"), compact=compact)
    made.resize(320 if compact else 680, 400)
    words = [made.rows.item(0, column).text() for column in range(3)]  # type: ignore[union-attr]
    needs = [made.rows.fontMetrics().horizontalAdvance(text) for text in words]
    wide = [made.rows.columnWidth(column) for column in range(3)]
    assert all(room > need + 6 for room, need in zip(wide, needs, strict=True))
    assert sum(wide) == made.rows.viewport().width()
    assert all(made.rows.rowHeight(row) < 2 * made.rows.fontMetrics().lineSpacing() for row in range(2))
    made.draw(PairsPrediction("validation", "target", False, (replace(short, written="x " * 40),)))
    assert [made.rows.columnWidth(column) for column in range(3)] == wide  # whatever is written in training
