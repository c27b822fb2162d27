"""Curves: what is drawn of how many points."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.looks.theme import LIGHT
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.key.keys import Key


@pytest.mark.parametrize(
    ("count", "symbol", "drawn"), [(1, False, True), (2, False, False), (60, True, True), (61, True, False)]
)
def test_a_single_point_is_drawn_and_many_do_not_run_into_each_other(
    qtbot: QtBot, count: int, symbol: bool, drawn: bool
) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.add_curve("a", "train", symbol=symbol)
    for points in (1, count):  # it has grown
        plot.show_curve("a", np.arange(points), np.arange(points) ** 2)
    assert (plot.curves["a"].item.points is not None) is drawn
    plot.apply_theme(LIGHT)
    assert (plot.curves["a"].item.points is not None) is drawn
    assert plot.curves["a"].key(LIGHT).symbol is (symbol and drawn)  # the key shows what is drawn


@pytest.mark.parametrize(
    ("places", "x", "said"),
    [
        ([10, 20, 30], 16, 20), ([10, 20, 30], 39, 30), ([10, 20, 30], 41, None), ([10, 20, 30], 1, 10),
        ([10, 20, 30], -1, None), ([10, 20, 20, 30, 30], 39, 30), ([10, 20, 20, 30, 30], 41, None),
        ([0, 98, 100], 50.5, 98), ([0, 98, 100], 103, None), ([50], 51, 50), ([50], 60, None), ([], 1, None),
    ],
)  # fmt: skip
def test_a_curve_says_nothing_where_it_has_no_value_near(
    qtbot: QtBot, places: list[float], x: float, said: float | None
) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.add_curve("a", "train")
    plot.box.setXRange(0, 100, padding=0)
    plot.show_curve("a", places, places)
    assert plot.describe(x, "here") == ("here" if said is None else f"here · a {said:g}")


@pytest.mark.parametrize(
    ("density", "role", "smooth"), [(1, "baseline", True), (2, "baseline", False), (2, "train", True)]
)
def test_dashes_on_a_fine_screen_have_no_smooth_edges_which_take_ten_times_as_long(
    qtbot: QtBot, density: float, role: str, smooth: bool
) -> None:
    plot = CurvePlot(dataclasses.replace(LIGHT, density=density), bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.add_curve("a", role)
    plot.show_curve("a", np.arange(9), np.arange(9) ** 2)
    assert plot.curves["a"].item.opts["antialias"] is smooth


def test_numbered_curves_have_marks_of_their_own_which_stay_while_they_grow_and_go_with_them(qtbot: QtBot) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    for number in range(12):
        plot.add_curve(f"{number}", "muted", number=number)  # all in one colour
        plot.show_curve(f"{number}", [0.0], [1.0])
    plot.show_key()
    keys = [item for item in plot.legend._items if isinstance(item, Key)]
    assert len({key.shape for key in keys}) == 12
    marks, known = plot.curves["1"].marks, np.arange(1000.0)
    assert marks is not None
    assert list(marks.item.getData()[0]) == [0.0]  # one at least
    shown = []
    for length in (900, 1000):
        plot.show_curve("1", known[:length], np.where(known[:length] % 2, np.nan, known[:length]))
        shown.append([float(x) for x in marks.item.getData()[0]])
    assert shown[1][: len(shown[0])] == shown[0]
    assert not any(x % 2 for x in shown[1])  # only where a value is known
    assert 4 <= len(shown[1]) <= 8
    plot.hiding.toggle("1")
    assert not marks.item.isVisible()
    plot.remove_curve("1")
    assert marks.item.scene() is None


def test_marks_of_curves_side_by_side_do_not_meet(qtbot: QtBot) -> None:
    plot, places = CurvePlot(LIGHT, bottom="step", left="loss"), list[float]()
    qtbot.addWidget(plot)
    for number in range(4):
        plot.add_curve(f"{number}", "muted", number=number)
        plot.show_curve(f"{number}", np.arange(20.0), np.ones(20))
        marks = plot.curves[f"{number}"].marks
        assert marks is not None
        places += [float(x) for x in marks.item.getData()[0]]
    assert len(places) == len(set(places)) > 15
