"""Equations with their numbers, and texts by unit, for snapshots of known content."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from engine.events import SnapshotRequest
from engine.inside_records import (
    HiddenTrace,
    Influence,
    LayerTrace,
    Reading,
)
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32, known_cell
from workbench.looks.theme import LIGHT
from workbench.plots.heat.heat_grid import Spot
from workbench.plots.network.equation import Equation, OneSize
from workbench.views.explain import Explain
from workbench.views.gates import Gates
from workbench.views.hidden_state import HiddenState
from workbench.views.state_space import StateSpace
from workbench.views.text_by_unit import TextByUnit


def test_a_token_that_is_a_bracket_is_read_out_in_quotes(show: Show) -> None:
    view = show(Explain)
    hidden, *others = known_cell()
    view.show_snapshot(measured.snapshot(replace(hidden, labels=("(", ")")), *others))
    assert view._readout.text() == "time step 2 (“)”) · layer 1 · unit 0"


def test_equations_hold_the_numbers_of_a_step(show: Show, qtbot: QtBot) -> None:
    view = show(Explain)
    view.show_snapshot(measured.snapshot(*known_cell()))
    lines = [line.text() for line in view._lines]
    assert lines[0] == "i = σ(−1.099) = 0.250"
    assert lines[4] == "c = 0.500 · 0.400 + 0.250 · (−0.400) = 0.100"
    assert lines[5] == "h = 0.500 · tanh(0.100) = 0.050"
    assert view._readout.text() == "time step 2 (b) · layer 1 · unit 0"
    view.time.pin(0)
    assert view._lines[4].text() == "c = 0.500 · 0.000 + 0.500 · 0.800 = 0.400"
    qtbot.waitUntil(lambda: bool(view._values))  # symbols come in a turn of their own
    assert (view._values["h"].text(), view._values["o"].text()) == ("0.380", "1.000")
    assert [row[2] for row in view.table()[1]] == [line.text() for line in view._lines]


def test_both_sides_of_an_equation_are_of_one_moment(show: Show, qtbot: QtBot) -> None:
    """States are measured more often than sums: a σ(−1.099) that is 0.3 would be of two."""
    view = show(Explain)
    trace, sums, structure = known_cell()
    view.show_snapshot(measured.snapshot(trace, replace(sums, layers=trace.layers), structure, step=500))
    [layer] = trace.layers
    later = replace(layer, gates=tuple((name, values + 0.05) for name, values in layer.gates))
    view.show_snapshot(measured.snapshot(replace(trace, layers=(later,)), step=505))
    assert view._lines[0].text() == "i = σ(−1.099) = 0.250"
    assert view._header.stamp.text() == "step 500 · epoch 25"
    view.show_moment(72)  # by which states alone were measured
    view.show_snapshot(measured.snapshot(trace, structure, step=56))
    assert view._header.stamp.text().startswith("step 56 ·")
    qtbot.waitUntil(lambda: view._readout.text().endswith("the sums were not measured by then"))
    assert "σ(" not in view._lines[0].text()


@pytest.mark.parametrize(
    ("topology", "written_from", "pinned", "told"),
    [
        ("encoder_decoder", 1, 1, ""),
        ("encoder_decoder", 1, 0, "c = 0.500 · 0.000 + 0.500 · 0.800 = 0.400"),
        ("one_to_many", 0, 0, ""),
        ("one_to_many", 0, 1, "c = 0.500 · 0.400 + 0.250 · (−0.400) = 0.100"),
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
    axis = next(axis for axis in state._traces.grid._axes if axis.orientation == "bottom")
    assert axis.labelText == "time step · written from 3 on"
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


def test_equations_below_each_other_are_of_one_size(qtbot: QtBot) -> None:
    size = OneSize()
    short, wide = (Equation(latex, LIGHT, size) for latex in ("h_t", r"h_t = \tanh(W_{hx} x_t + W_{hh} h_{t-1})"))
    for equation in (short, wide):
        qtbot.addWidget(equation)
        equation.resize(100, 40)
    qtbot.waitUntil(lambda: short.ready and wide.ready)
    assert short.sizeHint().width() < 100 < wide.sizeHint().width()
    assert short.shrunk == wide.shrunk == pytest.approx(100 / wide.sizeHint().width())


def test_symbols_lead_to_their_views(show: Show, qtbot: QtBot) -> None:
    view = show(Explain)
    view.show_snapshot(measured.snapshot(*known_cell()))
    qtbot.waitUntil(lambda: bool(view._values))  # symbols come in a turn of their own
    (link,) = [b for b in view.findChildren(QPushButton) if b.objectName() == "explain.link_i"]
    with qtbot.waitSignal(view.asked) as asked:
        link.click()
    assert asked.args == ["gates"]


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
    told = (
        "hidden state of unit 0: −1 to 1",
        "guess below for the next symbol, stronger the likelier",
        "the right one",
    )
    assert view._legend.texts == told
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view._unit.value() == 1
    assert len({color.name() for color in view._text.colors}) == 1
    view._quantity.setCurrentText("update gate")
    view._quantity.activated.emit(1)
    assert [row[2] for row in view.table()[1]] == [1.0, 0.5, 0.0]


def test_units_of_a_text_are_walked_around(show: Show) -> None:
    view = show(TextByUnit)
    view.show_snapshot(measured.snapshot(known_text()))
    for key, unit in ((Qt.Key.Key_Down, view._unit.maximum()), (Qt.Key.Key_Up, 0), (Qt.Key.Key_Up, 1)):
        QTest.keyClick(view, key)
        assert view._unit.value() == unit


def test_a_candidate_is_coloured_either_side_of_nought_whatever_a_unit_has(show: Show) -> None:
    view, text = show(TextByUnit), known_text()
    candidate = ("candidate", f32([3.0, -1.0], [0.5, 0.5], [1.0, 0.0]))  # of the first unit nothing is below
    layer = replace(text.layers[0], gates=(candidate,))
    view.show_snapshot(measured.snapshot(replace(text, layers=(layer,))))
    view._quantity.setCurrentText("candidate")
    view._quantity.activated.emit(1)
    assert view._legend.texts[0] == "candidate of unit 0: −3 to 3"


def test_the_sign_of_what_is_not_known_has_a_word_in_the_key(show: Show) -> None:
    view, text, told = show(TextByUnit), known_text(), "\ufffd unknown to the network"
    view.show_snapshot(measured.snapshot(text))
    assert told not in view._legend.texts
    view.show_snapshot(measured.snapshot(replace(text, labels=("a", "\ufffd", "c")), step=2))
    assert told in view._legend.texts


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


@pytest.mark.parametrize("box", ["unit", "quantity", "key"])
def test_another_unit_brings_its_colours_back_while_a_character_stays_pinned(
    show: Show, qtbot: QtBot, box: str
) -> None:
    view = show(TextByUnit)
    view.show_snapshot(measured.snapshot(known_text(Influence(1, "c", f32(2.0, 1.0, 0.0)))))
    view._text.clicked.emit(1)
    assert view._legend.texts[0].startswith("influence on")
    with qtbot.waitSignal(view.needs_changed):
        if box == "key":
            QTest.keyClick(view, Qt.Key.Key_Up)
        elif box == "unit":
            view._unit.setValue(1)
        else:
            view._quantity.activated.emit(0)
    assert view._legend.texts[0] == f"hidden state of unit {view._unit.value()}: −1 to 1"
    assert view._readout.text().startswith(f"step 2 (b) · hidden state of unit {view._unit.value()} ")
    assert view.refine(SnapshotRequest(1, frozenset({"reading"}))).character is None
    view.time.walk(-1, 3)
    view.time.walk(1, 3)
    assert view._legend.texts[0].startswith("influence on")


def test_numbers_are_not_read_like_text(show: Show) -> None:
    view = show(TextByUnit)
    assert "Press Run (F5) on a text" in view._message.text()
    view.show_start(measured.STARTED)
    for moment in (None, 3):  # at an earlier step of the run no less
        view.show_moment(moment)
        view.show_snapshot(measured.snapshot(measured.trace()))
        assert "reads no running text" in view._message.text()


def test_a_text_that_was_not_looked_at_yet_is_a_text(show: Show) -> None:
    view = show(TextByUnit)
    view.show_start(dataclasses.replace(measured.STARTED, metric="bits per character"))
    view.show_snapshot(measured.snapshot(measured.trace()))
    assert "next batch" in view._message.text()
