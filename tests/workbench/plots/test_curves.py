"""Curves: what is drawn of how many points."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from workbench.plots.curves import CurvePlot
from workbench.theme import LIGHT


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
    assert (plot.curves["a"].item.opts["symbol"] is not None) is drawn
    plot.apply_theme(LIGHT)
    assert (plot.curves["a"].item.opts["symbol"] is not None) is drawn
    assert plot.curves["a"].key(LIGHT).symbol is (symbol and drawn)  # the key shows what is drawn


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
