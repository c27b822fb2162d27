"""The numbers of the pictures of what goes on inside, for snapshots of known content."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.events import SnapshotRequest
from engine.inside_records import (
    BatchActivations,
    BatchSlot,
    Contributions,
    GradientByTime,
    HiddenTrace,
    Influence,
    LayerTrace,
    ParameterPicture,
    PreActivations,
    Reading,
    SlotTrace,
    Spectrum,
    Weights,
)
from tests.workbench.views import measured
from workbench.film import Film
from workbench.plots.heat_grid import Spot
from workbench.plots.numerals import numerals
from workbench.views.activation import Activation
from workbench.views.explain import Explain
from workbench.views.gates import Gates
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.hidden_state import HiddenState
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss
from workbench.views.network import NetworkView
from workbench.views.prediction import Prediction
from workbench.views.state_space import StateSpace
from workbench.views.summing import Summing
from workbench.views.text_by_unit import TextByUnit
from workbench.views.weights import WeightMaps

Show = Callable[[Any], Any]


def f32(*values: Any) -> Any:
    return np.asarray(values, np.float32)


# --- activation -----------------------------------------------------------------------------------------


@pytest.fixture
def two_layers() -> BatchActivations:
    slots = (
        BatchSlot(0, False, "update", "sigmoid", f32(-6.0, 0.1, 0.1, 0.1)),
        BatchSlot(0, False, "candidate", "relu", f32(-2.0, -1.0, 2.0, 3.0)),
        BatchSlot(1, False, "update", "sigmoid", f32(1.0, 1.0, 1.0, 1.0)),
    )
    return BatchActivations(slots, 1000, 2, 2)


def test_histogram_and_saturation_of_every_function(qtbot: QtBot, show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.show_snapshot(measured.snapshot(two_layers))
    assert len(view._plots) == 1  # the window is not held up for all of them
    qtbot.waitUntil(lambda: len(view._plots) == 2)
    update, candidate = view._plots
    assert (update.name, update.function, candidate.function) == ("update", "sigmoid", "relu")
    assert_allclose([update.saturated_share, candidate.saturated_share], [0.25, 0.5])
    assert update.shares.sum() == pytest.approx(1)
    place = int(np.searchsorted(update.edges, 0.1, "right")) - 1
    assert update.shares[place] == 0.75
    assert update.edges[-1] == 6.0
    assert "saturated (f′ < 0.1)  25.0 %" in update.legend.texts


def test_it_says_which_batch_it_shows_and_how_much_of_it(show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.snapshot(two_layers, step=1005))  # some steps later
    assert view._batch.text() == "The batch of step 1,000: all 2 time steps of its sequences"
    assert view._stamp.text().startswith("step 1,000 ·")
    view.show_snapshot(measured.snapshot(replace(two_layers, step=1010, places=25_600, looked_at=512), step=1010))
    said = "The batch of step 1,010: 512, evenly spread, of the 25,600 time steps of its sequences"
    assert view._batch.text() == said
    assert {row[-1] for row in view.table()[1]} == {1010}


def test_gone_back_to_an_earlier_step_it_shows_the_batch_of_then(show: Show, two_layers: BatchActivations) -> None:
    view, film = show(Activation), Film()
    for step, share in ((10, 0.1), (20, 0.2)):
        slots = tuple(replace(slot, values=slot.values + np.float32(share)) for slot in two_layers.slots)
        film.record(measured.snapshot(replace(two_layers, slots=slots, step=step), step=step))
        film.record(measured.snapshot(measured.pre_activations(), step=step + 3))  # of the weights, later
    film.go(15)
    shown = film.shown(view.probes)
    assert shown is not None
    view.show_moment(15)
    view.show_snapshot(shown)
    assert view._batch.text().startswith("The batch of step 10:")
    place = int(np.searchsorted(view._plots[0].edges, 0.2, "right")) - 1
    assert view._plots[0].shares[place] == 0.75


def test_nothing_is_drawn_of_the_pinned_sequence_alone(show: Show) -> None:
    view = show(Activation)
    view.show_snapshot(measured.snapshot(measured.pre_activations()))
    assert view.why_empty()


def test_cursor_marks_what_went_in_at_one_step_of_the_pinned_sequence(
    qtbot: QtBot, show: Show, two_layers: BatchActivations
) -> None:
    pinned = PreActivations(
        (
            SlotTrace(0, False, "update", "sigmoid", f32([-6.0, 0.1], [0.1, 0.1])),
            SlotTrace(0, False, "candidate", "relu", f32([-1.0, 2.0], [3.0, -2.0])),
        ),
        ("a", "b"),
    )
    view = show(Activation)
    view.show_snapshot(measured.snapshot(two_layers, pinned))
    qtbot.waitUntil(lambda: len(view._plots) == 2)
    assert view.time_steps() == 2
    view.time.pin(1)
    marked = view._plots[1].curves["pinned sequence, time step looked at"]
    assert_array_equal(marked.x, [3.0, -2.0])
    assert_array_equal(marked.y, [3.0, 0.0])


def test_another_layer_has_other_functions(show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.show_snapshot(measured.snapshot(two_layers))
    view._layer.setCurrentText("layer 2")
    view._layer.activated.emit(1)
    (update,) = view._plots
    assert update.shares.max() == 1.0
    assert [row[:3] for row in view.table()[1]] == [("layer 2", "update", "sigmoid")]


def test_value_and_slope_under_the_mouse(show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.show_snapshot(measured.snapshot(two_layers))
    view._plots[0].hovered.emit(0.1)
    assert view._readout.text().startswith("update · x = 0.1 · f 0.525 · f′ 0.2494 · 75.0 %")


# --- weights --------------------------------------------------------------------------------------------


def known_weights() -> Weights:
    matrix = f32([1.0, 2.0], [3.0, 4.0], [-5.0, 6.0], [7.0, -8.0])
    spread = np.quantile(matrix, np.linspace(0, 1, 65)).astype(np.float32)
    bias = f32([0.5], [-0.25])
    return Weights(
        (
            ParameterPicture("rnn.weight_hh_l0", (4, 2), matrix, (1, 1), ("reset", "update"), spread),
            ParameterPicture("readout.bias", (2,), bias, (1, 1), (), f32(*np.linspace(-0.25, 0.5, 65))),
        )
    )


def test_every_gate_has_its_own_block(show: Show) -> None:
    view = show(WeightMaps)
    view.show_snapshot(measured.snapshot(known_weights(), measured.spectrum()))
    assert_array_equal(view._maps.data(0), [[1, 2], [3, 4]])
    assert_array_equal(view._maps.data(1), [[-5, 6], [7, -8]])
    assert view._maps.levels(0) == view._maps.levels(1) == (-8.0, 8.0)
    view._maps.hovered.emit(Spot(1, 1, 0, 7.0))
    assert view._readout.text() == "update · row 1 · column 0 · +7.00000"


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


# --- summing over time ----------------------------------------------------------------------------------


def known_shares(entry: tuple[int, int] | None = None) -> Contributions:
    return Contributions(("a", "b"), "b", entry, (4, 3), np.array([0.5, -1.0, 2.5]), 2.0)


def test_steps_add_up_to_the_whole(show: Show) -> None:
    view = show(Summing)
    view.show_snapshot(measured.snapshot(known_shares()))
    assert_array_equal(view._bars.getData()[1], [0.5, -1.0, 2.5])
    assert_array_equal(view._plot.curves["sum from the last step back"].y, [2.0, 1.5, 2.5])
    assert view._total.value() == 2.0
    assert "‖gradient‖ of b  = 2, the sum of all steps" in view._plot.legend.texts
    view._plot.hovered.emit(3.2)
    assert view._readout.text() == "time step 3 adds +2.5 (125.0 % of the whole) · sum from here on 2.5"
    assert view.table()[1] == [(1, 0.5, 2.0), (2, -1.0, 1.5), (3, 2.5, 2.5)]


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


# --- explain --------------------------------------------------------------------------------------------


def known_cell() -> tuple[Any, ...]:
    """Two steps of one unit of an LSTM, whose numbers fit together."""
    gates = {"input": [0.5, 0.25], "forget": [0.5, 0.5], "candidate": [0.8, -0.4], "output": [1.0, 0.5]}
    cell = [0.4, 0.1]
    hidden = [float(np.tanh(0.4)), 0.5 * float(np.tanh(0.1))]
    named = tuple((name, f32(*[[value] for value in values])) for name, values in gates.items())
    layer = LayerTrace(0, False, f32(*[[h] for h in hidden]), f32(*[[c] for c in cell]), named)
    sums = (SlotTrace(0, False, "input", "sigmoid", f32([0.0], [-1.0986])),)
    return HiddenTrace((layer,), ("a", "b")), PreActivations(sums, ("a", "b")), measured.structure(units=1)


def test_a_token_that_is_a_bracket_is_read_out_in_quotes(show: Show) -> None:
    view = show(Explain)
    hidden, *others = known_cell()
    view.show_snapshot(measured.snapshot(replace(hidden, labels=("(", ")")), *others))
    assert view._readout.text() == "time step 2 (“)”) · layer 1 · unit 0"


def test_equations_hold_the_numbers_of_a_step(show: Show) -> None:
    view = show(Explain)
    view.show_snapshot(measured.snapshot(*known_cell()))
    lines = [line.text() for line in view._lines]
    assert lines[0] == "i = σ(−1.099) = 0.250"
    assert lines[4] == "c = 0.500 · 0.400 + 0.250 · (−0.400) = 0.100"
    assert lines[5] == "h = 0.500 · tanh(0.100) = 0.050"
    assert view._readout.text() == "time step 2 (b) · layer 1 · unit 0"
    view.time.pin(0)
    assert view._lines[4].text() == "c = 0.500 · 0.000 + 0.500 · 0.800 = 0.400"
    assert (view._values["h"].text(), view._values["o"].text()) == ("0.380", "1.000")
    assert [row[2] for row in view.table()[1]] == [line.text() for line in view._lines]


@pytest.mark.parametrize(
    ("topology", "written_from", "pinned", "told"),
    [
        ("encoder_decoder", 1, 1, ""),
        ("encoder_decoder", 1, 0, "c = 0.500 · 0.000 + 0.500 · 0.800 = 0.400"),
        ("one_to_many", 1, 0, ""),
        ("one_to_many", 1, 1, "c = 0.500 · 0.400 + 0.250 · (−0.400) = 0.100"),
    ],
)
def test_no_equation_takes_a_state_that_a_bridge_replaced(
    show: Show, topology: str, written_from: int, pinned: int, told: str
) -> None:
    view = show(Explain)
    trace, sums, structure = known_cell()
    bridge = (("bridge.hidden_l0.weight", (1, 1)),)
    made = replace(structure, topology=topology, parameters=structure.parameters + bridge)
    view.show_snapshot(measured.snapshot(replace(trace, written_from=written_from), sums, made))
    view.time.pin(pinned)
    assert view._lines[4].text() == told


def test_where_a_layer_does_not_run_nothing_is_told(show: Show) -> None:
    trace, _, structure = known_cell()
    cell = trace.layers[0]

    def until_written(values: Any) -> Any:
        return np.concatenate([values, f32([np.nan])])

    gates = tuple((name, until_written(values)) for name, values in cell.gates)
    reads = LayerTrace(0, True, until_written(cell.hidden), until_written(cell.cell), gates)
    forward = LayerTrace(0, False, *(np.zeros((3, 1), np.float32),) * 2, tuple((n, np.nan_to_num(v)) for n, v in gates))
    trace = HiddenTrace((forward, reads), ("a", "b", "c"), written_from=2)
    explain, state, gate, space = (show(kind) for kind in (Explain, HiddenState, Gates, StateSpace))
    for view in (explain, state, gate, space):
        view.show_snapshot(measured.snapshot(trace, structure))
        view.time.pin(2)
    for chosen in (explain._layer, space._layer):
        chosen.setCurrentIndex(1)
        chosen.activated.emit(1)
    assert [line.text() for line in explain._lines] == [""] * 6
    assert explain._readout.text() == "time step 3 (c) · layer 1 reverse · unit 0 · it does not run here"
    explain.time.pin(1)  # the first that it reads: zeros were before
    assert explain._lines[4].text() == "c = 0.500 · 0.000 + 0.250 · (−0.400) = 0.100"
    names = [cell.title.name for cell in state._traces.grid._cells]
    assert names[2] == "layer 1 reverse · hidden state · reads only"
    assert names[0] == "layer 1 · hidden state"
    state._traces.grid.hovered.emit(Spot(2, 0, 2, float("nan")))
    assert state._readout.text() == "layer 1 reverse · hidden state · unit 0 · step 3 (c) · it does not run here"
    assert gate._traces.shown[5][1].note == "open 0 %, shut 0 %"
    assert gate._traces.shown[7][1].note == "open 50 %, shut 0 %"
    assert np.isnan(space._one.places[2]).all()
    assert np.isfinite(space._one.places[:2]).all()
    assert space._readout.text() == "step 3 (c) · it does not run here"
    assert space._one.near(space._one.plot.box.mapViewToScene(QPointF(*space._one.places[0]))) == 0


def test_equations_are_typeset(show: Show, qtbot: QtBot) -> None:
    view = show(Explain)
    view.show_snapshot(measured.snapshot(*known_cell()))
    qtbot.waitUntil(lambda: all(equation._renderer.isValid() for equation in view._equations))
    assert view._equations[0].sizeHint().width() > 100


def test_symbols_lead_to_their_views(show: Show, qtbot: QtBot) -> None:
    view = show(Explain)
    view.show_snapshot(measured.snapshot(*known_cell()))
    (link,) = [b for b in view.findChildren(QPushButton) if b.objectName() == "explain.link_i"]
    with qtbot.waitSignal(view.asked) as asked:
        link.click()
    assert asked.args == ["gates"]


# --- text by unit ---------------------------------------------------------------------------------------


def known_text(influence: Influence | None = None) -> Reading:
    """Three characters read by two units."""
    hidden = f32([-1.0, 0.5], [0.0, 0.5], [1.0, 0.5])
    layer = LayerTrace(0, False, hidden, None, (("update", f32([0.0, 1.0], [0.5, 0.5], [1.0, 0.0])),))
    guesses, chances = (("b", "x"), ("c", "y"), (" ", "z")), f32([0.7, 0.1], [0.5, 0.25], [0.9, 0.05])
    return Reading(tuple("abc"), tuple("bc "), guesses, chances, (layer,), influence)


def test_text_is_coloured_by_the_chosen_unit(show: Show) -> None:
    view = show(TextByUnit)
    view.show_snapshot(measured.snapshot(known_text()))
    low, middle, high = (color.name() for color in view._text.colors)
    assert len({low, middle, high}) == 3
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view._unit.value() == 1
    assert len({color.name() for color in view._text.colors}) == 1
    view._quantity.setCurrentText("update gate")
    view._quantity.activated.emit(1)
    assert [row[2] for row in view.table()[1]] == [1.0, 0.5, 0.0]


def test_the_character_looked_at_and_its_guesses(show: Show) -> None:
    view = show(TextByUnit)
    view.show_snapshot(measured.snapshot(known_text()))
    view._text.hovered.emit(2)
    assert view._readout.text() == "step 3 (c) · hidden state of unit 0 +1.000 · next: ␣ 90 %, z 5 % · in truth ␣"
    assert view.refine(SnapshotRequest(1, frozenset({"reading"}))).character == 2


def test_earlier_characters_shade_by_their_influence(show: Show, qtbot: QtBot) -> None:
    view = show(TextByUnit)
    view.show_snapshot(measured.snapshot(known_text()))
    with qtbot.waitSignal(view.needs_changed):
        view._text.clicked.emit(1)
    by_unit = [color.name() for color in view._text.colors]
    view.show_snapshot(measured.snapshot(known_text(Influence(1, "c", f32(2.0, 1.0, 0.0)))))
    assert [color.name() for color in view._text.colors] != by_unit
    assert view._legend.texts[0] == "influence on “c”: 0 to 2"
    assert [row[4] for row in view.table()[1]] == [2.0, 1.0, 0.0]
    view.time.pin(2)  # its influences are not measured yet
    assert [color.name() for color in view._text.colors] == by_unit


def test_numbers_are_not_read_like_text(show: Show) -> None:
    view = show(TextByUnit)
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.snapshot(measured.trace()))
    assert "reads no running text" in view._message.text()


def test_a_text_that_was_not_looked_at_yet_is_a_text(show: Show) -> None:
    view = show(TextByUnit)
    view.show_start(dataclasses.replace(measured.STARTED, metric="bits per character"))
    view.show_snapshot(measured.snapshot(measured.trace()))
    assert "next batch" in view._message.text()


# --- network --------------------------------------------------------------------------------------------


def test_parts_have_the_colours_of_their_states(show: Show) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    flow = GradientByTime(("layer 1",), f32([0.001, 1.0]), (1.0,))
    view.show_snapshot(measured.snapshot(trace, structure, flow))
    made = view._diagram.diagram
    assert made.steps == (0, 1)
    layers = [part for part in made.parts if part.kind == "layer"]
    assert [view._diagram._states[part].tolist() for part in layers] == trace.layers[0].hidden.tolist()
    assert [view._diagram._arriving[part] for part in layers] == pytest.approx([1 - 3 / 8, 1.0])
    assert len(view.table()[1]) == 2
    assert view.table()[1][0][-1] == pytest.approx(0.001)


@pytest.mark.parametrize(("size", "level"), [(0.05, 0.1), (0.12, 0.15), (0.9, 1.0)])
def test_small_states_have_colours_in_the_diagram(show: Show, size: float, level: float) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    (layer,) = trace.layers
    small = dataclasses.replace(layer, hidden=np.full_like(layer.hidden, size))
    view.show_snapshot(measured.snapshot(dataclasses.replace(trace, layers=(small,)), structure))
    assert view._diagram._level == pytest.approx(level)


def test_gradients_of_another_pair_stand_where_it_is_as_far_from_its_end(show: Show) -> None:
    view = show(NetworkView)
    shape = measured.structure(topology="encoder_decoder", units=1)
    hidden = np.zeros((5, 1), np.float32)  # three steps are read, two written
    trace = HiddenTrace((LayerTrace(0, False, hidden, None, ()),), tuple("abcde"), written_from=3)
    flow = GradientByTime(("layer 1",), f32([0.1, 0.2, 0.3, 0.4, 0.5]), (1.0,), written_from=2)
    view.show_snapshot(measured.snapshot(trace, shape, flow))
    assert_allclose([row[-1] for row in view.table()[1]], [np.nan, 0.1, 0.2, 0.4, 0.5], rtol=1e-6)


def test_what_is_clicked_tells_its_numbers(show: Show) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    view.show_snapshot(measured.snapshot(trace, structure))
    diagram = view._diagram
    told = view._words.text()
    for name in {link.name for link in diagram.diagram.links}:  # before a click: the matrix behind each colour
        assert f"{diagram.color_of(name).name()}" in told
        assert name in told
    part = next(part for part in diagram.diagram.parts if part.kind == "layer" and part.step == 1)
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=diagram.place_of(part).center().toPoint())
    assert diagram.selected == part
    assert "input gate: +0.250 … +0.250, mean +0.250" in view._words.text()
    assert view.time.position == 1
    assert [equation.latex for equation in view._equations] == [latex for latex, _ in structure.equations]
    link = next(link for link in diagram.diagram.links if link.name == "rnn.weight_hh_l0")
    diagram.chosen.emit(link)
    assert "4\u00a0×\u00a01 = 4 weights" in view._words.text()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert diagram.selected is not link


def test_a_token_that_looks_like_markup_is_read_out_as_it_is(show: Show) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    view.show_snapshot(measured.snapshot(replace(trace, labels=("a", "<s>")), structure))
    diagram = view._diagram
    diagram.chosen.emit(next(part for part in diagram.diagram.parts if part.kind == "layer" and part.step == 1))
    assert "time step 2 (<s>)" in view._readout.text()
    assert view._readout.textFormat() == Qt.TextFormat.PlainText
    assert "(&lt;s&gt;)" in view._readout.toolTip()
    assert "(&lt;s&gt;)" in view._words.text()


def test_another_part_of_the_pinned_step_keeps_it_pinned(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    diagram = view._diagram

    def click(kind: str) -> None:
        part = next(p for p in diagram.diagram.parts if p.kind == kind and p.step == 1)
        QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=diagram.place_of(part).center().toPoint())

    for kind in ("layer", "input"):
        click(kind)
        assert (view.time.position, view.time.pinned) == (1, True)
        assert diagram.selected.kind == kind
    click("input")
    assert not view.time.pinned


def test_what_the_mouse_passes_in_the_diagram_is_read_out(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    assert view._readout.text() == ""
    layers = [part for part in view._diagram.diagram.parts if part.kind == "layer"]
    view._diagram.chosen.emit(layers[1])
    chosen = view._readout.text()
    view._diagram.passed.emit(layers[0])
    assert view._readout.text() not in ("", chosen)
    view._diagram.passed.emit(None)
    assert view._readout.text() == chosen


def test_the_chosen_part_goes_along_with_the_time_that_keys_walk(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr("workbench.views.live_view.announce", lambda _widget, text: spoken.append(text))
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert spoken == ["time step 1 (1957-01)"]  # while no part is chosen
    for key, part in (("Up", "input"), ("Up", "layer"), ("Right", "layer"), ("Right", "layer")):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
        assert view._diagram.selected.kind == part
    assert view._diagram.selected.step == view.time.position == 2
    assert spoken[-1].startswith("Layer 1: LSTM · time step 3 ")


def test_the_diagram_stays_under_the_mouse(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    before = view._diagram.diagram
    for step in before.steps:
        view._diagram.hovered.emit(step)
        assert view._diagram.diagram == before
        assert view.time.position == step
    view.time.release()
    view.time.hover(10)
    part = next(part for part in before.parts if part.step == 1)
    view.time.hover(1)
    view._diagram.chosen.emit(part)
    assert view._diagram.diagram.looked_at == 1
    view.time.pin(10)
    assert 10 in view._diagram.diagram.steps


def test_it_rolls_up_smoothly(show: Show, qtbot: QtBot) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    between: list[float] = []
    view._diagram._turning.valueChanged.connect(between.append)
    view._rolled.setChecked(True)
    qtbot.waitUntil(lambda: view._diagram.fold == 1.0)
    assert any(0 < fold < 1 for fold in between)
    made = view._diagram.diagram
    part = next(p for p in made.parts if p.column == made.looked_at and p.kind == "layer")
    assert view._diagram.under(view._diagram.place_of(part).center()) is not None
    middle = view._diagram._places.loop(part).pointAtPercent(0.5)
    assert view._diagram.under(middle).name == "rnn.weight_hh_l0"


@pytest.mark.parametrize("width", [460, 640, 840])
def test_the_page_of_equations_is_not_moved_sideways(show: Show, qtbot: QtBot, width: int) -> None:
    view = show(Explain)
    view.resize(width, 600)
    view.show_snapshot(measured.full_snapshot())
    qtbot.waitUntil(lambda: all(equation.ready for equation in view._equations))
    assert view._page.horizontalScrollBar().maximum() == 0


# --- by keys --------------------------------------------------------------------------------------------


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
    anew = view._readout.text()
    assert view._walked.place == place
    assert anew.split(" · ")[0] == before.split(" · ")[0]
    assert anew != before
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
    assert [(line.isVisible(), line.value()) for line in view._row] == [(True, last)] * 2
    canvas = view._norms.canvas
    place = canvas.mapTo(view._board.viewport(), canvas.mapFromScene(view._norms.box.mapViewToScene(QPointF(0, last))))
    assert view._board.verticalScrollBar().value() > 0
    assert 0 < place.y() < view._board.viewport().height()
    view.show_snapshot(measured.snapshot(replace(norms, before=norms.before + 1)))
    assert view._readout.text().startswith("readout.bias · before clipping 1 · after clipping 0.00133 · update ratio")
    view._total.hovered.emit(None)
    assert not any(line.isVisible() for line in view._row)
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
    assert (view._plane.at, view._cell) == (0, None)
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
    assert (spreads.walked.cell, view._cell) == (None, (0, 0, 0))
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
    assert (view._cell, view._readout.text()) == (None, "under the mouse")
    for key in ("Down", "End", "Right"):
        QTest.keyClick(view, Qt.Key[f"Key_{key}"])
    assert view._spreads.walked.cell
    view._plane.said.emit("under the mouse")
    assert view._spreads.walked.cell is None
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view._plane.at == 0
    view._spreads.hovered.emit(None)
    assert view._plane.at is None
