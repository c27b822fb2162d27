"""The matrix of one parameter: its bands, and what is read out of its cells."""

from __future__ import annotations

import pytest
from numpy.testing import assert_array_equal
from pytestqt.qtbot import QtBot

from tests.workbench.views.known import known_weights
from workbench.looks.theme import LIGHT
from workbench.plots.heat.heat_grid import Spot
from workbench.plots.heat.parameter_map import ParameterMap

MATRIX, BIAS = known_weights().parameters


@pytest.fixture
def grid(qtbot: QtBot) -> ParameterMap:
    made = ParameterMap(LIGHT)
    qtbot.addWidget(made)
    return made


def test_keys_walk_down_through_all_bands_and_the_cell_is_read_out_with_each_picture(grid: ParameterMap) -> None:
    said = list[str]()
    grid.said.connect(said.append)
    assert (grid.walk(0, 1), grid.in_first_row, grid.in_last_column) == (False, True, False)
    grid.show_parameter(MATRIX)
    for across, down in ((0, 1), (0, 1), (0, 1), (1, 9)):
        assert grid.walk(across, down)
    places = (("reset", 0, 0, "+1"), ("reset", 1, 0, "+3"), ("update", 0, 0, "−5"), ("update", 1, 1, "−8"))
    assert said == [f"{gate} · row {row} · column {at} · {value}.00000" for gate, row, at, value in places]
    assert (grid.at, grid.in_first_row, grid.in_last_column) == ((1, 1, 1), False, True)
    grid.show_parameter(MATRIX)
    assert said[-1] == said[-2]
    grid.leave()
    grid.show_parameter(MATRIX)
    assert (grid.at, len(said)) == (None, 5)


def test_a_bias_lies_down_and_is_read_by_its_rows(grid: ParameterMap) -> None:
    said = list[str]()
    grid.said.connect(said.append)
    grid.show_parameter(BIAS)
    assert_array_equal(grid.data(0), [[0.5, -0.25]])
    grid.hovered.emit(Spot(0, 0, 1, -0.25))
    grid.let_go()
    assert said == ["readout.bias · row 1 · column 0 · −0.25000", ""]
    grid.forget()
    assert grid.panels == ()
