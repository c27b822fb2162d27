"""The numbers of each picture, for snapshots of known content."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.events import SnapshotRequest
from engine.inside_records import ClassPaths, Contributions, GradientByTime, GradientNorms, HiddenTrace, LayerTrace
from engine.prediction_records import (
    ClassExample,
    ClassPrediction,
    SeriesPrediction,
    TagTrack,
    TextPrediction,
    ValuePrediction,
)
from tests.workbench.views import measured
from workbench.history import Beside, History
from workbench.plots import residual_plots
from workbench.plots.class_page import ClassPage
from workbench.plots.forecast_page import ForecastPage, error_words
from workbench.plots.half_lives import life_words
from workbench.plots.heat_grid import Spot
from workbench.plots.numerals import numerals
from workbench.plots.scatter_page import ScatterPage
from workbench.plots.unit_order import ORDERS
from workbench.plots.writing_page import WritingPage
from workbench.theme import LIGHT
from workbench.views import loss as loss_view
from workbench.views.gates import Gates
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.hidden_state import HiddenState
from workbench.views.loss import Loss
from workbench.views.prediction import Prediction
from workbench.views.state_space import StateSpace
from workbench.views.summing import Summing

Show = Callable[[Any], Any]


def f32(*values: Any) -> Any:
    return np.asarray(values, np.float32)


def known_layer(reverse: bool = False, **gates: Any) -> LayerTrace:
    """Three steps, two units: 0.0, 0.1, … and ten times that in the cell."""
    hidden = f32([0.0, 0.1], [0.2, 0.3], [0.4, -0.5])
    return LayerTrace(0, reverse, hidden, 10 * hidden, tuple((name, f32(*values)) for name, values in gates.items()))


# --- loss -----------------------------------------------------------------------------------------------


@pytest.fixture
def short_run() -> History:
    history = History()
    history.extend("loss", np.arange(1.0, 7.0), np.array([4.0, 2.0, 2.0, 1.0, 1.0, 0.5]))
    for step, training, validation, metric in ((2, 3.0, 2.5, 40.0), (4, 1.5, 1.25, 30.0), (6, 0.75, 1.5, 35.0)):
        for name, value in (("training_loss", training), ("validation_loss", validation), ("metric", metric)):
            history.append(step, name, value)
    return history


def test_other_runs_are_drawn_beside_the_one_at_hand(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    assert view.reason()
    view.show_others((Beside(3, "gru-16", "RMSE", short_run), Beside(4, "lstm-8", "bits", short_run)))
    assert view.reason() == ""
    assert_array_equal(view._loss.curves["3 gru-16"].y, [2.5, 1.25, 1.5])
    qtbot.waitUntil(lambda: "3 gru-16" in view._metric.curves)  # drawn in a turn of its own at first
    assert_array_equal(view._metric.curves["3 gru-16"].y, [40, 30, 35])
    assert "3 gru-16  1.5" in view._loss.legend.texts  # the last, as of the run at hand
    assert "3 gru-16  35" in view._metric.legend.texts  # where more may be better, the lowest would be the worst
    assert "4 lstm-8" not in view._metric.curves  # measured in something else
    assert view._stamp.text() == ""
    view.show_history(short_run)
    assert view._stamp.text() == "step 6"
    view.reset()
    assert view._stamp.text() == ""
    assert len(view._loss.curves["3 gru-16"].y) == 3
    view.show_start(measured.STARTED)  # a second run begins while the first is still drawn
    view.show_history(short_run)
    qtbot.waitUntil(lambda: {name for name, _ in measured.STARTED.baselines} <= set(view._metric.curves))
    view.show_others(())
    assert "3 gru-16" not in view._loss.curves


def test_loss_curves_and_best_epoch(show: Show, short_run: History) -> None:
    view = show(Loss)
    view.show_start(replace(measured.STARTED, steps_per_epoch=2))
    view.show_history(short_run)
    curves = view._loss.curves
    assert_array_equal(curves["training, each batch"].y, [4, 2, 2, 1, 1, 0.5])
    assert_array_equal(curves["validation"].x, [2, 4, 6])
    assert_array_equal(curves["validation"].y, [2.5, 1.25, 1.5])
    assert curves["training, smoothed"].y[1] == pytest.approx((0.9 * 4 + 2) / 1.9)
    assert view.best() == (4, 1.25)
    assert view._best.value() == 4
    assert "best: epoch 2  1.25" in view._loss.legend.texts
    assert view.table()[1] == [(2, 3.0, 2.5, 40.0), (4, 1.5, 1.25, 30.0), (6, 0.75, 1.5, 35.0)]


def test_a_long_curve_is_smoothed_in_parts_to_its_end(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loss_view, "_SMOOTHED_AT_ONCE", 10)
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 96.0), np.ones(95))
    view.show_history(history)
    assert view._smoother.history.count("smooth") < 95
    qtbot.waitUntil(lambda: view._smoother.history.count("smooth") == 95)
    assert view._loss.curves["training, smoothed"].x[-1] == 95


def test_metric_stands_beside_its_baselines(show: Show, short_run: History, qtbot: QtBot) -> None:
    view = show(Loss)
    view.show_start(measured.STARTED)
    view.show_history(short_run)
    qtbot.waitUntil(lambda: bool(view._metric.curves))
    assert view._metric.legend.texts == ("RMSE  35", "naive  33.7", "seasonal naive  41.9", "drift  34.1")
    assert_array_equal(view._metric.curves["naive"].y, [33.7, 33.7])
    last, per_epoch = short_run.latest_step("metric"), measured.STARTED.steps_per_epoch
    short_run.extend("loss", np.array([short_run.latest_step("loss") + 1.0]), np.ones(1))
    view.show_history(short_run)
    assert view._metric.legend.texts[0] == f"RMSE  35 after epoch {round(last / per_epoch)}"
    view.reset()
    assert view._metric.curves == {}


def test_a_metric_that_is_still_to_come_is_in_the_key_beside_what_it_has_to_beat(show: Show, qtbot: QtBot) -> None:
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 4.0), np.ones(3))
    view.show_start(measured.STARTED)
    view.show_history(history)
    qtbot.waitUntil(lambda: bool(view._metric.curves))
    assert view._metric.legend.texts[-1] == "RMSE  none before an epoch ends"
    history.extend("metric", np.array([3.0]), np.array([35.0]))
    view.show_history(history)
    assert [text for text in view._metric.legend.texts if text.startswith("RMSE")] == ["RMSE  35"]


def test_loss_before_the_first_epoch(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", np.arange(1.0, 4.0), np.array([3.0, math.nan, 1.0]))
    view.show_history(history)
    assert math.isnan(view.best()[0])
    assert not view._best.isVisible()
    assert view.table()[0] == ("step", "training, each batch")
    assert not any(text.startswith("validation") for text in view._loss.legend.texts)


@pytest.mark.parametrize("steps", [10, 100_000])
def test_long_history_is_drawn_with_few_points_and_keeps_its_peaks(show: Show, steps: int) -> None:
    view, history = show(Loss), History()
    values = np.ones(steps)
    values[steps // 2] = 99.0
    history.extend("loss", np.arange(1.0, steps + 1), values)
    view.show_history(history)
    curve = view._loss.curves["training, each batch"]
    assert len(curve.x) <= min(steps, 8 * view._loss.pixels + 16)
    assert curve.y.max() == 99.0


def counted(view: Loss, monkeypatch: pytest.MonkeyPatch) -> list[History]:
    """What is drawn from now on."""
    drawn: list[History] = []
    draw = view._draw

    def noted(history: History) -> None:
        drawn.append(history)
        draw(history)

    monkeypatch.setattr(view, "_draw", noted)
    return drawn


def test_in_a_small_place_a_loss_that_grows_by_less_than_a_pixel_is_drawn_less_often_and_to_its_end(
    monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    view, run = Loss(LIGHT, compact=True), History()
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen)
    for step in range(1, 5001):
        run.append(step, "loss", 1 / step)
    view.show_history(run)
    drawn = counted(view, monkeypatch)
    for step in range(5001, 5009):
        run.append(step, "loss", 0.1)
        view.show_history(run)
    assert len(drawn) < 8
    qtbot.waitUntil(lambda: view._drawn == 5008)
    run.append(9000, "loss", 0.1)
    before = len(drawn)
    view.show_history(run)
    assert len(drawn) == before + 1


def test_the_loss_is_drawn_once_a_frame_and_again_where_it_is_zoomed(
    show: Show, short_run: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = show(Loss)
    view.show_history(short_run)
    drawn = counted(view, monkeypatch)
    short_run.append(short_run.latest_step("loss") + 50, "loss", 0.1)
    view.show_history(short_run)
    assert len(drawn) == 1
    view._loss.box.setXRange(1, 5, padding=0)
    assert len(drawn) == 2
    assert view._loss.curves["training, each batch"].x.max() <= 7
    view._loss.show_everything()
    assert len(drawn) == 3


def test_logarithm_and_smoothing_are_choices(show: Show, short_run: History) -> None:
    view = show(Loss)
    view.show_history(short_run)
    view._log.setChecked(True)
    assert view._loss.axes.log == (False, True)
    view._window.setCurrentIndex(0)
    assert len(view._loss.curves["training, smoothed"].x) == 0


# --- hidden state and gates -----------------------------------------------------------------------------


def test_hidden_and_cell_state_in_their_colours(show: Show) -> None:
    view = show(HiddenState)
    view.show_snapshot(measured.snapshot(HiddenTrace((known_layer(),), ("a", " ", "c"))))
    grid = view._traces.grid
    assert_array_equal(grid.data(0), known_layer().hidden.T)
    assert_array_equal(grid.data(1), 10 * known_layer().hidden.T)
    assert grid.levels(0) == (-1, 1)
    assert grid.levels(1) == (-6, 6)
    assert grid.legend.texts == ("hidden state: −1 to 1", "cell state: −6 to 6")
    assert grid._axes[1].labels == ("a", " ", "c")
    header, rows = view.table()
    assert header == ("layer", "quantity", "unit", "a", "␣", "c")
    assert rows[0] == ("layer 1", "hidden state", 0, 0.0, pytest.approx(0.2), pytest.approx(0.4))


def test_a_huge_cell_state_is_read_out_and_the_key_says_that_it_lies_beyond(show: Show) -> None:
    view, cell = show(HiddenState), np.full((3, 20), 0.5, np.float32)
    cell[2, 7] = -90.0
    layer = LayerTrace(0, False, np.tanh(cell), cell, ())
    view.show_snapshot(measured.snapshot(HiddenTrace((layer, replace(layer, layer=1)), ("a", "b", "c"))))
    grid = view._traces.grid
    assert grid.levels(1) == grid.levels(3) == (-2, 2)
    assert grid.legend.texts == ("hidden state: −1 to 1", "cell state: ≤ −2 to ≥ 2")
    grid.hovered.emit(Spot(1, 7, 2, -90.0))
    assert view._readout.text().endswith("unit 7 · step 3 (c) · −90.0000")


def test_both_directions_share_one_time_axis(show: Show) -> None:
    view = show(HiddenState)
    view.show_snapshot(measured.snapshot(measured.trace(steps=12, units=6, layers=2, reverse=True)))
    grid = view._traces.grid
    assert [(panel.row, panel.column) for panel in grid.panels] == [(row, c) for row in range(4) for c in range(2)]
    first = grid._cells[0].box
    assert all(cell.box.linkedView(0) is first for cell in grid._cells[1:])
    view._traces.layer.setCurrentText("layer 2 reverse")
    view._traces.layer.activated.emit(4)
    assert len(grid.panels) == 2


@pytest.mark.parametrize("order", ORDERS)
def test_order_of_units_is_kept_until_it_is_chosen_again(show: Show, order: str) -> None:
    view = show(HiddenState)
    view.show_snapshot(measured.snapshot(measured.trace(units=8, cell=False)))
    view._traces.order.setCurrentText(order)
    view._traces.order.activated.emit(0)
    layer = measured.trace(units=8).layers[0]
    chosen = view._traces.order_of(layer).copy()
    assert_array_equal(view._traces.grid.data(0), layer.hidden.T[chosen])
    other = replace(layer, hidden=layer.hidden[:, ::-1].copy(), cell=None)
    view.show_snapshot(measured.snapshot(HiddenTrace((other,), measured.months(24))))
    assert_array_equal(view._traces.order_of(other), chosen)


def test_values_under_the_mouse_and_the_cursor(show: Show) -> None:
    view = show(HiddenState)
    view.show_snapshot(measured.snapshot(HiddenTrace((known_layer(),), ("1960-01", "1960-02", "1960-03"))))
    grid = view._traces.grid
    grid.hovered.emit(Spot(0, 1, 2, -0.5))
    assert view._readout.text() == "layer 1 · hidden state · unit 1 · step 3 (1960-03) · −0.5000"
    assert view.time.position == 2
    assert [mark.value() for mark in grid._cells[1]._marks] == [1.5, 2.5]
    grid.clicked.emit(Spot(0, 1, 0, 0.1))
    grid.hovered.emit(None)
    assert (view.time.position, view.time.pinned) == (0, True)


def test_gates_and_their_saturation(show: Show) -> None:
    layer = known_layer(forget=([0.95, 0.5], [0.99, 0.05], [0.5, 0.02]), candidate=([-1, 1], [0, 0], [0.95, 0.1]))
    view = show(Gates)
    view.show_snapshot(measured.snapshot(HiddenTrace((layer,), ("a", "b", "c"))))
    grid = view._traces.grid
    assert [panel.map for panel in grid.panels] == ["magnitude", "diverging"]
    assert (grid.levels(0), grid.levels(1)) == ((0, 1), (-1, 1))
    assert [cell.title.name for cell in grid._cells] == [
        "forget · open 33 %, shut 33 %",
        "candidate · high 33 %, low 17 %",
    ]
    header, rows = view.table()
    assert header[5:] == ("a", "b", "c")
    assert [row[:3] for row in rows[:2]] == [("layer 1", "forget", 0), ("layer 1", "forget", 1)]
    assert rows[0][3:] == pytest.approx((2 / 3, 0.0, 0.95, 0.99, 0.5))
    assert rows[1][3:] == pytest.approx((0.0, 2 / 3, 0.5, 0.05, 0.02))


def test_cell_without_gates_is_told(show: Show) -> None:
    view = show(Gates)
    view.show_snapshot(measured.snapshot(HiddenTrace((known_layer(),), ("a", "b", "c"))))
    assert view._message.text().startswith("This cell has no gates")
    assert view._stack.currentWidget() is view._message


def test_states_are_drawn_in_their_plane(show: Show) -> None:
    view = show(StateSpace)
    turn = np.linspace(0, 6, 30)
    hidden = np.stack([0.5 * np.cos(turn), 0.1 * np.sin(turn), np.zeros(30)], axis=1).astype(np.float32)
    view.show_snapshot(measured.snapshot(HiddenTrace((LayerTrace(0, False, hidden, None, ()),), measured.months(30))))
    places = np.array([row[3:] for row in view.table()[1]])
    centred = hidden - hidden.mean(axis=0)
    assert_allclose(np.linalg.norm(places, axis=1), np.linalg.norm(centred, axis=1), atol=1e-4)
    assert view._one.plot.bottom.labelText.endswith("% of the variance")
    assert view._one.plot.legend.texts == ("path of the state", "time step: 1 to 30")
    view.time.pin(4)
    assert_allclose(view._one.plot.curves["time step looked at"].x, places[4:5, 0])
    assert view._readout.text().startswith("step 5 (1957-05) · component 1 ")
    inside = view._one.plot.box.mapViewToScene(QPointF(*places[7]))
    assert view._one.near(inside) == 7
    assert not view._coloring.isVisibleTo(view)  # every month is another one


def test_states_are_coloured_by_class_and_symbol(show: Show) -> None:
    view = show(StateSpace)
    trace = HiddenTrace((known_layer(),), ("a", "b", "a"), classes=("day", "day", ""))
    view.show_snapshot(measured.snapshot(trace))
    offered = [view._color.itemText(i) for i in range(view._color.count())]
    assert offered == ["by time", "by symbol"]  # one class is no group
    view.show_snapshot(measured.snapshot(dataclasses.replace(trace, classes=("day", "night", "day"))))
    view._color.setCurrentText("by class")
    view._color.activated.emit(1)
    assert view._one.plot.legend.texts == ("path of the state", "day", "night")
    first, second, third = (view._one.points.points()[at].brush().color() for at in range(3))
    assert first == third != second
    assert [row[2] for row in view.table()[1]] == ["day", "night", "day"]
    view.time.pin(1)
    assert "(b, class night)" in view._readout.text()


def test_names_that_look_like_numbers_stay_as_they_are_in_the_file(show: Show) -> None:
    view = show(StateSpace)
    trace = HiddenTrace((known_layer(),), ("1e-05", "b", "c"), classes=("-1", "1", "1"))
    view.show_snapshot(measured.snapshot(trace))
    view._color.setCurrentText("by class")
    view._color.activated.emit(1)
    assert view._one.plot.legend.texts == ("path of the state", "-1", "1")
    view.time.pin(0)
    x, y = view._one.places[0]
    assert (
        view._readout.text() == f"step 1 (1e-05, class -1) · {numerals(f'component 1 {x:+.3f} · component 2 {y:+.3f}')}"
    )
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(replace(measured.class_prediction(), classes=("-1", "1"))))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view._readout.text() == "-1 answered as -1: 8 of 10 (80 %)"


def known_paths(answers: tuple[str, ...] = ("day", "night", "night")) -> ClassPaths:
    """Three sequences of two classes; along a line, so that the first component is all there is."""
    states = (f32([0.0, 0.0], [3.0, 4.0]), f32([0.0, 0.0], [-3.0, -4.0], [-6.0, -8.0]), f32([0.0, 0.0], [-3.0, -4.0]))
    return ClassPaths(("layer 1",), (states,), ("day", "night", "day"), answers)


def test_sequences_of_every_class_are_drawn_with_their_ends(show: Show) -> None:
    view = show(StateSpace)
    trace = HiddenTrace((known_layer(),), ("a", "b", "c"))
    view.show_snapshot(measured.snapshot(trace, known_paths()))
    many = view._many
    assert view._pages.currentWidget() is many
    assert many.plot.legend.texts == ("day", "night", "end of a sequence", "answered otherwise")
    header, rows = view.table()
    assert header == ("sequence", "class", "answered", "step", "component 1", "component 2")
    assert [row[:4] for row in rows[4:6]] == [(2, "night", "night", 3), (3, "day", "night", 1)]
    lengths = np.diff([row[4] for row in rows])
    assert_allclose(np.abs(lengths[[0, 2, 3, 5]]), 5.0, rtol=1e-5)
    assert "100 % of the variance" in many.plot.bottom.labelText
    assert view.time_steps() == 3
    ends = {name: [tuple(point.pos()) for point in item.points()] for name, item in many._ends.items()}
    assert [len(places) for places in ends.values()] == [2, 1]
    assert_allclose(many._wrong.points()[0].pos().x(), rows[-1][4])
    view.time.pin(2)
    assert_allclose(many.plot.curves["time step looked at"].x, [rows[1][4], rows[4][4], rows[6][4]])  # ended: the end
    under = many.plot.box.mapViewToScene(QPointF(rows[4][4], rows[4][5]))
    many._mouse_moved(under)
    assert view._readout.text() == "sequence 2 of 3 · class night · 3 steps"
    view.show_snapshot(measured.snapshot(trace, known_paths(("day", "night", "day"))))
    assert many.plot.legend.texts == ("day", "night", "time step looked at", "end of a sequence")
    view._sequences.setCurrentText("the pinned one")
    view._sequences.activated.emit(1)
    assert view._pages.currentWidget() is view._one
    assert view.table()[0][0] == "step"


def test_sequences_of_every_class_are_walked_by_keys(show: Show) -> None:
    view = show(StateSpace)
    trace = HiddenTrace((known_layer(),), ("a", "b", "c"))
    view.show_snapshot(measured.snapshot(trace, known_paths()))
    path = view._many.plot.curves["sequence read out"]
    told = [
        "sequence 1 of 3 · class day",
        "sequence 3 of 3 · class day, answered night",
        "sequence 2 of 3 · class night",
    ]
    for words in (*told, told[-1]):
        QTest.keyClick(view, Qt.Key.Key_Down)
        assert view._readout.text().startswith(words)
    QTest.keyClick(view, Qt.Key.Key_End)
    x, y = view._many.places[1][2]
    assert view._readout.text().endswith(numerals(f"step 3 · component 1 {x:+.3f} · component 2 {y:+.3f}"))
    assert_array_equal(path.x, view._many.places[1][:, 0])
    view._many.plot.hiding.toggle("day")
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view._readout.text().startswith(told[-1])  # the other class is hidden
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._readout.text(), len(path.x)) == ("", 0)


def test_no_more_classes_are_drawn_than_can_be_told_apart(show: Show) -> None:
    view = show(StateSpace)
    most = 2 * len(LIGHT.series)
    count = most + 3
    states = tuple(f32([0.0, 0.0], [float(k), 1.0]) for k in range(count))
    names = tuple(f"class {k:02}" for k in range(count))
    view.show_snapshot(measured.snapshot(HiddenTrace((known_layer(),), tuple("abc")), ClassPaths(
        ("layer 1",), (states,), names, names
    )))  # fmt: skip
    assert view._many.plot.legend.texts == (*names[:most], "end of a sequence, a square where the path is dashed")


@pytest.mark.parametrize("way", ["by time", "by class"])
def test_frames_share_the_pictures_of_their_points(show: Show, way: str) -> None:
    view = show(StateSpace)
    for frame in range(3):
        steps = 40
        hidden = np.random.default_rng(frame).standard_normal((steps, 3)).astype(np.float32)
        trace = HiddenTrace((LayerTrace(0, False, hidden, None, ()),), measured.months(steps), None, ("day", "") * 20)
        view.show_snapshot(measured.snapshot(trace))
        view._color.setCurrentText(way)
        view._color.activated.emit(0)
        if frame == 0:
            made = len(view._one.points.fragmentAtlas)
    assert len(view._one.points.fragmentAtlas) == made


# --- gradients ------------------------------------------------------------------------------------------


def test_an_update_that_was_not_watched_is_not_judged(show: Show, qtbot: QtBot) -> None:
    view = show(GradientNormBoard)
    qtbot.waitUntil(view.body.updatesEnabled)
    norms = GradientNorms(("a",), f32(1.0), f32(1.0), f32(np.nan), 1.0, 1.0, 0.0)
    view.show_snapshot(measured.snapshot(norms))
    view.grab()  # gaps alone have no bounds to be looked for
    assert "healthy (1e−4 to 1e−2)  measured with the next batch" in view._key.texts
    view.show_end()
    assert "healthy (1e−4 to 1e−2)  the run ended before an update was measured" in view._key.texts


def test_in_a_pause_the_last_update_that_was_watched_is_judged(show: Show) -> None:
    view = show(GradientNormBoard)
    watched = GradientNorms(("a", "b"), f32(1.0, 2.0), f32(1.0, 2.0), f32(1e-3, 1e-1), 1.0, 1.0, 0.0)
    not_watched = replace(watched, before=f32(3.0, 4.0), update_ratio=f32(np.nan, np.nan))
    view.show_snapshot(measured.snapshot(watched, step=5))
    assert "update ratio" in view._key.texts
    view.show_snapshot(measured.snapshot(not_watched, step=7))
    assert {"update ratio  of step 5", "healthy (1e−4 to 1e−2)  1 of 2 parameters"} <= set(view._key.texts)
    assert_allclose(view._ratio.curves["update ratio"].x, [-3, -1], atol=1e-6)
    header, rows = view.table()
    assert (header[1], header[3]) == ("before clipping", "update ratio of step 5")
    assert_allclose([row[1:] for row in rows], [[3, 1, 1e-3], [4, 2, 1e-1]], rtol=1e-5)
    view.show_moment(3)
    view.show_snapshot(measured.snapshot(not_watched, step=3))
    assert not view._ratio.isVisible()  # what came later was not known then
    view.reset()
    view.show_snapshot(measured.snapshot(not_watched))
    assert not view._ratio.isVisible()


def test_the_key_says_between_which_ratios_an_update_counts_as_healthy(
    show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.views.gradient_norms.HEALTHY", (1e-5, 1e-3))
    view = show(GradientNormBoard)
    view.show_snapshot(
        measured.snapshot(GradientNorms(("a", "b"), f32(1, 1), f32(1, 1), f32(1e-5, 1e-2), 1.0, 1.0, 0.0))
    )
    assert "healthy (1e−5 to 1e−3)  1 of 2 parameters" in view._key.texts


@pytest.mark.parametrize("ratio", [1e-7, 1.0])
def test_the_healthy_band_is_in_sight_however_far_off_the_ratios_are(show: Show, ratio: float) -> None:
    view = show(GradientNormBoard)
    view.show_snapshot(measured.snapshot(GradientNorms(("a",), f32(1.0), f32(1.0), f32(ratio), 1.0, 1.0, 0.0)))
    view._ratio.box.updateAutoRange()
    low, high = view._ratio.box.viewRange()[0]
    assert low <= min(-4, math.log10(ratio))
    assert high >= max(-2, math.log10(ratio))


def test_gradient_norms_before_and_after(show: Show) -> None:
    view = show(GradientNormBoard)
    norms = GradientNorms(
        ("a", "b", "c"), f32(10.0, 1.0, 0.0), f32(1.0, 0.1, 0.0), f32(1e-3, 1e-1, 0.0), 10.05, 1.0, 0.25
    )
    view.show_snapshot(measured.snapshot(norms))
    curves = view._norms.curves
    assert_allclose(curves["before clipping"].x, [1, 0, np.nan])
    assert_allclose(curves["after clipping"].x, [0, -1, np.nan], atol=1e-6)
    assert_array_equal(curves["after clipping"].y, [0, 1, 2])
    assert view._norms.left.labels == ("a", "b", "c")
    narrow = view._norms.left.width()
    view.show_snapshot(measured.snapshot(replace(norms, names=("a", "a rather long name", "c"))))
    assert view._norms.left.minimumWidth() > narrow + 50
    assert_allclose(view._ratio.curves["update ratio"].x, [-3, -1, np.nan], atol=1e-6)
    assert "healthy (1e−4 to 1e−2)  1 of 3 parameters" in view._key.texts
    assert "clipped at 1  25 % of the steps" in view._total.legend.texts
    assert view._clip.value() == 0.0
    view.show_snapshot(measured.snapshot(replace(norms, clip_norm=0.0)))
    assert not view._clip.isVisible()


@pytest.mark.parametrize(("strongest", "exploded"), [(0.5, False), (500.0, True)])
def test_gradient_flow_bands_and_half_life(show: Show, strongest: float, exploded: bool) -> None:
    view = show(GradientFlow)
    norms = strongest * f32([1e-4, 1e-2, 1.0], [0.0, 0.5, 1.0])
    flow = GradientByTime(("layer 1", "layer 1 reverse"), norms, (3.25, math.inf))
    view.show_snapshot(measured.snapshot(flow))
    curves = view._curves.curves
    assert_allclose(curves["layer 1"].y, np.log10(norms[0]), rtol=1e-5)
    assert np.isnan(curves["layer 1 reverse"].y[0])
    assert view._vanished.getRegion()[1] == pytest.approx(math.log10(strongest) - 3, abs=1e-5)
    texts = view._curves.legend.texts
    assert texts[:2] == ("layer 1  halves every 3.2 steps", "layer 1 reverse  does not shrink")
    assert ("exploded: above 100" in texts) is exploded
    assert view._strip.levels(0) == (-8, 2)


def test_gradient_flow_tells_what_is_read_from_what_is_written(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1",), f32([0.5, 0.7, 1.0]), (2.0,), written_from=2)
    told = "from here on it is written, before it read"
    for shown, place in ((flow, 2.5), (replace(flow, written_from=None), None)):
        view.show_snapshot(measured.snapshot(shown))
        assert view._border.isVisible() == (told in view._curves.legend.texts) == (place is not None)
        assert place is None or view._border.value() == place


@pytest.mark.parametrize(
    ("life", "words"),
    [(2.0, "halves every 2.0 steps"), (2500.0, "halves every 2,500 steps"), (106_519.0, "hardly shrinks")],
)
def test_a_half_life_is_said_as_far_as_it_means_something(life: float, words: str) -> None:
    assert life_words(life) == words


def test_history_of_the_half_life_takes_every_step_once(show: Show) -> None:
    view = show(GradientFlow)
    for step, life in ((10, 2.0), (30, 4.0), (20, 3.0), (30, 5.0), (40, math.inf)):
        flow = GradientByTime(("layer 1",), f32([0.5, 1.0]), (life,))
        view.show_snapshot(measured.snapshot(flow, step=step))
    curve = view._lives.curves["layer 1"]
    assert_array_equal(curve.x, [10, 20, 30, 40])
    assert_array_equal(curve.y, [2, 3, 5, np.nan])


def test_a_short_half_life_does_not_fill_its_plot(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (0.94,)), step=1))
    low, high = view._lives.box.viewRange()[1]
    assert low <= math.log10(0.94) < 1 <= high


def test_gradient_at_the_cursor_is_read_out(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.25, 1.0]), (0.5,))))
    view._curves.clicked.emit(1.2)
    assert view._readout.text() == "time step 1 · layer 1 ‖∂L/∂h‖ = 0.25"
    assert view._mark.value() == 1


# --- prediction -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rmse", "words"),
    [(3.0, "+0.25"), (5.0, "−0.25"), (4.001, "0.00"), (3.999, "0.00"), (4.04, "−0.01"), (8e10, "−2e+10")],
)
def test_a_skill_is_told_to_two_places_and_one_too_small_without_a_sign(rmse: float, words: str) -> None:
    known = SeriesPrediction("test", "y", (), f32(), f32(), (), rmse, (("naive", 4.0),))
    error = f"RMSE {known.rmse:.4g}"
    assert error_words(known, compact=False) == f"{error}, skill {words} against naive"
    assert error_words(known, compact=True) == error


@pytest.mark.parametrize("compact", [False, True])
def test_a_forecast_of_some_windows_says_whose_error_it_tells(qtbot: QtBot, compact: bool) -> None:
    page = ForecastPage(LIGHT, compact=compact)
    qtbot.addWidget(page)
    page.draw(replace(measured.series_prediction(), excerpt="8 of 203 windows"))
    more = "" if compact else ", whose RMSE stands above"
    assert page.plot.bottom.labelText == f"validation part: 8 of 203 windows{more}"


def test_forecast_with_errors_and_skill_in_the_key(show: Show) -> None:
    view = show(Prediction)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b", "c"), f32(1.0, math.nan, 3.0), f32(1.5, 2.0, 3.0),
        (("naive", f32(0.0, 1.0, 2.0)), ("drift", f32(0.0, 1.0, 1.0))), 3.0, (("naive", 4.0), ("drift", 6.0)),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    curves = page.plot.curves
    assert_array_equal(curves["truth"].y, f32(1.0, math.nan, 3.0))
    assert_array_equal(curves["forecast"].y, f32(1.5, 2.0, 3.0))
    assert page.plot.legend.texts == (
        "truth",
        "forecast  RMSE 3, skill +0.25 against naive",
        "naive  RMSE 4",
        "drift  RMSE 6",
    )
    heights = [curves[name].item.zValue() for name in ("truth", "forecast", "naive")]
    assert heights == sorted(heights, reverse=True)
    assert page.plot.bottom.labelText == "validation part"
    page.plot.hovered.emit(1.9)
    assert view._readout.text() == "c · truth 3 · forecast 3 · naive 2 · drift 1"
    assert view.table()[1][0] == ("a", 1.0, 1.5, 0.0, 0.0)


def test_a_run_without_a_batch_beside_makes_no_empty_plot(show: Show) -> None:
    view = show(Loss)
    view.show_others((Beside(1, "gru-16", "RMSE", History()),))
    view.reset(beginning=True)
    assert "The run begins" in view._message.text()


def test_a_single_step_has_no_course_through_time(show: Show) -> None:
    layer = LayerTrace(0, False, f32([0.5, -0.5]), None, ())
    for kind, probe in (
        (GradientFlow, GradientByTime(("layer 1",), f32([0.5]), (math.inf,))),
        (Summing, Contributions(("rnn.bias_ih_l0",), "rnn.bias_ih_l0", None, (4,), np.array([0.5]), 0.5)),
        (StateSpace, HiddenTrace((layer,), ("1",))),
    ):
        view = show(kind)
        view.show_snapshot(measured.snapshot(probe))
        assert "a single step" in view._message.text()
        assert view._stack.currentWidget() is view._message


def test_what_the_forecast_leaves_and_whether_it_trails(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    truth = np.sin(np.arange(40) / 3).astype(np.float32)
    known = SeriesPrediction(
        "validation", "Passengers", tuple(map(str, range(40))), truth[1:], truth[:-1], (), 3.0, (),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, labels=known.labels[:39])))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    assert page.left is not None
    residuals, lags = page.left.residuals, page.left.lags
    assert_allclose(residuals.curves["truth − forecast"].y, truth[1:] - truth[:-1])
    assert lags.curves["error"].y[1] == pytest.approx(0, abs=1e-6)
    assert lags.legend.texts == ("error  least 1 back: it trails the truth",)
    assert page.left._best.value() == 1
    page.plot.box.setXRange(5, 10, padding=0)
    qtbot.waitUntil(lambda: residuals.box.viewRange()[0] == pytest.approx([5, 10], abs=0.1))
    residuals.hovered.emit(7.2)
    assert view._readout.text().startswith("7 · truth − forecast ")
    residuals.canvas.doubled.emit()
    qtbot.waitUntil(lambda: residuals.box.viewRange()[0][1] > 37)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._readout.text() != "forecast in its place · error 0"
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, labels=known.labels[:39], forecast=truth[1:])))
    assert lags.legend.texts == ("error  least 0 back: it does not trail",)
    assert view._readout.text() == "forecast in its place · error 0"


@pytest.mark.parametrize(("least", "log"), [(0.5, False), (0.02, False), (0.001, True), (0.0, False), (-1.0, False)])
def test_a_loss_that_falls_by_decades_is_logarithmic_until_a_person_chooses(
    show: Show, least: float, log: bool
) -> None:  # fmt: skip
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    history.extend("validation_loss", [1.0, 3.0], [1.0, least])
    view.show_history(history)
    assert view._loss.axes.log == (False, log)
    view._log.click()
    view.show_history(history)
    assert view._loss.axes.log == (False, not log)
    view.reset()
    assert view._loss.axes.log == (False, not log)


def test_an_axis_that_is_zoomed_stays_as_it_is(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0, 3.0], [1.0, 1.0, 1.0])
    view.show_history(history)
    view._loss.box.setXRange(1, 2, padding=0)
    history.extend("validation_loss", [1.0, 2.0], [1.0, 1e-6])
    view.show_history(history)
    assert view._loss.axes.log == (False, False)
    view.reset_zoom()
    assert view._loss.axes.log == (False, True)


def test_a_run_begins_with_a_linear_axis(show: Show) -> None:
    view, history = show(Loss), History()
    history.extend("loss", [1.0, 2.0], [1.0, 1.0])
    history.extend("validation_loss", [1.0, 2.0], [1.0, 1e-6])
    view.show_history(history)
    view.reset()
    assert view._loss.axes.log == (False, False)


def test_in_a_small_place_the_key_of_the_loss_is_short(qtbot: QtBot) -> None:
    view = Loss(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen)
    view.show_history(measured.history(200))
    assert [text.split("  ")[0] for text in view._loss.legend.texts][:2] == ["training, smoothed", "validation"]


def test_series_after_each_other_are_not_joined(show: Show) -> None:
    view = show(Prediction)
    labels = tuple(f"{shop} · 2020-01-{day:02}" for shop in ("North", "South · East") for day in range(1, 7))
    truth = np.arange(12, dtype=np.float32)
    view.show_snapshot(measured.snapshot(
        SeriesPrediction("validation", "sales", labels, truth, truth + 1, (("naive", truth),), 1.0, (("naive", 2.0),))
    ))  # fmt: skip
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    assert page.left is not None
    for curve in (page.plot.curves["truth"], page.plot.curves["naive"], page.left.residuals.curves["truth − forecast"]):
        assert_array_equal(np.flatnonzero(np.isnan(curve.y)), [6])
        assert curve.x[6] == 5.5
    assert [page.plot.curves["truth"].nearest(place) for place in (5, 6)] == [5, 6]


@pytest.mark.parametrize(
    ("errors", "lag", "told"),
    [
        ([1.0, 2.0], 0, "least 0 back: it does not trail"),
        ([1.0, 0.5], 1, "least 1 back: it trails the truth"),
        ([1.0, 0.9, 0.86], 0, "14 % less 2 back: too little to tell"),
        ([], 0, "least 0 back: it does not trail"),
    ],
)
def test_where_the_error_is_least_is_told_as_it_is(errors: list[float], lag: int, told: str) -> None:
    assert residual_plots._place(np.array(errors, np.float32), lag) == told


def test_in_a_small_place_the_naive_and_the_best_baseline_do(show: Show) -> None:
    page = ForecastPage(LIGHT, compact=True)
    values = f32(1.0, 2.0)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b"), values, values,
        (("naive", values), ("drift", values), ("AR(12)", values)), 3.0,
        (("naive", 4.0), ("drift", 6.0), ("AR(12)", 2.0)),
    )  # fmt: skip
    page.draw(known)
    assert tuple(page.plot.curves) == ("truth", "forecast", "naive", "AR(12)")
    assert page.table(known)[0] == ("time", "truth", "forecast", "naive", "drift", "AR(12)")
    page.deleteLater()


def test_intervals_are_drawn_where_they_are_known_and_stand_in_the_table(show: Show) -> None:
    view = show(Prediction)
    known = SeriesPrediction(
        "validation", "Passengers", ("a", "b", "c"), f32(1.0, 2.0, 3.0), f32(1.5, 2.0, 3.0), (), 3.0, (),
        ((0.8, f32(1.0, math.nan, 2.5), f32(2.0, math.nan, 3.5)),),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[SeriesPrediction]
    assert isinstance(page, ForecastPage)
    (area,) = page.intervals.areas
    lower, upper = (end.getData() for end in area._ends)
    assert_array_equal(lower[0], f32(0, 2))
    assert_array_equal(lower[1], f32(1.0, 2.5))
    assert_array_equal(upper[1], f32(2.0, 3.5))
    assert page.plot.legend.texts[-1] == "80 % interval"
    heads, rows = view.table()
    assert heads == ("time", "truth", "forecast", "80 % from", "80 % to")
    assert rows[2] == ("c", 3.0, 3.0, 2.5, 3.5)
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, bands=())))
    assert not page.intervals.areas
    assert page.plot.legend.texts[-1].startswith("forecast")


def test_a_value_a_sequence_is_a_point_beside_the_line_on_which_it_is_right(show: Show) -> None:
    view = show(Prediction)
    known = ValuePrediction(
        "validation", "sum", ("1", "2", "3"), f32(0.5, 1.0, 1.5), f32(0.75, 1.0, 1.0),
        (("constant 1", f32(1.0, 1.0, 1.0)),), 0.25, (("constant 1", 0.5),),
    )  # fmt: skip
    view.show_snapshot(measured.snapshot(known))
    page = view.pages[ValuePrediction]
    assert isinstance(page, ScatterPage)
    points, right = page.plot.curves["answer"], page.plot.curves["right: answer = truth"]
    assert not points.line
    assert_array_equal(points.x, known.truth)
    assert_array_equal(points.y, known.forecast)
    assert_array_equal(right.x, right.y)
    assert page.plot.legend.texts == (
        "answer  RMSE 0.25, skill +0.50 against constant 1",
        "right: answer = truth",
        "constant 1  RMSE 0.5",
    )
    place = page.plot.box.mapViewToScene(QPointF(1.5, 1.0))
    page.plot.canvas.moved.emit(place)
    assert view._readout.text() == "3 · truth 1.5 · answer 1 · off by −0.5"
    assert view.table()[1][2] == ("3", 1.5, 1.0, 1.0)


def test_points_are_walked_by_keys_in_the_order_of_their_true_values(show: Show) -> None:
    view = show(Prediction)
    known = ValuePrediction("test", "sum", ("1", "2", "3"), f32(1.5, 0.5, 1.0), f32(1.0, 0.75, 1.0), (), 0.25, ())
    view.show_snapshot(measured.snapshot(known))
    for key, told in ((Qt.Key.Key_Right, "2"), (Qt.Key.Key_Right, "3"), (Qt.Key.Key_End, "1"), (Qt.Key.Key_Left, "3")):
        QTest.keyClick(view, key)
        assert view._readout.text().startswith(f"{told} · truth")
    ring = view.pages[ValuePrediction].plot.curves["sequence read out"]
    assert (ring.x.tolist(), ring.y.tolist()) == ([1.0], [1.0])
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, forecast=f32(1.0, 0.75, 2.0))))
    assert view._readout.text() == "3 · truth 1 · answer 2 · off by +1"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._readout.text(), len(ring.x)) == ("", 0)


def test_cells_of_a_confusion_matrix_are_walked_by_keys(show: Show) -> None:
    view = show(Prediction)
    known = measured.class_prediction()
    view.show_snapshot(measured.snapshot(known))
    matrix = view.pages[ClassPrediction].matrix
    for key, cell in (("Down", (0, 0)), ("Down", (1, 0)), ("Right", (1, 1)), ("Right", (1, 1)), ("Home", (1, 0))):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert matrix.walked.cell == cell
        assert view._readout.text() == matrix.words(*cell)
    view.show_snapshot(measured.snapshot(dataclasses.replace(known, counts=known.counts[::-1])))
    assert view._readout.text().startswith("sun answered as rain: 8 of 10")
    with_cell = matrix.grab().toImage()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert (view._readout.text(), matrix.walked.cell) == ("", None)
    assert matrix.grab().toImage() != with_cell


def test_a_page_that_cannot_be_made_is_said_where_it_is_to_be_shown(
    show: Show, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_page: ClassPage) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(ClassPage, "build", fail)
        view = show(Prediction)
        view.show_snapshot(measured.snapshot(measured.series_prediction()))
        while view.make_more():
            pass
        view.turn_page()
        assert "ClassPrediction" in caplog.text
        assert (view.why_empty(), ClassPrediction in view.pages, len(view.pages)) == ("", False, 5)
        view.show_snapshot(measured.snapshot(measured.class_prediction()))
        assert "could not be drawn (ZeroDivisionError)" in view.why_empty()
        view.show_snapshot(measured.snapshot(measured.series_prediction()))
        assert view.why_empty() == ""
    view.show_snapshot(measured.snapshot(measured.class_prediction()))
    assert view.why_empty() == ""


def test_the_scores_of_texts_take_one_line_of_a_low_small_place(qtbot: QtBot) -> None:
    view = Prediction(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.resize(320, 270)
    view.show()
    qtbot.waitUntil(lambda: view.on_screen and view._built)
    view.show_start(replace(measured.STARTED, baselines=(("a name as long as a line", 1.0), ("and another one", 2.0))))
    view.show_history(measured.history(30))
    view.show_snapshot(measured.snapshot(measured.TEXT))
    line = view._scores.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: 0 < view._scores.height() < 2 * line)
    assert "and another one" in view._scores.toolTip()
    view.resize(320, 400)
    qtbot.waitUntil(lambda: view._scores.height() >= 2 * line)


def test_text_is_shown_as_it_was_written(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.TEXT))
    page = view.pages[TextPrediction]
    assert isinstance(page, WritingPage)
    assert page.page.toPlainText() == f"temperature 0.8\n{measured.TEXT.prompt}{measured.TEXT.samples[0][1]}"
    assert view._bar.isVisible()
    assert view.table()[1] == [(0.8, measured.TEXT.prompt, measured.TEXT.samples[0][1])]


def test_texts_stand_below_their_score_by_then(show: Show) -> None:
    view = show(Prediction)
    view.show_start(replace(measured.STARTED, metric="bits per character", baselines=(("n-gram of order 2", 2.6),)))
    view.show_snapshot(measured.snapshot(measured.TEXT, step=30))
    scores = History()
    view.show_history(scores)
    beside = " — bits per character of n-gram of order 2: 2.600"
    assert view._scores.text() == f"validation part: bits per character not measured yet{beside}"
    scores.extend("metric", [20, 40], [3.5, 3.1])
    view.show_history(scores)
    assert view._scores.text() == f"validation part: bits per character 3.500{beside}"
    view.show_snapshot(measured.snapshot(measured.series_prediction()))
    assert not view._scores.isVisible()


def test_at_the_end_it_is_said_whose_weights_are_shown(show: Show) -> None:
    view = show(Prediction)
    scored = History()
    scored.extend("validation_loss", [20, 40, 60], [0.5, 0.3, 0.4])
    view.show_history(scored)
    view.show_snapshot(measured.snapshot(measured.series_prediction(), step=40))
    assert view._stamp.text() == "step 40 · epoch 2"
    view.show_end()
    assert view._stamp.text() == "step 40 · epoch 2 · best weights"
    view.show_moment(60)
    view.show_snapshot(measured.snapshot(measured.series_prediction(), step=60))
    assert view._stamp.text() == "step 60 · epoch 3"


def test_temperature_is_asked_for(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    with qtbot.waitSignal(view.needs_changed):
        view._temperature.setValue(1.5)
    assert view.refine(SnapshotRequest(1, frozenset({"prediction"}))).temperature == 1.5


def test_series_after_text_takes_the_temperature_away(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.TEXT))
    view.reset()
    view.show_snapshot(measured.snapshot(measured.series_prediction()))
    assert not view._bar.isVisible()
    assert view.pages[SeriesPrediction].isVisible()
    assert not view.pages[TextPrediction].isVisible()


def test_classes_are_counted_with_their_numbers(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction()))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    assert page.isVisible()
    assert page.scores.text() == (
        "validation part: accuracy 0.800 · macro F1 0.790"
        " — accuracy of majority class: 0.500, logistic regression: 0.700"
    )
    assert page.matrix.words(0, 1) == "rain answered as sun: 2 of 10 (20 %)"
    assert view.table() == (("truth", "answered rain", "answered sun"), [("rain", 8, 2), ("sun", 2, 8)])
    assert not page.strips.isVisible()


@pytest.mark.parametrize("told", [False, True])
def test_mistakes_and_doubts_are_to_be_read(show: Show, told: bool) -> None:
    view = show(Prediction)
    examples = (
        ClassExample("7", "not bad" if told else "", "sun", "rain", 0.9),
        ClassExample("3", "good" if told else "", "sun", "sun", 0.55, None if told else np.eye(8, dtype=np.float32)),
    )
    view.show_snapshot(measured.snapshot(replace(measured.class_prediction(), examples=examples)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    table = page.examples
    assert table.isVisible()
    assert table.order.text() == "Mistakes, the surest first; then right answers, the least sure first"
    assert [table._item(row, 0).icon().isNull() for row in (0, 1)] == [True, told]
    cells = [[table.rows.item(row, column).text() for column in range(4)] for row in range(2)]  # type: ignore[union-attr]
    right_one = ["good" if told else "3", "sun", "sun", "55 %"]
    assert cells == [["not bad" if told else "7", "sun", "rain", "90 %"], right_one]
    wrong, right = (table.rows.item(row, 2).foreground().color() for row in range(2))  # type: ignore[union-attr]
    assert wrong != right
    assert page.matrix.width() <= page.width() // 2
    view.show_snapshot(measured.snapshot(replace(measured.class_prediction(), examples=examples[1:])))
    assert table.order.text() == "Right answers, the least sure first"
    assert table.rows.rowCount() == 1
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    assert not table.isVisible()


def test_tags_are_shown_along_time(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    assert page.strips.isVisible()
    assert page.strips.words(0) == "step 1: 1 · truth rain · answered rain (90 %)"
    assert page.strips.words(2) == "step 1: 3 · truth no label · answered sun (60 %)"
    with qtbot.waitSignal(page.read) as said:
        QTest.mouseMove(page.strips, page.strips.rect().center())
    assert said.args[0].startswith("step 1: ")


def test_steps_with_tags_are_walked_by_keys_above_the_matrix(show: Show, qtbot: QtBot) -> None:
    view = show(Prediction)
    tagged = measured.class_prediction(tagged=True)
    view.show_snapshot(measured.snapshot(tagged))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    strips, matrix = page.strips, page.matrix
    without_step = strips.grab().toImage()
    for key, step in (("Right", 0), ("Right", 1), ("End", 3), ("Right", 3), ("Up", 3), ("Home", 0), ("Right", 1)):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert strips.walked.cell == (0, step)
        assert view._readout.text() == strips.words(step)
    assert strips.grab().toImage() != without_step
    assert tagged.track is not None
    surer = replace(tagged.track, certainty=f32(*[0.75] * 4))
    view.show_snapshot(measured.snapshot(replace(tagged, track=surer)))
    assert view._readout.text() == "step 1: 2 · truth rain · answered sun (75 %)"
    for key, cell in (("Down", (0, 0)), ("Right", (0, 1)), ("Down", (1, 1)), ("Up", (0, 1))):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert (strips.walked.cell, matrix.walked.cell) == (None, cell)
        assert view._readout.text() == matrix.words(*cell)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert (strips.walked.cell, matrix.walked.cell) == ((0, 0), None)
    with qtbot.waitSignal(matrix.hovered):
        QTest.mouseMove(matrix, matrix.rect().center())
    assert strips.walked.cell is None
    for key in ("Left", "Escape"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert (strips.walked.cell, view._readout.text()) == (None, "")


def test_the_cell_that_keys_went_to_stays_when_the_mouse_leaves_the_other_picture(show: Show) -> None:
    view = show(Prediction)
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    QTest.mouseMove(page.strips, page.strips.rect().center())
    QTest.keyClick(view, Qt.Key.Key_Down)
    QApplication.sendEvent(page.strips, QEvent(QEvent.Type.Leave))
    assert (page.matrix.walked.cell, view._readout.text()) == ((0, 0), page.matrix.words(0, 0))


def test_tags_that_change_too_often_are_shown_a_part_at_a_time(show: Show) -> None:
    view = show(Prediction)
    answers = (np.arange(2000) % 2).astype(np.int16)
    often = TagTrack(tuple(f"1: {n}" for n in range(2000)), answers, answers, f32(*[0.5] * 2000))
    tagged = measured.class_prediction(tagged=True)
    view.show_snapshot(measured.snapshot(replace(tagged, track=often)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    strips = page.strips
    assert strips.bar.isVisible()
    assert strips.shown.stop < 500
    strips.bar.setValue(strips.bar.maximum())
    assert strips.shown.stop == 2000
    assert strips._step(strips.width() - 1) == 1999
    for key, shown in (("Right", 0), ("End", 1999), ("Left", 1998), ("Home", 0)):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert strips.walked.cell == (0, shown)
        assert strips.shown.start <= shown < strips.shown.stop
    view.show_snapshot(measured.snapshot(tagged))
    assert not strips.bar.isVisible()
    assert strips.shown == slice(0, 4)


def test_gradient_flow_of_truncated_learning_shows_where_it_is_cut(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1",), f32([0.1, 1.0, 0.1, 1.0, np.nan]), (0.3,), cuts=(2,))
    view.show_snapshot(measured.snapshot(flow))
    curve = view._curves.curves["layer 1"]
    assert_array_equal(curve.x, [1, 2, 2.5, 3, 4, 5])
    assert_allclose(curve.y, [-1, 0, np.nan, -1, 0, np.nan], atol=1e-6)
    assert [line.value() for line in view._cuts if line.isVisible()] == [2.5]
    assert "cut: the gradient goes no further back" in view._curves.legend.texts
    view.show_snapshot(measured.snapshot(replace(flow, cuts=()), step=2))
    assert not any(line.isVisible() for line in view._cuts)


def test_half_lives_are_kept_while_the_view_is_hidden(show: Show) -> None:
    view = show(GradientFlow)
    view.hide()
    for step in (10, 20):
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=step), step=step))
    view.show()
    QApplication.processEvents()
    assert_array_equal(view._lives.curves["layer 1"].x, [10, 20])


@pytest.mark.parametrize("width", [900, 660, 500])
def test_every_column_of_a_heat_grid_is_inside_and_as_wide_as_the_others(show: Show, width: int) -> None:
    view = show(Gates)
    view.show_snapshot(measured.full_snapshot())
    view.resize(width, 600)
    grid = view._traces.grid
    QApplication.processEvents()
    edges = [cell.box.sceneBoundingRect() for cell in grid._cells]
    assert max(edge.right() for edge in edges) < grid.canvas.width() + 1  # half a border
    assert max(edge.width() for edge in edges) - min(edge.width() for edge in edges) < 2


def test_a_key_has_all_its_rows_at_a_width_it_had_before(show: Show) -> None:
    view = show(GradientFlow)
    flow = measured.gradient_by_time(layers=1)
    for width, names in ((500, ("layer 1",)), (900, ("layer 1",)), (900, ("a long name of a layer " * 3,)), (500, ())):
        view.resize(width, 600)
        QApplication.processEvents()
        view.show_snapshot(measured.snapshot(replace(flow, names=names or ("a long name of a layer " * 3,))))
        QApplication.processEvents()
    legend = view._curves.legend
    assert legend.height() == legend.heightForWidth(legend.width())


def test_the_loss_follows_every_run_after_the_first_and_after_a_double_click(show: Show) -> None:
    view = show(Loss)
    for _ in range(2):
        view.reset()
        history = History()
        for step in range(1, 201):
            history.append(step, "loss", 1 / step)
            for name in ("training_loss", "validation_loss", "metric") if step % 5 == 0 else ():
                history.append(step, name, 2 / step)
            if step in (1, 6, 40, 200):
                view.show_history(history)
                QApplication.processEvents()
        for plot in (view._loss, view._metric):
            low, high = plot.box.viewRange()[0]
            assert low <= 1
            assert high >= 200
        view._metric.box.setXRange(50, 60)
        view._metric.canvas.doubled.emit()
    assert view._loss.shown() == (-math.inf, math.inf)


def test_tags_in_a_small_place_stand_below_their_scores(show: Show, qtbot: QtBot) -> None:
    view = Prediction(LIGHT, compact=True)
    qtbot.addWidget(view)
    view.resize(480, 400)
    view.show()
    view.show_snapshot(measured.snapshot(measured.class_prediction(tagged=True)))
    page = view.pages[ClassPrediction]
    assert isinstance(page, ClassPage)
    qtbot.waitUntil(lambda: page.strips.isVisible() and page.parts.isHidden())
    assert page.strips.y() < page.height() / 3
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert view._readout.text() == page.strips.words(0)
