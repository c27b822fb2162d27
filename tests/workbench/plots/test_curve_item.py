"""Lines with gaps and points: where they are drawn, how large, and on which scale."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, QPen
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import picture
from workbench.plots.key.curve_item import CurveItem, Points, logarithms

RED = QColor("#ff0000")


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot(LIGHT, bottom="", left="")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def reds(image: QImage) -> NDArray[np.bool_]:
    """Where an image (H, W) is red, by more than half."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    blue, green, red = (rows[:, : image.width(), part].astype(int) for part in range(3))
    return (red > 200) & (green < 128) & (blue < 128)


def drawn(plot: CurvePlot, points: Points, *, x: list[float], y: list[float]) -> CurveItem:
    item = CurveItem()
    plot.axes.add(item)
    item.dot(points)
    item.show(x, y)
    return item


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("shape", ["o", "s"])
def test_a_point_is_as_large_as_asked_for_in_the_middle_of_its_place(plot: CurvePlot, shape: str, scale: int) -> None:
    drawn(plot, Points(QPen(RED), 9, shape), x=[5.0], y=[5.0])
    plot.box.setRange(xRange=(0, 10), yRange=(0, 10), padding=0)
    found = reds(picture(plot, scale))
    area = math.pi / 4 * 81 if shape == "o" else 81
    assert found.sum() == pytest.approx(area * scale**2, rel=0.2)
    middle = plot.canvas.mapTo(plot, plot.canvas.mapFromScene(plot.box.mapToScene(plot.box.rect().center())))
    assert_allclose(np.argwhere(found).mean(axis=0) / scale, [middle.y(), middle.x()], atol=1.5)


def test_a_ring_is_hollow(plot: CurvePlot) -> None:
    drawn(plot, Points(QPen(RED, 2), 21, filled=False), x=[5.0], y=[5.0])
    plot.box.setRange(xRange=(0, 10), yRange=(0, 10), padding=0)
    found = np.argwhere(reds(picture(plot, 1)))
    apart = np.hypot(*(found - found.mean(axis=0)).T)
    assert apart.min() > 8
    assert len(found) > 60


def test_what_is_painted_anew_holds_whole_points(plot: CurvePlot) -> None:
    item = drawn(plot, Points(QPen(RED), 15), x=[5.0], y=[5.0])
    plot.box.setRange(xRange=(0, 10), yRange=(0, 10), padding=0)
    painted = item.mapRectToScene(item.boundingRect())
    assert min(painted.width(), painted.height()) >= 15
    item.dot(Points(QPen(RED), 31))
    assert item.mapRectToScene(item.boundingRect()).width() >= 31


def test_what_is_not_known_is_a_gap_and_has_no_point(plot: CurvePlot) -> None:
    item = drawn(plot, Points(QPen(RED), 9), x=[0.0, 1.0, 2.0, 3.0], y=[1.0, math.nan, math.inf, 2.0])
    plot.settle()
    assert reds(picture(plot, 1)).sum() == pytest.approx(2 * math.pi / 4 * 81, rel=0.2)
    item.show([0.0, 1.0], [math.nan, math.nan])
    assert not reds(picture(plot, 1)).any()


def test_on_a_logarithmic_axis_there_is_a_gap_where_no_logarithm_is(plot: CurvePlot) -> None:
    item = drawn(plot, Points(QPen(RED), 9), x=[0.0, 1.0, 2.0], y=[-1.0, 0.0, 100.0])
    plot.set_log(True)
    assert_array_equal(item.getData()[1], [math.nan, math.nan, 2.0])
    item.show([0.0, 1.0], [-1.0, 0.0])
    assert len(item.getData()[1]) == 0
    plot.set_log(False)
    assert_array_equal(item.getData()[1], [-1.0, 0.0])


def test_logarithms_of_whole_numbers_and_of_short_ones() -> None:
    assert_array_equal(logarithms(np.array([0, 10, 1000])), [math.nan, 1.0, 3.0])
    assert logarithms(np.ones(2, np.float32)).dtype == np.float32
