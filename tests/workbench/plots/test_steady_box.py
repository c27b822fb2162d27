"""A plot follows growing data in strides, and always shows all of it."""

from __future__ import annotations

import math
from unittest.mock import patch

import numpy as np
import pyqtgraph as pg
import pytest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.axes.steady_box import Bounds, SteadyBox, settled
from workbench.plots.curves.curves import CurvePlot


@pytest.mark.parametrize(
    ("held", "bounds", "expected"),
    [
        (None, [0.0, 1.0], [0.0, 1.0]),
        ([0.0, 1.0], None, None),
        ([0.0, 10.0], [0.0, 9.0], [0.0, 10.0]),  # fills it well enough
        ([0.0, 10.0], [-0.1, 10.1], [0.0, 10.0]),  # stands out by less than the padding
        ([0.0, 10.0], [0.0, 20.0], [0.0, 21.2]),  # room where it grew, none where it did not
        ([0.0, 10.0], [-20.0, 10.0], [-21.8, 10.0]),
        ([0.0, 10.0], [2.0, 5.0], [2.0, 5.0]),  # another, shorter run
        ([0.0, 10.0], [100.0, 110.0], [100.0, 110.0]),  # elsewhere
        ([5.0, 5.0], [5.0, 5.0], [5.0, 5.0]),
    ],
)
def test_settled(held: Bounds, bounds: Bounds, expected: Bounds) -> None:
    assert settled(held, bounds) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("value", [1e-3, 1.0, 3e6])
def test_values_that_differ_by_rounding_alone_are_drawn_flat(qtbot: QtBot, log: bool, value: float) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    plot.resize(600, 300)
    qtbot.addWidget(plot)
    plot.show()
    plot.set_log(log)
    plot.add_curve("loss", "train")
    noise = 1e-7 * np.random.default_rng(0).normal(size=500)
    for count in (10, 100, 500):
        plot.show_curve("loss", np.arange(count), (value * (1 + noise[:count])).astype(np.float32))
        plot.show_key()
        bottom, top = plot.box.viewRange()[1]
        middle, size = (math.log10(value), 1.0) if log else (value, value)
        assert 0.05 * size <= top - bottom <= size * (1.01 if log else 0.2)
        assert bottom + 0.02 * size < middle < top - 0.02 * size
    plot.show_curve("loss", np.arange(2), [value, value * 1.001])  # a difference that means something
    plot.show_key()
    bottom, top = plot.box.viewRange()[1]
    assert top - bottom < 0.002 * size


def test_a_growing_curve_moves_the_axes_now_and_then(qtbot: QtBot) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    plot.resize(600, 300)
    qtbot.addWidget(plot)
    plot.show()
    curve = plot.add_curve("loss", "train")
    moves: list[object] = []
    plot.box.sigRangeChanged.connect(lambda *_: moves.append(None))
    values = np.random.default_rng(0).normal(size=1000)
    for count in range(100, 1000, 5):
        plot.show_curve("loss", np.arange(count), values[:count])
        plot.show_key()
        (left, right), (bottom, top) = plot.box.viewRange()
        assert left <= 0 < count - 1 <= right
        assert bottom <= curve.y.min() <= curve.y.max() <= top
        assert right - left <= 1.5 * count
    assert 0 < len(moves) < 100  # of 180 frames, each of which changes one axis at most


def test_bounds_of_given_items_are_theirs(qtbot: QtBot) -> None:
    canvas = pg.GraphicsLayoutWidget()
    qtbot.addWidget(canvas)
    box = SteadyBox()
    canvas.addItem(box)
    short, long = pg.PlotCurveItem([0, 1], [0, 1]), pg.PlotCurveItem([0, 10], [0, 10])
    box.addItem(short)
    box.addItem(long)
    assert box.childrenBounds()[0] == pytest.approx([0, 10], abs=0.1)  # and a pen's width
    assert box.childrenBounds(items=[short])[0] == pytest.approx([0, 1], abs=0.1)


def test_what_does_not_count_in_the_range_has_nobody_look_for_it(qtbot: QtBot) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.add_anchor().setData([0, 9], [0, 9])
    for name, counts in (("counts", True), ("does not", False)):
        plot.add_curve(name, "train", ranged=counts)
        plot.settle()
        with patch.object(plot.box, "childrenBounds", return_value=[None, None]) as look:
            plot.show_curve(name, np.arange(5), np.arange(5))
            plot.settle()
        assert look.called is counts
