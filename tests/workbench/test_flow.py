"""A row of widgets that goes on below."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from workbench.widgets.flow import Flow


class _Box(QWidget):
    wide, high = 100, 20

    def sizeHint(self) -> QSize:
        return QSize(self.wide, self.high)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 20)


@pytest.mark.parametrize(
    ("width", "places", "height"),
    [
        (400, [(0, 0), (108, 0), (216, 0)], 20),
        (220, [(0, 0), (108, 0), (0, 24)], 44),
        (100, [(0, 0), (0, 24), (0, 48)], 68),
        (80, [(0, 0), (0, 24), (0, 48)], 68),
    ],
)
def test_what_has_no_room_goes_on_below(qtbot: QtBot, width: int, places: list[tuple[int, int]], height: int) -> None:
    window, flow = QWidget(), Flow(8)
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(flow)
    layout.addStretch(1)
    boxes = [_Box() for _ in range(4)]
    for box in boxes:
        flow.add(box)
    boxes[3].hide()
    window.resize(width, 100)
    window.show()
    qtbot.waitUntil(lambda: [(box.x(), box.y()) for box in boxes[:3]] == places)
    assert (flow.height(), flow.sizeHint(), flow.minimumSizeHint()) == (height, QSize(316, 20), QSize(60, 20))
    assert all(box.width() == min(100, width) for box in boxes[:3])
    boxes[1].wide = 104  # as a choice with a longer name
    boxes[1].updateGeometry()
    qtbot.waitUntil(lambda: boxes[1].width() == min(104, width))


@pytest.mark.parametrize(("width", "widths"), [(316, [100, 100, 100]), (301, [95, 95, 95]), (265, [83, 83, 83])])
def test_a_row_is_narrower_before_it_goes_on_below(qtbot: QtBot, width: int, widths: list[int]) -> None:
    flow, boxes = Flow(8, lambda: width), [_Box() for _ in range(3)]
    qtbot.addWidget(flow)
    for box in boxes:
        flow.add(box)
    flow.resize(width, 20)
    flow.show()
    qtbot.waitUntil(lambda: [box.width() for box in boxes] == widths)
    assert {box.y() for box in boxes} == {0}
    assert (flow.heightForWidth(width), flow.heightForWidth(264)) == (20, 44)
    assert flow.sizeHint().width() == sum(widths) + 16
    assert [flow.suits(least, width) for least in (265, 264, 80)] == [True, False, False]


def test_what_is_lower_stands_in_the_middle_of_its_row(qtbot: QtBot) -> None:
    flow, boxes = Flow(8), [_Box() for _ in range(3)]
    qtbot.addWidget(flow)
    boxes[0].high = boxes[2].high = 16
    for box in boxes:
        flow.add(box)
    flow.resize(220, 40)
    flow.show()
    qtbot.waitUntil(lambda: [(box.y(), box.height()) for box in boxes] == [(2, 16), (0, 20), (24, 16)])
    flow.resize(220, 50)
    qtbot.waitUntil(lambda: [box.y() for box in boxes] == [7, 5, 29])
