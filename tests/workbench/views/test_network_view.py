"""The network as a diagram, for snapshots of known content."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from engine.inside_records import (
    GradientByTime,
    HiddenTrace,
    LayerTrace,
)
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32, known_cell
from workbench.looks.theme import LIGHT
from workbench.plots.key.keys import width_of
from workbench.views.explain import Explain
from workbench.views.network import NetworkView


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


def test_the_diagram_has_most_of_the_room_until_a_person_divides_otherwise(show: Show, qtbot: QtBot) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    view.show_snapshot(measured.snapshot(trace, structure))

    def shares(wide: int) -> tuple[int, int]:
        view.resize(wide, 500)
        qtbot.waitUntil(lambda: abs(sum(view._both.sizes()) - wide) < 100)
        return tuple(view._both.sizes())

    diagram, side = shares(700)
    assert 8 * side <= 3 * (diagram + side) + 20
    assert shares(1500)[1] == 300
    view._both.moveSplitter(900, 1)
    chosen = view._both.sizes()[1]
    assert chosen > 400
    assert shares(1600)[1] == chosen


def test_the_key_is_whole_with_large_text_in_a_window_of_1280(show: Show, qtbot: QtBot) -> None:
    view = show(NetworkView)
    view.apply_theme(replace(LIGHT, scale=1.5))
    view.resize(623, 540)
    trace, _, structure = known_cell()
    view.show_snapshot(measured.snapshot(trace, structure, GradientByTime(("layer 1",), f32([0.001, 1.0]), (1.0,))))
    legend, metrics = view._legend, view._legend.fontMetrics()
    qtbot.waitUntil(lambda: len(legend._items) == 2 and legend.width() > 600)
    assert all(width_of(item, metrics) <= legend.width() for item in legend._items)


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


def test_gradients_of_what_reads_backward_stand_where_it_is_as_far_from_its_own_end(show: Show) -> None:
    view = show(NetworkView)
    hidden = np.zeros((4, 1), np.float32)
    trace = HiddenTrace(tuple(LayerTrace(0, way, hidden, None, ()) for way in (False, True)), tuple("abcd"))
    flow = GradientByTime(("layer 1", "layer 1 reverse"), f32([0.1, 0.2], [0.4, 0.3]), (1.0, 1.0))
    view.show_snapshot(measured.snapshot(trace, measured.structure(reverse=True, units=1), flow))
    norms = [row[-1] for row in view.table()[1]]
    assert_allclose(norms, [np.nan, np.nan, 0.1, 0.2, 0.4, 0.3, np.nan, np.nan], rtol=1e-6)
    box = next(part for part in view._diagram.diagram.parts if part.reverse and part.step == 0)
    view._diagram.chosen.emit(box)
    assert "‖∂L/∂h‖ in the last batch = 0.4" in view._words.text()


def test_where_lengths_differ_gradients_are_those_of_one_sequence_as_far_from_its_end(show: Show) -> None:
    view = show(NetworkView)
    hidden = np.zeros((3, 1), np.float32)
    trace = HiddenTrace(tuple(LayerTrace(0, way, hidden, None, ()) for way in (False, True)), tuple("abc"))
    batch, one = f32([4.0, 2.0], [2.0, 4.0]), f32([0.4, 0.2], [0.3, 0.1])
    flow = GradientByTime(("layer 1", "layer 1 reverse"), batch, (1.0, 1.0), by_distance=one)
    view.show_snapshot(measured.snapshot(trace, measured.structure(reverse=True, units=1), flow))
    norms = [row[-1] for row in view.table()[1]]
    assert_allclose(norms, [np.nan, 0.2, 0.4, 0.3, 0.1, np.nan], rtol=1e-6)
    assert max(view._diagram._arriving.values()) == 1.0


def test_of_more_matrices_than_colours_no_two_are_drawn_alike(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.snapshot(measured.structure(layers=7, reverse=True, units=1)))
    diagram = view._diagram
    names = {link.name for link in diagram.diagram.links}
    assert len(names) > 12
    assert len({(diagram.color_of(name).name(), diagram.dash_of(name)) for name in names}) == len(names)
    signs = [diagram.sign_of(name)[0] for name in names]
    assert len({*signs}) == 2
    assert all(view._words.text().count(sign + "<") == signs.count(sign) for sign in signs)


def test_what_is_clicked_tells_its_numbers(show: Show) -> None:
    view = show(NetworkView)
    trace, _, structure = known_cell()
    view.show_snapshot(measured.snapshot(trace, structure))
    diagram = view._diagram
    told = view._words.text()
    for name in {link.name for link in diagram.diagram.links}:  # before a click: the matrix behind each colour
        assert f"{diagram.color_of(name).name()}" in told
        assert name in told.replace("&#8203;", "")
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


def test_a_step_that_is_let_go_of_and_not_drawn_any_more_leaves_no_equations(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    view.time.pin(10)
    diagram = view._diagram
    part = next(part for part in diagram.diagram.parts if part.kind == "layer" and part.step == 10)
    place = diagram.place_of(part).center().toPoint()
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=place)
    assert view._equations
    QTest.mouseClick(diagram, Qt.MouseButton.LeftButton, pos=place)
    assert (view.time.pinned, diagram.selected, view._equations) == (False, None, [])
    assert "Click a box or an arrow" in view._words.text()


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


def test_the_step_that_is_looked_at_is_marked_in_the_diagram(show: Show) -> None:
    view = show(NetworkView)
    view.show_snapshot(measured.full_snapshot())
    diagram = view._diagram

    def marked() -> list[int]:
        """The steps below whose numbers there is a line in the colour of the cursor."""
        image, steps = diagram.grab().toImage(), diagram.diagram.steps
        places = [int((column + 0.05) * diagram.width() / len(steps)) for column in range(len(steps))]
        below = range(round(diagram.diagram.foot(diagram.size().toSizeF(), diagram.fold)) + 1, image.height())
        found = [any(image.pixel(x, y) == LIGHT.color("cursor").rgb() for y in below) for x in places]
        return [step for step, has in zip(steps, found, strict=True) if has]

    assert marked() == []
    view.time.hover(1)
    assert marked() == [1]
    view.time.pin(10)
    assert marked() == [10]
    diagram.roll(True, at_once=True)
    assert marked() == []
    diagram.roll(False, at_once=True)
    view.time.release()
    assert marked() == []


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
    over_time = next(link for link in made.links if link.end == part and link.name == "rnn.weight_hh_l0")
    loop = view._diagram._places.rolled(over_time)
    assert loop is not None
    assert view._diagram.under(loop.pointAtPercent(0.5)).name == "rnn.weight_hh_l0"


@pytest.mark.parametrize("width", [460, 640, 840])
def test_the_page_of_equations_is_not_moved_sideways(show: Show, qtbot: QtBot, width: int) -> None:
    view = show(Explain)
    view.resize(width, 600)
    view.show_snapshot(measured.full_snapshot())
    qtbot.waitUntil(lambda: all(equation.ready for equation in view._equations))
    assert view._page.horizontalScrollBar().maximum() == 0
