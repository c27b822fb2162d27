"""Curves are hidden and shown by their keys, and do not count in the range while they are hidden."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.curves.area import Intervals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.function_plot import FunctionPlot
from workbench.plots.key.keys import Key
from workbench.plots.key.legend import Legend

_X = np.arange(5.0)


@pytest.fixture
def plot(qtbot: QtBot) -> CurvePlot:
    made = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    for name in ("low", "high"):
        made.add_curve(name, "train")
    _fill(made)
    qtbot.waitUntil(lambda: made.legend.height() > 0)
    return made


def _fill(plot: CurvePlot) -> None:
    plot.show_curve("low", _X, _X)
    plot.show_curve("high", _X, 100 * _X)
    plot.show_key([Key("limit", LIGHT.pen("good"))])


def _click(legend: Legend, name: str) -> None:
    number = [text.partition("  ")[0] for text in legend.texts].index(name)
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, pos=legend._places(legend.width())[number].center())


def _top(plot: CurvePlot) -> float:
    plot.show_key([Key("limit", LIGHT.pen("good"))])  # where a range that waits is settled
    return float(plot.box.viewRange()[1][1])


def test_a_click_on_a_key_hides_its_curve_and_frees_the_range(plot: CurvePlot) -> None:
    assert _top(plot) >= 400
    _click(plot.legend, "high")
    assert not plot.curves["high"].item.isVisible()
    assert _top(plot) == pytest.approx(4, abs=1)
    assert plot.describe(2, "step 2") == "step 2 · low 2"
    assert "high, hidden" in plot.legend.accessibleDescription()
    _click(plot.legend, "high")
    assert plot.curves["high"].item.isVisible()
    assert _top(plot) >= 400
    assert plot.describe(2, "step 2") == "step 2 · low 2 · high 200"


def test_what_is_no_curve_is_not_hidden(plot: CurvePlot) -> None:
    before = plot.legend.accessibleDescription()
    _click(plot.legend, "limit")
    QTest.mouseClick(plot.legend, Qt.MouseButton.LeftButton, pos=QPoint(590, 5))
    QTest.mouseClick(plot.legend, Qt.MouseButton.RightButton, pos=plot.legend._places(600)[0].center())
    assert plot.legend.accessibleDescription() == before


def test_a_hidden_curve_stays_hidden_when_it_grows_goes_and_comes_again(plot: CurvePlot) -> None:
    _click(plot.legend, "high")
    plot.show_curve("high", _X, 1000 * _X)
    assert _top(plot) == pytest.approx(4, abs=1)
    plot.remove_curves()
    plot.clear()
    for name in ("low", "high"):
        plot.add_curve(name, "train")
    _fill(plot)
    assert [curve.item.isVisible() for curve in plot.curves.values()] == [True, False]
    assert _top(plot) == pytest.approx(4, abs=1)


def test_the_only_curve_cannot_be_hidden(plot: CurvePlot) -> None:
    plot.remove_curve("high")
    assert _top(plot) == pytest.approx(4, abs=1)
    _click(plot.legend, "low")
    assert plot.curves["low"].item.isVisible()
    assert plot.legend.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_keys_are_walked_and_toggled_by_keyboard(plot: CurvePlot) -> None:
    legend = plot.legend
    assert legend.focusPolicy() == Qt.FocusPolicy.TabFocus
    seen = []
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Space):
        QTest.keyClick(legend, key)
        seen.append([curve.item.isVisible() for curve in plot.curves.values()])
    assert seen == [[False, True], [False, True], [False, False], [False, False], [True, False]]


def test_every_curve_can_be_hidden_at_once(plot: CurvePlot) -> None:
    for name in ("low", "high"):
        _click(plot.legend, name)
    assert plot.describe(2, "step 2") == "step 2"
    _fill(plot)
    _click(plot.legend, "low")
    assert _top(plot) == pytest.approx(4, abs=1)


def test_an_interval_is_hidden_with_both_its_ends(plot: CurvePlot) -> None:
    intervals = Intervals(plot, LIGHT)
    intervals.show([(0.8, _X - 500, _X + 500)])
    plot.show_key(intervals.keys())
    assert plot.box.viewRange()[1][1] > 450
    _click(plot.legend, "80 % interval")
    plot.show_key(intervals.keys())
    assert plot.box.viewRange()[1][1] == pytest.approx(420, abs=30)
    intervals.remove()
    intervals.show([(0.8, _X - 500, _X + 500)])
    assert not any(item.isVisible() for item in (*intervals.areas[0]._ends, intervals.areas[0]._fill))


def test_bars_are_hidden_too(qtbot: QtBot) -> None:
    plot = FunctionPlot(LIGHT)
    qtbot.addWidget(plot)
    plot.resize(900, 300)
    plot.show()
    plot.show_function("layer 1", "tanh", np.linspace(-3, 3, 60, dtype=np.float32))
    qtbot.waitUntil(lambda: plot.legend.height() > 0)
    _click(plot.legend, "what goes in")
    assert [bars.isVisible() for bars in plot._bars] == [False, True]


def test_a_key_that_has_to_give_way_says_all_in_its_tool_tip(qtbot: QtBot) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    names = [f"curve {number}" for number in range(5)]
    keys = [Key(name, LIGHT.pen("train"), hides=True) for name in names]
    legend.resize(100, 40)
    legend.limit(2)
    legend.show_items(LIGHT, keys)
    legend.show()
    assert len(legend._places(100)) == 2  # a row each
    assert legend.heightForWidth(100) <= 40
    assert set(names) < set(legend.toolTip().split("\n"))
    legend.grab()
    legend.resize(1000, 40)
    assert len(legend._places(1000)) == 5
    assert "curve 1" not in legend.toolTip()
