"""Pages take the room of the one that is seen."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.plots.frame.pages import Pages


def test_only_the_page_that_is_seen_takes_room(qtbot: QtBot) -> None:
    around, pages, large, words = QWidget(), Pages(), QWidget(), QLabel("word " * 200)
    qtbot.addWidget(around)
    large.setMinimumSize(300, 400)
    words.setWordWrap(True)
    QVBoxLayout(around).addWidget(pages)
    for page in (large, words):
        pages.addWidget(page)
    around.show()
    assert around.minimumSizeHint().height() >= 400
    pages.setCurrentWidget(words)
    qtbot.waitUntil(lambda: around.minimumSizeHint().height() < 200)
    layout = around.layout()
    assert layout is not None
    assert not layout.hasHeightForWidth()
