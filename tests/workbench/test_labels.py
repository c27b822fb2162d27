"""Texts that are as high as their lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.appearance import Appearance
from workbench.panels.labels import ScrolledText
from workbench.settings import Settings


@pytest.mark.parametrize("width", [180, 240, 301])
def test_a_text_with_room_is_shown_whole_inside_its_line(qtbot: QtBot, tmp_path: Path, width: int) -> None:
    appearance = Appearance(Settings(tmp_path))  # whose style sheet draws a line around what has the keys
    appearance.choose_scale(100)
    place, text = QWidget(), ScrolledText("small", "told", "What is told")
    qtbot.addWidget(place)
    layout = QVBoxLayout(place)
    layout.addWidget(text)
    layout.addStretch(1)
    place.resize(width, 400)
    place.show()
    text.setText(
        "best validation loss 0.1292, RMSE 6.877<br><b>test: RMSE 13.98, MAE 10.43, skill 0.709</b><br>batch 16"
    )
    qtbot.waitUntil(lambda: text.height() > 40)
    assert text.verticalScrollBar().maximum() == 0


def test_a_bar_that_was_needed_goes_where_there_is_room_again(qtbot: QtBot) -> None:
    text = ScrolledText("small", "told", "What is told")
    qtbot.addWidget(text)
    text.setText("best validation loss 0.9189, accuracy 0.6484")
    text.show()
    wide = text._text.fontMetrics().horizontalAdvance("best validation loss 0.9189, accuracy 0.6484") + 4
    line = text._text.fontMetrics().lineSpacing()
    for high, needed in ((line // 2, True), (line + 4, False)):
        text.resize(wide, high)
        qtbot.waitUntil(lambda needed=needed: text.verticalScrollBar().isVisible() is needed)  # type: ignore[misc]
