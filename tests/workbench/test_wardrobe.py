import dataclasses
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QSpinBox,
    QStackedWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from workbench.dialogs.frame import Side
from workbench.looks.style import style_sheet
from workbench.looks.theme import DARK, LIGHT, SCALES, Theme
from workbench.looks.wardrobe import Wardrobe
from workbench.plots.key.legend import Legend


@pytest.fixture
def wardrobe(qapp: QApplication) -> Iterator[Wardrobe]:
    made = Wardrobe(qapp)
    made.wear(LIGHT)
    yield made
    made.wear(LIGHT)


def pages(qtbot: QtBot) -> tuple[QStackedWidget, QFrame, QFrame]:
    """A window with a card that is seen and one that is not, each with a title on it."""
    window = QStackedWidget()
    qtbot.addWidget(window)
    for number in range(2):
        card = QFrame()
        card.setProperty("role", "card")
        title = QLabel("Title", card)
        title.setProperty("role", "title")
        card.resize(200, 100)
        window.insertWidget(number, card)
    window.show()
    window.setCurrentIndex(1)
    window.setCurrentIndex(0)
    first, second = window.widget(0), window.widget(1)
    assert isinstance(first, QFrame)
    assert isinstance(second, QFrame)
    return window, first, second


def dressed(card: QFrame, theme: Theme) -> bool:
    """Whether the ground and the text are those of `theme`."""
    title = card.findChild(QLabel)
    assert title is not None
    ground = card.grab().toImage().pixelColor(card.width() - 20, card.height() - 20)
    return ground == QColor(theme.base) and title.font().pixelSize() == theme.heading


def test_one_sheet_serves_every_theme_and_every_size_of_text() -> None:
    sheets = {style_sheet(dataclasses.replace(theme, scale=size / 100)) for theme in (LIGHT, DARK) for size in SCALES}
    assert len(sheets) == 1


@pytest.mark.parametrize("theme", [DARK, dataclasses.replace(DARK, scale=1.5), dataclasses.replace(LIGHT, scale=1.3)])
def test_what_is_seen_is_dressed_at_once_and_the_rest_soon(wardrobe: Wardrobe, qtbot: QtBot, theme: Theme) -> None:
    _window, seen, hidden = pages(qtbot)
    assert dressed(seen, LIGHT)
    wardrobe.wear(theme)
    assert dressed(seen, theme)
    qtbot.waitUntil(lambda: dressed(hidden, theme))


def test_what_is_shown_meanwhile_comes_first_and_what_is_gone_is_left_out(wardrobe: Wardrobe, qtbot: QtBot) -> None:
    window, seen, hidden = pages(qtbot)
    wardrobe.wear(DARK)
    window.setCurrentWidget(hidden)
    window.removeWidget(seen)
    seen.deleteLater()
    qtbot.waitUntil(lambda: dressed(hidden, DARK))
    wardrobe.wear(LIGHT)
    assert dressed(hidden, LIGHT)


def test_a_hidden_key_keeps_the_size_of_its_text(wardrobe: Wardrobe, qtbot: QtBot) -> None:
    large = dataclasses.replace(DARK, scale=1.5)
    window, _, hidden = pages(qtbot)
    key = Legend(LIGHT)
    key.setParent(hidden)
    for at in (1, 0):
        window.setCurrentIndex(at)  # it was seen before
        QApplication.processEvents()
    wardrobe.wear(large)
    key.apply_theme(large)
    qtbot.waitUntil(lambda: dressed(hidden, large))
    qtbot.waitUntil(lambda: not wardrobe._timer.isActive())
    assert key.font().pixelSize() == large.small
    window.setCurrentIndex(1)
    assert key.font().pixelSize() == large.small


def test_a_column_at_the_side_grows_with_the_text(wardrobe: Wardrobe, qtbot: QtBot) -> None:
    side = Side(200)
    qtbot.addWidget(side)
    side.show()
    assert side.width() == 200
    wardrobe.wear(dataclasses.replace(LIGHT, scale=1.5))
    qtbot.waitUntil(lambda: side.width() == 300)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox])
def test_what_can_be_typed_into_has_an_edge(
    wardrobe: Wardrobe, qtbot: QtBot, theme: Theme, kind: type[QWidget]
) -> None:
    wardrobe.wear(theme)
    line = kind()
    qtbot.addWidget(line)
    line.resize(100, 30)
    line.show()
    picture = line.grab().toImage()
    ground = QColor(theme.base).lightness()
    assert max(abs(picture.pixelColor(x, 15).lightness() - ground) for x in range(4)) > 35


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_boxes_to_tick_in_a_list_can_be_seen(wardrobe: Wardrobe, qtbot: QtBot, theme: Theme) -> None:
    wardrobe.wear(theme)
    ticks = QListWidget()
    qtbot.addWidget(ticks)
    item = QListWidgetItem("", ticks)
    item.setCheckState(Qt.CheckState.Unchecked)
    ticks.resize(100, 60)
    ticks.show()
    picture = ticks.viewport().grab().toImage()
    ground = QColor(theme.base).lightness()
    lights = [abs(picture.pixelColor(x, 8).lightness() - ground) for x in range(24)]
    assert max(lights) > 40


def test_a_box_to_tick_has_an_outline_on_a_dark_ground(wardrobe: Wardrobe, qtbot: QtBot) -> None:
    wardrobe.wear(DARK)
    ground = QWidget()
    qtbot.addWidget(ground)
    box = QCheckBox("a choice", ground)
    ground.resize(100, 30)
    box.resize(100, 30)
    ground.show()
    picture = ground.grab().toImage()
    across = [picture.pixelColor(x, 15).lightness() for x in range(20)]
    assert max(across) - QColor(DARK.panel).lightness() > 60


@pytest.mark.parametrize("usable", [False, True])
def test_the_handle_of_a_slider_can_be_seen_on_a_dark_ground(wardrobe: Wardrobe, qtbot: QtBot, usable: bool) -> None:
    wardrobe.wear(DARK)
    slider = QSlider(Qt.Orientation.Horizontal)
    qtbot.addWidget(slider)
    slider.setEnabled(usable)
    slider.resize(100, 20)
    slider.show()
    picture = slider.grab().toImage()
    across = [picture.pixelColor(x, 10).lightness() for x in range(100)]
    assert (max(across) - QColor(DARK.panel).lightness() > 60) is usable


@pytest.mark.parametrize("again", [False, True])
def test_no_test_leaves_larger_text_to_the_next(qapp: QApplication, again: bool) -> None:
    large = dataclasses.replace(LIGHT, scale=2.0)
    assert qapp.font().pixelSize() != large.body
    Wardrobe(qapp).wear(large)
    assert qapp.font().pixelSize() == large.body


def test_the_bar_of_a_list_with_boxes_to_tick_is_as_dark_as_others(wardrobe: Wardrobe, qtbot: QtBot) -> None:
    wardrobe.wear(DARK)
    ticks = QListWidget()
    qtbot.addWidget(ticks)
    ticks.addItems([str(number) for number in range(100)])
    ticks.resize(200, 300)
    ticks.show()
    bar = ticks.verticalScrollBar()
    below = bar.mapTo(ticks, bar.rect().center())  # the handle is at the top
    assert ticks.grab().toImage().pixelColor(below) == QColor(DARK.panel)
    assert ticks.palette().window().color() == QColor(DARK.muted)  # which boxes are outlined with
