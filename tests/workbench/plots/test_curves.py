"""Curves: what is drawn of how many points."""

from __future__ import annotations

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
