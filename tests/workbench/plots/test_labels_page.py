"""Any number of labels at once are shown label by label, with the answers that are wrong."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from engine.prediction_records import ClassExample, LabelsPrediction
from workbench.looks.theme import LIGHT
from workbench.plots.answers.labels_page import LabelsPage


def test_each_label_has_its_own_figures(qtbot: QtBot) -> None:
    page = LabelsPage(LIGHT, compact=False)
    qtbot.addWidget(page)
    shown = LabelsPrediction(
        part="validation",
        label="topics",
        labels=("law", "sport"),
        counts=np.array([[4, 2, 2], [3, 0, 0]]),
        scores=(("micro F1", 0.444), ("macro F1", 0.333), ("exact match", 0.25)),
        baselines=(("commonest set", 0.2),),
        examples=(ClassExample("7", "a text", "law, sport", "law", 0.61),),
    )
    page.resize(800, 400)
    page.show()
    page.draw(shown)
    columns = page.rows.horizontalHeader().length()
    assert columns <= page.rows.viewport().width() <= columns + 20  # all figures are seen, and no more room is taken
    cells = [[page.rows.item(row, column).text() for column in range(7)] for row in range(2)]  # type: ignore[union-attr]
    assert cells == [["law", "4", "2", "2", "1.000", "0.500", "0.667"], ["sport", "3", "0", "0", *["0.000"] * 3]]
    assert page.scores.text().startswith("validation part: micro\u00a0F1\u00a00.444")
    assert page.scores.text().endswith("micro F1 of commonest set:\u00a00.200")
    assert page.examples.rows.item(0, 2).text() == "✕\u00a0law"  # type: ignore[union-attr]
    header, rows = page.table(shown)
    assert (header[0], rows[1][:4]) == ("label", ("sport", 3, 0, 0))
    page.clear()
    assert page.rows.rowCount() == page.examples.rows.rowCount() == 0
