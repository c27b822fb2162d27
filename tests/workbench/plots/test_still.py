"""What stays in a picture is painted once, and anew when it would look otherwise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from workbench.plots.frame.still import Still


class _Painted(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.still, self.times, self.density = Still(self), 0, 1.0
        self.resize(40, 30)

    def devicePixelRatioF(self) -> float:  # noqa: N802
        return self.density

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        self.still.show(painter, self._paint)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        self.times += 1
        painter.fillRect(QRect(0, 0, 20, 30), QColor("red"))


def test_it_is_painted_once_over_what_is_there(qtbot: QtBot) -> None:
    widget = _Painted()
    qtbot.addWidget(widget)
    pictures = [widget.grab().toImage() for _ in range(3)]
    assert widget.times == 1
    for picture in pictures:
        assert picture.pixelColor(10, 15) == QColor("red")
        assert picture.pixelColor(30, 15) == QColor("white")


@pytest.mark.parametrize(
    "change",
    [
        lambda widget: widget.still.forget(),
        lambda widget: widget.resize(50, 30),
        lambda widget: setattr(widget, "density", 2.0),
    ],
    ids=["told to", "another size", "another screen"],
)
def test_it_is_painted_anew_when_it_would_look_otherwise(qtbot: QtBot, change: Callable[[_Painted], None]) -> None:
    widget = _Painted()
    qtbot.addWidget(widget)
    widget.grab()
    change(widget)
    widget.grab()
    assert widget.times == 2
