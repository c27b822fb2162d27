"""Activation functions with what goes into them, for snapshots of known content."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from pytestqt.qtbot import QtBot

from engine.inside_records import (
    BatchActivations,
    BatchSlot,
    PreActivations,
    SlotTrace,
)
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32
from workbench.looks.theme import GRID, LIGHT
from workbench.runs.film import Film
from workbench.views.activation import Activation


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
    assert "saturated  25.0 %, f′ < 0.025" in update.legend.texts  # a tenth of the steepest, which differs
    assert "saturated  50.0 %, f′ < 0.1" in candidate.legend.texts
    slope, function = (update.curves[name].pen(LIGHT) for name in ("f′, its slope", "update: f = sigmoid"))
    assert slope.widthF() == function.widthF()  # over the bars a thinner one is lost


def test_plots_side_by_side_have_keys_of_one_height(qtbot: QtBot, show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.resize(830, 600)
    gate, other = two_layers.slots[:2]
    candidate = replace(other, function="tanh", values=f32(*range(-3, 4)))
    output = replace(gate, name="output", values=f32(*range(-3, 4)))
    view.show_snapshot(measured.snapshot(replace(two_layers, slots=(candidate, output))))
    qtbot.waitUntil(lambda: len(view._plots) == 2)
    heights = {plot.legend.heightForWidth(405) for plot in view._plots}
    assert len(heights) == 1


def test_the_first_plot_has_its_place_before_the_others_are_there(
    qtbot: QtBot, show: Show, two_layers: BatchActivations
) -> None:
    """It would else be painted over all of the room, then over half of it, and so on."""
    view = show(Activation)
    four = two_layers.slots[0], *(replace(two_layers.slots[1], name=name) for name in "abc")
    view.show_snapshot(measured.snapshot(replace(two_layers, slots=four)))
    qtbot.waitUntil(lambda: view._plots[0].width() > 100)
    first, before = view._plots[0], len(view._plots)
    narrow, low = first.width(), first.height()
    qtbot.waitUntil(lambda: len(view._plots) == 4)
    qtbot.waitUntil(lambda: view._plots[3].x() > 100 and view._plots[3].y() > 100)
    assert before < 4
    assert abs(first.width() - narrow) <= 2 * GRID
    assert abs(first.height() - low) <= 2 * GRID
    view.show_snapshot(measured.snapshot(two_layers))
    qtbot.waitUntil(lambda: len(view._plots) == 2)
    qtbot.waitUntil(lambda: view._plots[0].height() > 1.5 * low)  # and no more than it needs


def test_it_says_which_batch_it_shows_and_how_much_of_it(show: Show, two_layers: BatchActivations) -> None:
    view = show(Activation)
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.snapshot(two_layers, step=1005))  # some steps later
    assert view._batch.text() == "The batch of step 1,000: all 2 time steps of its sequences"
    assert view._header.stamp.text().startswith("step 1,000 ·")
    view.show_snapshot(measured.snapshot(replace(two_layers, step=1010, places=25_600, looked_at=512), step=1010))
    said = "The batch of step 1,010: 512, evenly spread, of the 25,600 time steps of its sequences"
    assert view._batch.text() == said
    view.show_snapshot(measured.snapshot(replace(two_layers, step=1020, places=88, looked_at=88, updates=4), step=1020))
    assert view._batch.text() == "The batch of step 1,020: all 88 time steps of its 4 updates"
    assert {row[-1] for row in view.table()[1]} == {1020}


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
