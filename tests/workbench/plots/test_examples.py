"""The examples of a classifier come again with every answer: little of their table is made anew."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.prediction_records import ClassExample, ClassPrediction
from workbench.looks.theme import LIGHT
from workbench.plots.answers.class_page import ClassPage
from workbench.plots.answers.example_table import ExampleTable


def examples(certainty: float) -> tuple[ClassExample, ...]:
    values = np.random.default_rng(0).standard_normal((3, 5, 2)).astype(np.float32)
    return tuple(
        ClassExample(name=str(row), text="", values=values[row], truth="a", answer="b", certainty=certainty)
        for row in range(3)
    )


def pictures(table: ExampleTable) -> list[int]:
    return [table._item(row, 0).icon().cacheKey() for row in range(3)]


def test_columns_are_measured_once_and_pictures_are_kept(qtbot: QtBot) -> None:
    table, told = ExampleTable(LIGHT), list[object]()
    qtbot.addWidget(table)
    table.show_examples(examples(0.5))
    made = pictures(table)
    table.rows.model().dataChanged.connect(lambda first, *_: told.append(first.row()))
    table.show_examples(examples(0.75))
    assert told == [0]
    assert table._item(2, 3).text() == "75 %"
    assert len(set(made)) == 3
    assert pictures(table) == made
    table.show_examples(examples(0.75)[::-1])
    assert pictures(table) == made[::-1]


@pytest.mark.parametrize("letters", [12, 18])
def test_examples_have_the_width_of_their_classes_and_two_lines_of_words_whatever_the_size_of_text(
    qtbot: QtBot, letters: int
) -> None:
    page = ClassPage(LIGHT, compact=False)
    qtbot.addWidget(page)
    font = page.font()
    font.setPixelSize(letters)
    page.examples.rows.setFont(font)
    page.examples.rows.horizontalHeader().setFont(font)
    page.resize(616, 400)
    page.show()
    words = "you feel like you are holding something of quality, and so it goes on"
    shown = (ClassExample("1", words, "negative", "positive", 0.9999),)
    counts, scores = np.eye(2, dtype=np.int64), (("accuracy", 0.5),)
    page.draw(ClassPrediction("validation", "mood", ("negative", "positive"), counts, scores, (), None, shown))
    rows = page.examples.rows
    qtbot.waitUntil(lambda: sum(rows.columnWidth(column) for column in range(4)) <= rows.viewport().width())
    assert rows.columnWidth(0) >= 5 * rows.fontMetrics().averageCharWidth()
    assert rows.rowHeight(0) >= 2 * rows.fontMetrics().lineSpacing()
