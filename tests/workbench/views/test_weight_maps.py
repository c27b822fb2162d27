"""Weights, their spectrum, and how a gradient adds up over time, for snapshots of known content."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pytestqt.qtbot import QtBot

from engine.events import SnapshotRequest
from engine.inside_records import (
    Contributions,
    Spectrum,
)
from tests.workbench.views import measured
from tests.workbench.views.known import Show, known_weights
from workbench.plots.heat.heat_grid import Spot
from workbench.views.summing import Summing
from workbench.views.weights import WeightMaps


def test_a_spectrum_that_is_much_older_than_the_weights_says_of_which_step_it_is(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(measured.weights(), measured.spectrum(), step=400))
    assert view._header.stamp.text() == "step 400 · epoch 20"
    view.show_snapshot(measured.snapshot(measured.weights(), step=403))
    assert view._header.stamp.text() == "step 403 · epoch 20"
    view.show_snapshot(measured.snapshot(measured.weights(), step=500))
    assert view._header.stamp.text() == "step 500 · epoch 25 · spectrum of step 400"
    view.show_snapshot(measured.snapshot(measured.spectrum(), step=520))
    assert view._header.stamp.text() == "step 520 · epoch 26 · weights of step 500"
    view.reset()
    view.show_snapshot(measured.snapshot(measured.weights(), step=40))
    assert view._header.stamp.text() == "step 40 · epoch 2"


def test_every_gate_has_its_own_block(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights(), measured.spectrum()))
    assert_array_equal(view._maps.data(0), [[1, 2], [3, 4]])
    assert_array_equal(view._maps.data(1), [[-5, 6], [7, -8]])
    assert view._maps.levels(0) == view._maps.levels(1) == (-8.0, 8.0)
    view._maps.hovered.emit(Spot(1, 1, 0, 7.0))
    assert view._readout.text() == "update · row 1 · column 0 · +7.00000"


def test_the_table_has_values_of_parameters_and_eigenvalues_in_columns_of_their_own(show: Show) -> None:
    view = show(WeightMaps)
    known = replace(measured.spectrum(), eigenvalues=np.array([0.6 - 0.8j], np.complex64))
    view.show_snapshot(measured.snapshot(known_weights(), known))
    header, rows = view.table()
    [bias, value] = [dict(zip(header[2:], map(float, row[2:]), strict=True)) for row in rows[1:]]
    assert {name: bias[name] for name in header[2:6]} == {
        "largest size": 0.5, "smallest": -0.25, "median": 0.125, "largest": 0.5
    }  # fmt: skip
    assert (value["real part"], value["imaginary part"]) == pytest.approx((0.6, -0.8))
    assert value["largest size"] == pytest.approx(1.0)
    blank = [name for row in (bias, value) for name in row if math.isnan(row[name])]
    assert blank == ["real part", "imaginary part", "smallest", "median", "largest"]


def test_a_bias_lies_down(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights()))
    view._parameter.setCurrentIndex(1)
    view._parameter.activated.emit(1)
    assert_array_equal(view._maps.data(0), [[0.5, -0.25]])
    assert view._maps.levels(0)[1] == pytest.approx(0.6)
    view._maps.hovered.emit(Spot(0, 0, 1, -0.25))
    assert view._readout.text() == "readout.bias · row 1 · column 0 · −0.25000"


def test_histograms_go_back_to_before_the_view_was_seen(show: Show) -> None:
    view = show(WeightMaps)
    view.hide()
    view.show_snapshot(measured.snapshot(known_weights(), step=10))
    view.show()
    view.show_snapshot(measured.snapshot(known_weights(), step=20))
    assert view._spread.steps == [10, 20]
    view.reset()
    assert view._spread.steps == []


def test_histogram_over_training(show: Show) -> None:
    view = show(WeightMaps)
    for step in (10, 20, 30):
        view.show_snapshot(measured.snapshot(known_weights(), step=step))
    assert view._spreads.data(0).shape[1] == 3
    shares, _ = view._spread.picture("rnn.weight_hh_l0", 8.0)
    assert_allclose(view._spreads.data(0), shares / shares.max(axis=0))


def test_nothing_is_left_of_the_histograms_of_the_run_before(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights()))
    view.reset(beginning=True)
    view.show_snapshot(measured.snapshot(measured.spectrum()))  # which may come first
    assert (view._spreads.panels, view._spreads.legend.texts, view._maps.legend.texts) == ((), (), ())
    assert not view._spreads.walk(1, 0)
    view.show_snapshot(measured.snapshot(known_weights(), step=30))
    assert view._spreads.data(0).shape[1] == 1


def test_the_middle_bins_of_a_histogram_end_at_nothing(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(measured.weights()))
    assert [view._spreads.words(row, 0).partition(" lie from ")[2] for row in (23, 24)] == [
        "0 to 0.0333",
        "−0.0333 to 0",
    ]


def test_eigenvalues_on_the_unit_circle(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights(), measured.spectrum(radius=1.25)))
    values = view._plane.curves["eigenvalues"]
    assert (values.x[0], values.y[0]) == (1.25, 0.0)
    assert "spectral radius  1.250" in view._plane.legend.texts
    circle = view._plane.curves["spectral radius"]
    assert_allclose(np.hypot(circle.x, circle.y), 1.25)


def test_another_matrix_is_asked_for(show: Show, qtbot: QtBot) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights(), measured.spectrum()))
    with qtbot.waitSignal(view.needs_changed):
        view._matrix.setCurrentIndex(1)
        view._matrix.activated.emit(1)
    assert view.refine(SnapshotRequest(1, frozenset({"spectrum"}))).spectrum == "layer 1 · forget"


def test_a_cell_without_recurrent_matrix_has_no_spectrum(show: Show) -> None:
    view = show(WeightMaps)
    none = Spectrum((), "", np.zeros(0, np.complex64), 4, True)
    view.show_snapshot(measured.snapshot(known_weights(), none))
    assert not view._plane.isVisible()
    assert not view._choice.isVisible()


def test_of_a_wide_layer_it_is_said_how_many_eigenvalues_are_known(show: Show) -> None:
    view = show(WeightMaps)
    values = np.array([1.5, -0.5], np.complex64)
    view.show_snapshot(measured.snapshot(known_weights(), Spectrum(("a",), "a", values, 512, False)))
    texts = view._plane.legend.texts
    assert {"spectral radius  about 1.500", "eigenvalues  the outermost 2 of 512"} <= {*texts}


def known_shares(entry: tuple[int, int] | None = None) -> Contributions:
    return Contributions(("a", "b"), "b", entry, (4, 3), np.array([0.5, -1.0, 2.5]), 2.0)


def test_steps_add_up_to_the_whole(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares()))
    assert_array_equal(view._bars.getData()[1], [0.25, -0.5, 1.25])
    assert_array_equal(view._plot.curves["sum from the last step back"].y, [1.0, 0.75, 1.25])
    assert view._total.value() == 1.0
    assert view._plot.left.labelText == "share of the whole"
    assert "‖gradient‖ of b  = 2, the sum of all steps" in view._plot.legend.texts
    view._plot.hovered.emit(3.2)
    assert view._readout.text() == "time step 3 adds +2.5 (125.0 % of the whole) · sum from here on 2.5"
    assert view.table()[1] == [(1, 0.5, 2.0, 0.25, 1.0), (2, -1.0, 1.5, -0.5, 0.75), (3, 2.5, 2.5, 1.25, 1.25)]


def test_one_weight_is_drawn_as_it_is(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares((1, 2))))
    assert_array_equal(view._bars.getData()[1], [0.5, -1.0, 2.5])
    assert_array_equal(view._plot.curves["sum from the last step back"].y, [2.0, 1.5, 2.5])
    assert view._total.value() == 2.0
    assert view._plot.left.labelText == "gradient"
    assert view.table()[1] == [(1, 0.5, 2.0), (2, -1.0, 1.5), (3, 2.5, 2.5)]


def test_until_what_was_chosen_is_measured_it_is_said_that_it_will_be(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares(), step=1))
    view._single.click()
    assert view.wishes() == {"parameter": "b", "entry": (0, 0)}
    waits = "What was chosen is measured with the next batch."
    assert view._readout.text() == waits
    view.show_snapshot(measured.snapshot(known_shares(), step=2))  # which was on its way
    view._plot.hovered.emit(3.2)
    assert view._readout.text() == waits
    view.show_snapshot(measured.snapshot(known_shares((0, 0)), step=3))
    assert view._readout.text().startswith("time step 3 adds +2.5")
    view._parameter.setCurrentText("a")
    view._parameter.activated.emit(0)
    assert view._readout.text() == waits
    view.show_end()
    view._plot.hovered.emit(2.2)
    assert view._readout.text().startswith("time step 2 adds −1")


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e6])
def test_however_small_the_gradient_its_shares_fill_the_axis(show: Show, size: float) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares(), step=1))
    weaker = replace(known_shares(), steps=size * known_shares().steps, total=2 * size)
    view.show_snapshot(measured.snapshot(weaker, step=2))
    assert_allclose(view._bars.getData()[1], [0.25, -0.5, 1.25])
    assert view._plot.box.viewRange()[1][1] < 1.5


def test_where_nothing_arrives_there_are_no_shares(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(replace(known_shares(), steps=np.zeros(3), total=0.0)))
    assert_array_equal(view._bars.getData()[1], [0, 0, 0])
    assert view._total.value() == 0


def test_the_last_update_of_a_batch_in_parts_stands_at_its_own_steps(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(replace(known_shares(), first=4, updates=3)))
    assert_array_equal(view._bars.getData()[0], [4.5, 5.5, 6.5, 7.5])
    assert_array_equal(view._plot.curves["sum from the last step back"].x, [5, 6, 7])
    assert [row[0] for row in view.table()[1]] == [5, 6, 7]
    view._plot.clicked.emit(3.2)  # it did not look back so far
    assert view.time.position is None
    view._plot.clicked.emit(7.2)
    assert view.time.position == 6
    assert view._readout.text().startswith("time step 7 adds +2.5 ")
    view.time.pin(1)
    assert view._readout.text() == ""
    assert "‖gradient‖ of b, the last of 3 updates  = 2, the sum of all steps" in view._plot.legend.texts


def test_the_axis_of_one_weight_widens_at_once_and_shrinks_after_a_while(show: Show) -> None:
    view = show(Summing)
    ranges: list[tuple[float, float]] = []
    for step, size in enumerate(np.random.default_rng(0).uniform(1, 10, 120)):
        shares = known_shares((0, 0))
        drawn = replace(shares, steps=size * shares.steps, total=size * shares.total)
        view.show_snapshot(measured.snapshot(drawn, step=step))
        low, high = view._plot.box.viewRange()[1]
        assert low <= -size < 2.5 * size <= high
        ranges.append((low, high))
    assert len(set(ranges)) < 12
    for step in range(120, 190):
        view.show_snapshot(measured.snapshot(known_shares((0, 0)), step=step))
    assert view._plot.box.viewRange()[1][1] < 3
    view.show_snapshot(measured.snapshot(replace(known_shares((0, 0)), steps=np.full(3, 50.0)), step=200))
    view.show_snapshot(
        measured.snapshot(known_shares((0, 0)), step=150)
    )  # back in the run: nothing follows to shrink it
    assert view._plot.box.viewRange()[1][1] < 3


def test_at_rest_the_axis_of_one_weight_is_that_of_the_batch_alone(show: Show) -> None:
    view, shares = show(Summing), known_shares((0, 0))
    strong = replace(shares, steps=50 * shares.steps, total=50 * shares.total)
    for step, drawn in enumerate((*[strong] * 20, shares)):
        view.show_snapshot(measured.snapshot(drawn, step=step))
    assert view._plot.box.viewRange()[1][1] > 100
    view.rest(True)
    assert view._plot.box.viewRange()[1][1] < 3
    view.show_moment(5)
    for step, drawn in ((5, strong), (6, shares)):  # walked through, it stands still
        view.show_snapshot(measured.snapshot(drawn, step=step))
    assert view._plot.box.viewRange()[1][1] > 100
    view.show_moment(None)
    view.show_snapshot(measured.snapshot(shares, step=20))
    assert view._plot.box.viewRange()[1][1] < 3


def test_one_weight_is_asked_for(show: Show, qtbot: QtBot) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares()))
    request = SnapshotRequest(1, frozenset({"contributions"}))
    assert (view.refine(request).parameter, view.refine(request).entry) == ("b", None)
    assert (view._row.maximum(), view._column.maximum()) == (3, 2)
    with qtbot.waitSignal(view.needs_changed):
        view._single.setChecked(True)
    view._row.setValue(2)
    view._column.setValue(9)
    assert view.refine(request).entry == (2, 2)
    view.show_snapshot(measured.snapshot(known_shares((2, 2))))
    assert "gradient of b[2, 2]  = 2, the sum of all steps" in view._plot.legend.texts
