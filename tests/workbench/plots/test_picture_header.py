"""What stands above a picture, and the order in which Tab goes through what is in one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from workbench.looks.theme import GRID
from workbench.plots.frame.picture_header import PictureHeader
from workbench.plots.frame.tab_order import order_tabs


@pytest.mark.parametrize("compact", [False, True])
def test_a_control_has_the_name_of_its_picture_and_a_small_place_none(qtbot: QtBot, compact: bool) -> None:
    picture = QWidget()
    qtbot.addWidget(picture)
    picture.setAccessibleName("Loss")
    header = PictureHeader(picture, "loss", QMenu(picture), compact=compact)
    picture.setLayout(header)
    box, tick = QComboBox(), QCheckBox("logarithmic")
    both, alone = header.add("Smoothing", box, "window"), header.add("", tick, "log")
    assert [each.objectName() for each in (box, tick)] == ["loss.window", "loss.log"]
    assert [each.accessibleName() for each in (box, tick)] == ["Loss: Smoothing", "Loss: logarithmic"]
    picture.show()
    assert [each.isVisible() for each in (both, alone)] == [not compact] * 2


def test_choices_leave_room_for_the_step_as_it_is_not_as_it_may_come_to_be(qtbot: QtBot) -> None:
    picture = QWidget()
    qtbot.addWidget(picture)
    header = PictureHeader(picture, "weights", QMenu(picture), compact=False)
    picture.setLayout(header)
    header.setContentsMargins(GRID, 0, GRID, 0)  # as in a picture's frame
    box = QComboBox()
    box.addItem("decoder · layer 1 · candidate")
    header.add("Spectrum", box, "matrix")
    step = header.stamp.label.fontMetrics().horizontalAdvance("step 9,040")
    beside = sum(part.sizeHint().width() for part in (header.title, header.badge, header.more)) + 6 * GRID
    picture.resize(beside + step + header.choices.sizeHint().width(), 60)
    picture.show()
    for told, whole in (("step 9,040", True), ("step 9,040,000", False)):
        header.show_moment(told)
        qtbot.waitUntil(lambda whole=whole: (box.width() >= box.sizeHint().width()) is whole)  # type: ignore[misc]
        qtbot.waitUntil(lambda told=told: header.stamp.label.text() == told)  # type: ignore[misc]


def test_tab_goes_through_a_picture_as_it_is_read(qtbot: QtBot) -> None:
    picture = QWidget()
    qtbot.addWidget(picture)
    picture.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    places = {"below": (0, 100), "right": (200, 0), "left": (0, 0)}  # in the order in which they are made
    for name, place in places.items():
        part = QLineEdit(picture)
        part.setObjectName(name)
        part.move(*place)
    order_tabs(picture)
    names, at = list[str](), picture.nextInFocusChain()
    while at is not None and at is not picture:
        names.append(at.objectName())
        at = at.nextInFocusChain()
    assert names == ["left", "right", "below"]
