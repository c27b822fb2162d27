"""A picture that is scrolled on the screen is whole in a file."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from engine.inside_records import GradientNorms
from engine.prediction_records import SeriesPrediction
from tests.workbench.views import measured
from tests.workbench.views.known import Show
from workbench.looks.theme import LIGHT
from workbench.plots.answers.forecast_page import ForecastPage
from workbench.plots.frame.saving import picture, svg_bytes
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.frame.unrolled import unrolled
from workbench.views.explain import Explain
from workbench.views.gates import Gates
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss
from workbench.views.prediction import Prediction


def striped(qtbot: QtBot) -> tuple[QWidget, QScrollArea]:
    """A hundred pixels of something that is a thousand high, red at its foot."""
    inside, widget = QWidget(), QWidget()
    inside.setMinimumHeight(1000)
    foot = QLabel(inside)
    foot.setGeometry(0, 990, 50, 10)
    foot.setStyleSheet("background: #ff0000")
    area = scrolled(inside, "a", "b")
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(area, 1)
    layout.addWidget(QLabel("below"), 1)  # half of what is gained
    qtbot.addWidget(widget)
    widget.resize(60, 200)
    widget.show()
    area.verticalScrollBar().setValue(30)
    return widget, area


def test_what_is_scrolled_is_in_the_picture_and_the_screen_stays_as_it_is(qtbot: QtBot) -> None:
    widget, area = striped(qtbot)
    image = picture(widget, 1.0)
    assert image.height() > 1900
    reds = [y for y in range(image.height()) if image.pixelColor(10, y) == QColor("#ff0000")]
    assert len(reds) == 10
    assert f'viewBox="0 0 {image.width()} {image.height()}"' in svg_bytes(widget, "t").decode()
    assert (widget.height(), area.verticalScrollBar().value()) == (200, 30)


def test_what_stands_in_a_place_of_fixed_height_makes_the_picture_no_higher(qtbot: QtBot) -> None:
    widget, area = striped(qtbot)
    area.setFixedHeight(50)
    with unrolled(widget):
        assert widget.height() == 200


@pytest.mark.parametrize("kind", [GradientNormBoard, Gates, Explain])
def test_views_of_deep_networks_have_nothing_left_to_scroll(show: Show, qtbot: QtBot, kind: type[LiveView]) -> None:
    view = show(kind)
    view.resize(700, 420)
    view.show_snapshot(measured.snapshot(measured.gradient_norms(6), measured.trace(layers=6), measured.structure(6)))
    qtbot.waitUntil(lambda: not view._behind and view.body.updatesEnabled())
    bars = [area.verticalScrollBar() for area in view.findChildren(QScrollArea) if area.isVisibleTo(view)]
    qtbot.waitUntil(lambda: max(bar.maximum() for bar in bars) > 0)
    with unrolled(view):
        assert [bar.maximum() for bar in bars] == [0] * len(bars)
    assert view.height() == 420


def test_the_last_of_many_parameters_is_in_the_picture(show: Show, qtbot: QtBot) -> None:
    view = show(GradientNormBoard)
    view.resize(700, 420)
    norms = np.full(60, 0.1, np.float32)
    norms[-1] = 10.0
    names = tuple(f"parameter {number}" for number in range(60))
    view.show_snapshot(measured.snapshot(GradientNorms(names, norms, norms, norms, 10.0, 0.0, 0.0)))
    qtbot.waitUntil(lambda: not view._behind and view.body.updatesEnabled())
    with unrolled(view):
        view.grab()  # the axes settle when they are painted
        canvas = view._norms.canvas
        point = canvas.mapTo(view, canvas.mapFromScene(view._norms.box.mapViewToScene(QPointF(1.0, 59.0))))
        assert point.y() > 420
    image = picture(view, 1.0)
    near = [image.pixelColor(point.x() + x, point.y() + y) for x in range(-3, 4) for y in range(-3, 4)]
    assert LIGHT.color("train").name() in [found.name() for found in near]


def test_a_file_says_what_is_chosen_and_has_nothing_that_is_hidden_or_can_be_clicked(show: Show, qtbot: QtBot) -> None:
    view = show(Loss)
    view.show_start(measured.STARTED)
    view.show_history(measured.history(200))
    legend, stamp = view._loss.legend, view._header.stamp
    view._loss.hiding.toggle("validation")
    view._log.setChecked(True)
    view._log.setFocus()
    qtbot.waitUntil(view._log.hasFocus)
    place = [text.partition("  ")[0] for text in legend.texts].index("validation")
    qtbot.waitUntil(lambda: view._log.isVisible() and stamp.label.text() == "step 200")

    def entry() -> QRect:
        return QRect(legend._places(legend.width())[place])

    def clicked() -> list[bool]:
        return [view.findChild(QWidget, f"loss.{name}").isVisible() for name in ("log", "smoothing", "menu")]

    hidden, shown = entry(), legend.grab().toImage()
    with view.as_file(1.0):
        assert clicked() == [False] * 3
        assert stamp.text() == "step 200 · Smoothing: 10 steps · logarithmic"
        assert entry().width() != hidden.width()  # the next one stands in its place
        assert legend.grab().toImage() != shown
    assert clicked() == [True] * 3
    assert view._log.hasFocus()
    assert (stamp.label.text(), entry()) == ("step 200", hidden)
    assert legend.grab().toImage() == shown


def test_lines_of_a_file_are_as_wide_as_on_the_screen_and_its_button_stays_behind(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.series_prediction()))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)

    def seen() -> tuple[float, bool]:
        return page.plot.curves["forecast"].item.opts["pen"].widthF(), view._header.more.isVisible()

    wide, button = seen()
    with view.as_file(2.0):
        assert seen() == (2 * wide, False)
    assert seen() == (wide, button) == (wide, True)
    with pytest.raises(ZeroDivisionError), view.as_file(2.0):
        raise ZeroDivisionError
    assert seen() == (wide, True)
