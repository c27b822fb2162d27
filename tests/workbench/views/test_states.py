"""The numbers of hidden states, gates and the paths of states, for snapshots of known content."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.inside_records import ClassPaths, HiddenTrace, LayerTrace
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32, known_layer
from workbench.later import in_turn
from workbench.looks.theme import DARK, LIGHT, Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.heat.heat_grid import Spot
from workbench.plots.heat.unit_order import ORDERS
from workbench.views.gates import Gates
from workbench.views.hidden_state import HiddenState
from workbench.views.prediction import Prediction
from workbench.views.state_space import StateSpace


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


def test_panels_of_a_deep_network_come_one_by_one(show: Show, qtbot: QtBot) -> None:
    view, trace = show(Gates), measured.trace(steps=5, units=6, layers=4, reverse=True)
    view.takes_turns = True
    view.show_snapshot(measured.snapshot(trace))
    grid, gates = view._traces.grid, [gate for layer in trace.layers for gate in layer.gates]
    assert not grid.panels
    assert view.table()[1] == []
    view.show_snapshot(measured.snapshot(trace))  # the next one does not begin anew
    qtbot.waitUntil(lambda: bool(view._traces.shown))
    assert [(panel.row, panel.column) for panel in grid.panels] == [
        (row, gate) for row in range(8) for gate in range(4)
    ]
    assert not grid._spare
    for index, (_, values) in enumerate(gates):
        assert_array_equal(grid.data(index), values.T)


def test_panels_that_come_are_not_waited_for_once_the_run_is_forgotten(show: Show, qtbot: QtBot) -> None:
    view = show(Gates)
    view.takes_turns = True
    view.show_snapshot(measured.snapshot(measured.trace(layers=4, reverse=True)))
    view.reset()
    made: list[bool] = []
    in_turn(view, lambda: made.append(True))
    qtbot.waitUntil(lambda: bool(made))
    assert not view._traces.grid.panels


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


def test_a_candidate_that_is_never_negative_is_no_gate(show: Show) -> None:
    view = show(Gates)
    layer = known_layer(
        update=np.full((3, 2), 0.5).tolist(), candidate=([3.0, 0.0], [2.0, 0.0], [1.0, 0.0])
    )  # a relu's
    view.show_snapshot(measured.snapshot(HiddenTrace((layer,), ("a", "b", "c"))))
    grid = view._traces.grid
    assert grid.panels[1].map == "diverging"
    assert grid._cells[1].title.name == "candidate · high 50 %, low 0 %"


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


def test_paths_that_are_measured_seldom_say_of_which_step_they_are(show: Show) -> None:
    view = show(StateSpace)
    trace = HiddenTrace((known_layer(),), ("a", "b", "c"))
    view.show_snapshot(measured.snapshot(trace, known_paths(), step=400))
    view.show_snapshot(measured.snapshot(trace, step=900))
    assert view._header.stamp.text() == "step 400 · epoch 20"
    view._sequences.setCurrentText("the pinned one")
    view._sequences.activated.emit(1)
    assert view._header.stamp.text() == "step 900 · epoch 45"


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
    most = 2 * len(LIGHT.classes)
    count = most + 3
    states = tuple(f32([0.0, 0.0], [float(k), 1.0]) for k in range(count))
    names = tuple(f"class {k:02}" for k in range(count))
    view.show_snapshot(measured.snapshot(HiddenTrace((known_layer(),), tuple("abc")), ClassPaths(
        ("layer 1",), (states,), names, names
    )))  # fmt: skip
    plot = view._many.plot
    assert plot.legend.texts == (*names[:most], "end of a sequence")
    looks = [(key.pen.color().name(), key.pen.style(), key.shape) for key in plot.legend._items[:most]]
    first = looks[: len(LIGHT.classes)]
    assert len(set(looks)) == most
    assert [len(set(part)) for part in zip(*first, strict=True)] == [len(first), 1, len(first)]
    assert [ends.opts["symbol"] for ends in view._many._ends.values()] == [shape for _, _, shape in looks]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_a_class_of_steps_looks_as_a_class_of_sequences(show: Show, theme: Theme) -> None:
    view, names = show(StateSpace), [f"class {k:02}" for k in range(9)]
    view.apply_theme(theme)
    states = tuple(f32([0.0, 0.0], [float(k), 1.0]) for k in range(len(names)))
    paths = ClassPaths(("layer 1",), (states,), tuple(names), tuple(names))
    view._many.show_paths(paths, 0, None)
    steps = np.random.default_rng(0).standard_normal((10, 3)).astype(np.float32)
    view._one.show_states(steps, HiddenTrace((), ("",) * 10, None, (*names, names[0])), None)
    view._one.color_by("by class")
    by_sequence, by_step = ({key.text: key for key in plot.legend._items} for plot in (view._many.plot, view._one.plot))
    for at, name in enumerate(names):
        point = view._one.points.points()[at]
        assert by_step[name].shape == by_sequence[name].shape == point.symbol()
        assert by_step[name].pen.color() == by_sequence[name].pen.color() == point.brush().color()
        assert point.brush().color().name() == theme.classes[at]


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
