"""What is read out of each picture by keys alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.workbench.views import measured
from tests.workbench.views.known import Show, known_weights
from workbench.plots.axes.numerals import numerals
from workbench.plots.heat.heat_grid import Spot
from workbench.views.activation import Activation
from workbench.views.gates import Gates
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.hidden_state import HiddenState
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss
from workbench.views.network import NetworkView
from workbench.views.prediction import Prediction
from workbench.views.weights import WeightMaps


@pytest.mark.parametrize("kind", [HiddenState, Gates])
def test_units_are_walked_and_read_out_by_keys(
    qtbot: QtBot, show: Show, kind: type[HiddenState | Gates], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: list[str] = []
    for module in ("live_view", "_trace_view"):
        monkeypatch.setattr(f"workbench.views.{module}.announce", lambda _widget, text: spoken.append(text))
    view = show(kind)
    view.show_snapshot(measured.full_snapshot())
    traces = view._traces
    layer, strip = traces.shown[0]
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert f"unit {traces.order_of(layer)[0]} · step 2" in view._readout.text()
    QTest.keyClick(view, Qt.Key.Key_Down)
    unit = traces.order_of(layer)[1]
    assert f"unit {unit} · step 2" in view._readout.text()
    assert view._readout.text().endswith(numerals(f"· {strip.data[1, unit]:+.4f}"))
    assert view.time.position == 1
    assert spoken[-1] == view._readout.text()
    marks = traces.grid._cells[0]._row_marks
    assert [(mark.isVisible(), mark.value()) for mark in marks] == [(True, 0.5), (True, 1.5)]
    for _ in range(strip.data.shape[1]):
        QTest.keyClick(view, Qt.Key.Key_Down)
    other, _ = traces.shown[1]
    assert f"unit {traces.order_of(other)[1]} · step 2" in view._readout.text()  # of the next panel
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view._readout.text() == ""
    assert not any(mark.isVisible() for cell in traces.grid._cells for mark in cell._row_marks)


@pytest.mark.parametrize(
    ("kind", "key", "first", "second"),
    [
        (Loss, Qt.Key.Key_Right, "step 1 · ", "step 4 · "),
        (GradientFlow, Qt.Key.Key_Up, "step 1,000 · half-life · ", "step 1,000 · half-life · "),
        (WeightMaps, Qt.Key.Key_Down, "input · row 0 · column 0 · ", "input · row 1 · column 0 · "),
        (WeightMaps, Qt.Key.Key_Right, "input · row 0 · column 0 · ", "input · row 0 · column 1 · "),
        (Activation, Qt.Key.Key_Down, "x = -5.92", "x = -5.7"),
        (GradientNormBoard, Qt.Key.Key_Right, "step 1 · gradient norm", "step 4 · gradient norm"),
        (
            GradientNormBoard,
            Qt.Key.Key_Down,
            "rnn.weight_ih_l0 · before clipping 2 ·",
            "rnn.weight_hh_l0 · before clipping",
        ),
        (NetworkView, Qt.Key.Key_Up, "What is read · time step 24 ", "Layer 1: LSTM · time step 24 "),
        (Prediction, Qt.Key.Key_Right, "1957-01 · ", "1957-02 · "),
        (Prediction, Qt.Key.Key_Down, "forecast in its place · error ", "forecast moved back by 1 step · error "),
    ],
)
def test_what_the_mouse_reads_is_read_by_keys_too(
    show: Show, qtbot: QtBot, kind: type[LiveView], key: Qt.Key, first: str, second: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    spoken: list[str] = []
    monkeypatch.setattr("workbench.views.live_view.announce", lambda _widget, text: spoken.append(text))
    view = show(kind)
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.full_snapshot())
    view.show_history(measured.history(300))
    qtbot.waitUntil(lambda: not view._behind)
    for told in (first, second):
        QTest.keyClick(view, key)
        assert numerals(told) in view._readout.text()
        assert view.accessibleDescription() == spoken[-1] == view._readout.text()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view._readout.text() == ""
    assert view.accessibleDescription() == view.question


@pytest.mark.parametrize(
    ("kind", "key", "plot"),
    [
        (Loss, Qt.Key.Key_Right, "_loss"),
        (GradientFlow, Qt.Key.Key_Up, "_lives"),
        (GradientNormBoard, Qt.Key.Key_Right, "_total"),
    ],
)
def test_the_step_that_keys_went_to_is_read_anew(
    show: Show, qtbot: QtBot, kind: type[Loss | GradientFlow | GradientNormBoard], key: Qt.Key, plot: str
) -> None:
    view = show(kind)

    def draw(seed: int) -> None:
        view.show_start(measured.STARTED)
        view.show_snapshot(measured.full_snapshot())
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=3.0 + seed)))
        view.show_history(measured.history(300, seed))
        qtbot.waitUntil(lambda: not view._behind)

    draw(0)
    QTest.keyClick(view, key)
    before, place = view._readout.text(), view._walked.place
    assert before
    draw(1)
    qtbot.waitUntil(lambda: view._readout.text() != before)
    anew = view._readout.text()
    assert view._walked.place == place
    assert anew.split(" · ")[0] == before.split(" · ")[0]
    getattr(view, plot).hovered.emit(place)
    assert view._readout.text() == anew  # as the mouse reads it
    QTest.keyClick(view, key)
    view.reset()
    assert (view._walked.place, view._readout.text()) == (None, "")  # it was of the run before


def test_the_time_cursor_takes_over_from_the_half_lives(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.full_snapshot())
    walks = (("Up", "step 1,000 · half-life"), ("Right", "time step 1 · "), ("End", "time step 24 · "))
    for key, told in (*walks, walks[0], ("Right", "time step 24 · ")):  # where it stands already
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert view._readout.text().startswith(told)
        view.show_snapshot(measured.full_snapshot())
        assert view._readout.text().startswith(told)
    assert view._walked.place is None
    for place, told in ((1000.0, "step 1,000 · half-life"), (None, "time step 24 · ")):
        view._lives.hovered.emit(place)
        assert view._readout.text().startswith(told)


def test_keys_walk_all_bands_of_a_matrix_and_all_functions(show: Show, qtbot: QtBot) -> None:
    maps, functions = show(WeightMaps), show(Activation)
    for view in (maps, functions):
        view.show_snapshot(measured.full_snapshot())
    rows = len(maps._maps.data(0))
    for _ in range(rows + 1):
        QTest.keyClick(maps, Qt.Key.Key_Down)
    assert maps._readout.text().startswith("forget · row 0 · column 0 · ")
    maps._maps.hovered.emit(None)
    assert maps._readout.text() == ""
    qtbot.waitUntil(lambda: len(functions._plots) == 4)
    for _ in range(81):
        QTest.keyClick(functions, Qt.Key.Key_Down)
    assert functions._readout.text().startswith(functions._plots[1].name)
    assert [plot.walked.place is None for plot in functions._plots] == [True, False, True, True]


def test_keys_tell_what_a_forecast_leaves_where_it_stands(show: Show) -> None:
    view = show(Prediction)
    prediction = measured.series_prediction()
    view.show_snapshot(measured.snapshot(prediction))
    page = view.pages[type(prediction)]
    QTest.keyClick(view, Qt.Key.Key_End)
    left = float(prediction.truth[-1] - prediction.forecast[-1])
    assert view._readout.text().startswith(prediction.labels[-1])
    assert view._readout.text().endswith(numerals(f"truth − forecast {left:.4g}"))
    assert page._walked.place == page.left._point.place == len(prediction.truth) - 1
    view.show_snapshot(measured.snapshot(replace(prediction, forecast=prediction.truth)))
    assert view._readout.text().endswith("truth − forecast 0")
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert (page._walked.place, page.left._point.place, page.left._lag.place) == (None, None, 0)
    page.plot.hovered.emit(3.0)
    assert page.left._lag.place is None
    assert view._readout.text().startswith(prediction.labels[3])


def test_the_parameter_that_keys_went_to_is_marked_in_sight_and_read_anew(show: Show) -> None:
    view = show(GradientNormBoard)
    norms = measured.gradient_norms(layers=16)
    view.show_snapshot(measured.snapshot(norms))
    for _ in norms.names:
        QTest.keyClick(view, Qt.Key.Key_Down)
    last = len(norms.names) - 1
    assert [(line.isVisible(), line.value()) for line in view._board.rows] == [(True, last)] * 2
    canvas = view._norms.canvas
    place = canvas.mapTo(view._board.viewport(), canvas.mapFromScene(view._norms.box.mapViewToScene(QPointF(0, last))))
    assert view._board.verticalScrollBar().value() > 0
    assert (
        0
        < place.y()
        < view._board.viewport().height() - (view._board.axes.height() if view._board.axes.isVisible() else 0)
    )
    view.show_snapshot(measured.snapshot(replace(norms, before=norms.before + 1)))
    assert view._readout.text().startswith("readout.bias · before clipping 1 · after clipping 0.00133 · update ratio")
    view._total.hovered.emit(None)
    assert not any(line.isVisible() for line in view._board.rows)
    assert view._readout.text() == ""


def test_eigenvalues_are_walked_by_size_above_the_matrix(show: Show) -> None:
    view = show(WeightMaps)
    spectrum = measured.spectrum()
    view.show_snapshot(measured.snapshot(measured.weights(), spectrum))
    sizes = np.abs(spectrum.eigenvalues)
    last = len(sizes) - 1
    for key, at in (("Up", 0), ("Up", 1), ("Right", 2), ("End", last), ("Right", last), ("Home", 0), ("Left", 0)):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert view._plane.at == at
        assert view._readout.text().endswith(numerals(f"size {sizes[at]:.4f}"))
    ring = view._plane.curves["eigenvalue read out"]
    assert (ring.x.tolist(), ring.y.tolist()) == ([spectrum.eigenvalues[0].real], [spectrum.eigenvalues[0].imag])
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._readout.text().startswith("input · row 0 · column 0 · ")
    assert (view._plane.at, len(ring.x)) == (None, 0)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert (view._plane.at, view._maps.at) == (0, None)
    view.show_snapshot(measured.snapshot(measured.spectrum(radius=1.25)))
    assert view._readout.text().endswith("size 1.2500")
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._plane.at, view._readout.text()) == (None, "")


def test_bins_of_the_histograms_are_walked_right_of_the_matrix(show: Show) -> None:
    view = show(WeightMaps)
    for step in (10, 20, 30):
        view.show_snapshot(measured.snapshot(known_weights(), measured.spectrum(), step=step))
    spreads = view._spreads
    for key, cell in (
        ("Down", None), ("End", None), ("End", None), ("Right", (24, 0)), ("Up", (23, 0)), ("End", (23, 2)),
        ("Right", (23, 2)), ("Home", (23, 0)), ("Home", (23, 0)), ("Right", (23, 1)),
    ):  # fmt: skip
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert spreads.walked.cell == cell
    by_keys = view._readout.text()
    assert by_keys.startswith("rnn.weight_hh_l0 · step 20 · ")
    assert by_keys.endswith(" % lie from 0 to 0.333")
    marks = spreads._cells[0]._marks + spreads._cells[0]._row_marks
    assert [mark.value() for mark in marks if mark.isVisible()] == [0.5, 1.5, 22.5, 23.5]
    for step in (15, 25):
        view.show_snapshot(measured.snapshot(known_weights(), step=step))
    assert (spreads.walked.cell, view._readout.text()) == ((23, 2), by_keys)  # the column of the same step
    spreads.hovered.emit(Spot(0, 23, 2, 0.0))
    assert (spreads.walked.cell, view._readout.text()) == (None, by_keys)
    for key in ("Down", "End", "Right", "Left"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert (spreads.walked.cell, view._maps.at) == (None, (0, 0, 0))
    for key in ("End", "Right", "Escape"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert (spreads.walked.cell, view._readout.text()) == (None, "")


def test_of_the_parts_of_weights_one_at_a_time_is_read_out(show: Show) -> None:
    view = show(WeightMaps)
    shown = measured.snapshot(known_weights(), measured.spectrum(), step=10)
    view.show_snapshot(shown)
    QTest.keyClick(view, Qt.Key.Key_Down)
    view._plane.said.emit("under the mouse")
    view.show_snapshot(shown)
    assert (view._maps.at, view._readout.text()) == (None, "under the mouse")
    for key in ("Down", "End", "Right"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert view._spreads.walked.cell
    view._plane.said.emit("under the mouse")
    assert view._spreads.walked.cell is None
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view._plane.at == 0
    view._spreads.hovered.emit(None)
    assert view._plane.at is None
