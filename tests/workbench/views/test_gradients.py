"""The numbers of gradients by time step and by parameter, for snapshots of known content."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.inside_records import Contributions, GradientByTime, GradientNorms, HiddenTrace, LayerTrace
from tests.workbench.views import measured
from tests.workbench.views.known import Show, f32
from workbench.looks.theme import LIGHT
from workbench.plots.curves.gradient_plot import GradientPlot
from workbench.plots.curves.half_lives import Course, life_words
from workbench.plots.curves.norm_axis import NormAxis
from workbench.plots.heat.heat_grid import Spot
from workbench.runs.history import History
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.state_space import StateSpace
from workbench.views.summing import Summing


def test_an_update_that_was_not_watched_is_not_judged(show: Show, qtbot: QtBot) -> None:
    view = show(GradientNormBoard)
    qtbot.waitUntil(view.body.updatesEnabled)
    norms = GradientNorms(("a",), f32(1.0), f32(1.0), f32(np.nan), 1.0, 1.0, 0.0)
    view.show_snapshot(measured.snapshot(norms))
    view.grab()  # gaps alone have no bounds to be looked for
    assert "healthy (1e−4 to 1e−2)  measured with the next batch" in view._board.key.texts
    view.show_end()
    assert "healthy (1e−4 to 1e−2)  the run ended before an update was measured" in view._board.key.texts


def test_in_a_pause_the_last_update_that_was_watched_is_judged(show: Show) -> None:
    view = show(GradientNormBoard)
    watched = GradientNorms(("a", "b"), f32(1.0, 2.0), f32(1.0, 2.0), f32(1e-3, 1e-1), 1.0, 1.0, 0.0)
    not_watched = replace(watched, before=f32(3.0, 4.0), update_ratio=f32(np.nan, np.nan))
    view.show_snapshot(measured.snapshot(watched, step=5))
    assert "update ratio" in view._board.key.texts
    view.show_snapshot(measured.snapshot(not_watched, step=7))
    assert {"update ratio  of step 5", "healthy (1e−4 to 1e−2)  1 of 2 parameters"} <= set(view._board.key.texts)
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
    monkeypatch.setattr("workbench.plots.curves.norm_board.HEALTHY", (1e-5, 1e-3))
    view = show(GradientNormBoard)
    view.show_snapshot(
        measured.snapshot(GradientNorms(("a", "b"), f32(1, 1), f32(1, 1), f32(1e-5, 1e-2), 1.0, 1.0, 0.0))
    )
    assert "healthy (1e−5 to 1e−3)  1 of 2 parameters" in view._board.key.texts


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
    assert "healthy (1e−4 to 1e−2)  1 of 3 parameters" in view._board.key.texts
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
    assert view._curves._vanished.getRegion()[1] == pytest.approx(math.log10(strongest) - 3, abs=1e-5)
    texts = view._curves.legend.texts
    assert texts[:2] == ("layer 1  halves every 3.2 steps", "layer 1 reverse  does not shrink")
    assert ("exploded: above 100" in texts) is exploded
    assert view._strip.levels(0) == (-8, 2)


def test_the_axis_of_norms_stands_still_while_a_gradient_crosses_the_border_of_a_decade(show: Show) -> None:
    view = show(GradientFlow)

    def held(strongest: float) -> list[float]:
        flow = GradientByTime(("layer 1",), strongest * f32([1e-1, 1.0]), (1.0,))
        view.show_snapshot(measured.snapshot(flow, step=int(1e6 / strongest)))
        return [float(end) for end in view._curves._frame.getData()[1]]

    assert held(2.0) == [-3, 1]  # some of what has vanished, too
    assert held(0.9) == [-4, 1]
    assert held(0.09) == [-5, -1]
    assert held(0.2) == [-5, 0]


def test_where_no_gradient_arrives_at_all_that_is_said(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.0, 0.0]), (math.inf,))))
    told = "no gradient arrives: the loss of the batch is 0, or no state changes it"
    assert told in view._curves.legend.texts
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (1.0,)), step=2))
    view._curves._say_again()
    assert told not in view._curves.legend.texts


@pytest.mark.parametrize(("norm", "told"), [(math.inf, "layer 1 = inf"), (math.nan, "layer 1: not looked at")])
def test_what_is_infinite_or_unknown_is_not_called_nothing(show: Show, norm: float, told: str) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([norm, norm]), (math.inf,))))
    assert not any(text.startswith("no gradient arrives") for text in view._curves.legend.texts)
    view.time.pin(1)
    assert view._readout.text() == f"time step 2 · ‖∂L/∂h‖ of {told}"


def test_an_explosion_is_marked_as_soon_as_its_layer_is_shown_again(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1", "layer 2"), f32([1e3, 1e4], [0.5, 1.0]), (1.0, 1.0))
    view.show_snapshot(measured.snapshot(flow))
    view._curves.hiding.toggle("layer 1")
    assert not view._curves._exploded.isVisible()
    view._curves.hiding.toggle("layer 1")  # in a pause, where no other frame comes
    assert view._curves._exploded.isVisible()


def test_gradient_flow_tells_what_is_read_from_what_is_written(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1",), f32([0.5, 0.7, 1.0]), (2.0,), written_from=2)
    told = "written from here on, before it read"
    for shown, place in ((flow, 2.5), (replace(flow, written_from=None), None)):
        view.show_snapshot(measured.snapshot(shown))
        lines = [line.value() for line in view._curves._borders if line.isVisible()]
        assert lines == ([] if place is None else [place, place])
        assert (told in view._curves.legend.texts) == bool(lines)


RAGGED = GradientByTime(
    ("layer 1", "layer 1 reverse"), f32([4.0, 2.0, 1.0, 0.5], [4.0, 2.0, 1.0, 0.5]), (1.0, math.inf),
    by_distance=f32([1.0, 0.5, 0.25, 0.125], [1.0, 1.0, 1.0, np.nan]),
)  # fmt: skip


def test_where_lengths_differ_a_gradient_is_drawn_from_the_end_of_each_sequence(show: Show) -> None:
    """Over time steps it would fall from left to right, as sequences end, and halve the other way."""
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(RAGGED))
    curves = view._curves.curves
    assert_array_equal(curves["layer 1"].x, [-3, -2, -1, 0])
    assert_allclose(curves["layer 1"].y, np.log10([0.125, 0.25, 0.5, 1.0]), rtol=1e-6)
    assert_allclose(curves["layer 1 reverse"].y, [np.nan, 0, 0, 0], atol=1e-6)
    assert view._curves._vanished.getRegion()[1] == pytest.approx(-3)
    assert view._curves.bottom.labelText == "steps from the end of each sequence"
    told = "norms of one sequence, counted from its own end: read backward, it ends at its first step"
    assert told in view._curves.legend.texts
    assert_allclose(view._strip.data(0)[0], curves["layer 1"].y)
    header, rows = view.table()
    assert header[2:] == ("3 steps from the end", "2 steps from the end", "1 step from the end", "at the end")
    assert rows[0][2:] == (0.125, 0.25, 0.5, 1.0)
    view.show_snapshot(measured.snapshot(replace(RAGGED, by_distance=None)))
    assert_array_equal(curves["layer 1"].x, [1, 2, 3, 4])
    assert view._curves.bottom.labelText == "time step"


def test_from_the_end_the_axis_reaches_as_far_as_the_longest_sequence_of_the_run(show: Show) -> None:
    """It would be another one with each batch."""
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(RAGGED, step=1))
    assert RAGGED.by_distance is not None
    shorter = replace(RAGGED, norms=RAGGED.norms[:, :2], by_distance=RAGGED.by_distance[:, :2])
    view.show_snapshot(measured.snapshot(shorter, step=2))
    assert view._curves._frame.getData()[0].tolist() == [-3.5, 0.5]
    assert_allclose(view._curves.curves["layer 1"].y, [np.nan, np.nan, np.log10(0.5), 0], rtol=1e-6)
    view._hover(-3.0)
    assert view._readout.text().startswith("3 steps from the end · ‖∂L/∂h‖ of layer 1: no sequence goes so far")
    assert len(view.table()[0]) == 4  # what was measured
    view.rest(True)  # no other batch comes, and this one need not lie in half of the picture
    assert view._curves._frame.getData()[0].tolist() == [-1.5, 0.5]
    view.rest(False)
    assert view._curves._frame.getData()[0].tolist() == [-3.5, 0.5]
    view.reset()
    view.show_snapshot(measured.snapshot(shorter))
    assert view._curves._frame.getData()[0].tolist() == [-1.5, 0.5]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_in_the_overview_the_key_names_all_layers_and_what_has_vanished(qtbot: QtBot, depth: int) -> None:
    """At 1280 x 720 it is 318 pixels wide and has four rows."""
    plot = GradientPlot(LIGHT, brief=True)
    qtbot.addWidget(plot)
    plot.legend.limit(4)
    names = tuple(f"layer {level + 1}{way}" for level in range(depth) for way in ("", " reverse"))
    lives = (math.inf,) * (len(names) - 2) + (3.2, 1.9)
    plot.add_layers(names)
    plot.draw(NormAxis(GradientByTime(names, np.ones((len(names), 12), np.float32), lives)))
    assert len(plot.legend._places(318)) == len(plot.legend.texts) == len(names) + 1


def test_truncated_a_gradient_counts_from_the_end_of_a_part_as_well(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(RAGGED, step=1))
    assert not any(text.startswith("cut") for text in view._curves.legend.texts)
    assert RAGGED.by_distance is not None
    cut = replace(RAGGED, by_distance=RAGGED.by_distance[:, :3], cuts=(2,), together=2)
    view.show_snapshot(measured.snapshot(cut, step=2))
    told = (
        "norms of one sequence, counted from its own end, or that of its part: read backward, it ends at its first step"
    )
    assert told in view._curves.legend.texts
    assert "cut: no gradient goes further back" in view._curves.legend.texts
    lines = [line.value() for line in view._curves._cuts if line.isVisible()]
    assert lines == [-2.5]  # before the longest part: each sequence has its own distance from a cut
    view._hover(-3.0)
    assert (
        view._readout.text()
        == "3 steps from the end · ‖∂L/∂h‖ of layer 1: no gradient goes so far · layer 1 reverse: "
        + ("no gradient goes so far")
    )
    view.show_snapshot(measured.snapshot(cut, step=3))
    view.rest(True)  # where the axis ends with it, the line is not at the edge
    assert view._curves._frame.getData()[0].tolist() == [-3, 0.5]


def test_steps_from_the_end_have_a_cursor_of_their_own(show: Show) -> None:
    """No time step of the sequence that other views show is as far from the end of every sequence of a batch."""
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(RAGGED))
    view.time.pin(1)
    assert view._readout.text() == ""
    view._curves.clicked.emit(-0.8)
    told = "1 step from the end · ‖∂L/∂h‖ of layer 1 = 0.5 · layer 1 reverse = 1"
    assert view._readout.text() == told
    assert (view._curves._cursor.value(), view.time.position, view.time_steps()) == (-1, 1, 0)
    longer = replace(RAGGED, by_distance=f32([1.0, 0.5, 0.25, 0.125, 0.1], [1.0, 1.0, 1.0, 1.0, 1.0]))
    view.show_snapshot(measured.snapshot(longer))
    assert view._readout.text() == told  # as far from the end as before
    for key, words in ((Qt.Key.Key_Left, "2 steps"), (Qt.Key.Key_Home, "4 steps"), (Qt.Key.Key_End, "at the end")):
        QTest.keyClick(view, key)
        assert view._readout.text().startswith(words)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view._curves._cursor.isVisible()
    view._strip.hovered.emit(Spot(0, 0, 4, 1.0))
    assert view._readout.text().startswith("at the end")
    assert view.time.position == 1


def test_pairs_that_write_more_and_less_say_between_which_steps_writing_begins(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(replace(RAGGED, written=(1, 3), written_from=2)))
    assert [line.value() for line in view._curves._borders if line.isVisible()] == [-2.5, -0.5]
    assert "written right of both lines, read left of both" in view._curves.legend.texts
    view.show_snapshot(measured.snapshot(replace(RAGGED, written=(2, 2), written_from=2)))
    assert {line.value() for line in view._curves._borders} == {-1.5}
    assert "written from here on, before it read" in view._curves.legend.texts


def test_gradients_of_several_updates_are_told_from_the_half_life_of_one(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1",), f32([0.5, 0.5, 0.5]), (1.0,), together=4)
    view.show_snapshot(measured.snapshot(flow))
    told = "up to 4 updates added up, half-lives are of each alone"
    assert told in view._curves.legend.texts
    view.show_snapshot(measured.snapshot(replace(flow, together=1)))
    assert told not in view._curves.legend.texts


@pytest.mark.parametrize(
    ("life", "length", "words"),
    [
        (2.0, 12, "halves every 2.0 steps"),
        (2500.0, 1000, "halves every 2,500 steps"),
        (3096.0, 64, "hardly shrinks"),
        (math.inf, 64, "does not shrink"),
        (0.0, 64, "gone after one step"),
        (0.034, 64, "halves every 0.03 steps"),
    ],
)
def test_a_half_life_is_said_as_far_as_it_means_something(life: float, length: int, words: str) -> None:
    assert life_words(life, length) == words


def test_a_half_life_of_many_sequences_is_the_slope_of_noise_and_not_drawn(show: Show) -> None:
    view = show(GradientFlow)
    for step, life in ((10, 2.0), (20, 446_000.0), (30, 3.0), (40, 21.0)):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (life,)), step=step))
    view.rest(True)
    assert_array_equal(view._lives.curves["layer 1"].y, [2, np.nan, 3, np.nan])
    assert view._lives.legend.texts == ("layer 1  hardly shrinks now", "no line: hardly shrinks, if at all")
    for place, words in ((30.0, "step 30 · half-life · layer 1 3"), (20.0, "step 20 · no half-life")):
        view._lives.hovered.emit(place)
        assert view._readout.text() == words


@pytest.mark.parametrize(
    ("lives", "told"),
    [
        ((0.0, 0.0), ("layer 1  gone after one step wherever measured",)),
        ((2.0, 0.0), ("layer 1  gone after one step now", "no line: gone after one step")),
        (
            (math.inf, 0.0),
            ("layer 1  gone after one step now", "no line: hardly shrinks, if at all, or gone after one step"),
        ),
        ((0.0, math.inf, 2.0), ("layer 1", "no line: hardly shrinks, if at all, or gone after one step")),
    ],
)
def test_what_is_gone_after_one_step_has_no_line_and_is_told(
    show: Show, lives: tuple[float, ...], told: tuple[str, ...]
) -> None:
    view = show(GradientFlow)
    for step, life in enumerate(lives):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.0, 1.0]), (life,)), step=step))
    view.rest(True)
    assert view._lives.legend.texts == told
    view._lives.hovered.emit(float(lives.index(0.0)))
    assert view._readout.text() == f"step {lives.index(0.0)} · half-life · layer 1 gone after one step"
    assert all(np.isfinite(view._lives.box.viewRange()[1]))
    assert 0 <= view._lives.box.viewRange()[1][1] < 2


def test_a_half_life_beside_what_is_gone_is_a_point(show: Show) -> None:
    view = show(GradientFlow)
    for step, life in enumerate((0.0, 2.0, 0.0)):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.0, 1.0]), (life,)), step=step))
    view.rest(True)
    assert_array_equal(view._lives._alone["layer 1"].xData, [1])


def test_a_gradient_that_is_gone_after_one_step_is_a_point(show: Show) -> None:
    view = show(GradientFlow)
    for norms, dotted in ((f32(0.0, 0.0, 10.0), True), (f32(0.0, 1.0, 10.0), False)):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), norms[None], (0.0,))))
        curve = view._curves.curves["layer 1"]
        known = np.isfinite(curve.y)
        assert (curve.x[known][-1], curve.y[known][-1]) == (3.0, 1.0)
        assert (curve.item.points is not None) is dotted


def test_history_of_the_half_life_takes_every_step_once(show: Show) -> None:
    view = show(GradientFlow)
    for step, life in ((10, 2.0), (30, 4.0), (20, 3.0), (30, 5.0), (40, math.inf)):
        flow = GradientByTime(("layer 1",), f32([0.5, 1.0]), (life,))
        view.show_snapshot(measured.snapshot(flow, step=step))
    view.rest(True)
    curve = view._lives.curves["layer 1"]
    assert_array_equal(curve.x, [10, 20, 30, 40])
    assert_array_equal(curve.y, [2, 3, 5, np.nan])


def test_half_lives_have_a_gap_where_nobody_looked(show: Show) -> None:
    """As while another tab was open: a straight line there would be made up."""
    view, flow = show(GradientFlow), GradientByTime(("layer 1",), f32([0.5, 1.0]), (2.0,))
    steps = [*range(10, 120, 10), 1000, 1010, 5000, 5090]
    for step in steps:
        view.show_snapshot(measured.snapshot(flow, step=step))
    view.rest(True)
    curve = view._lives.curves["layer 1"]
    gaps = np.isnan(curve.y)
    assert_array_equal(curve.x[gaps], [555, 3005])
    assert_array_equal(curve.x[~gaps], steps)
    assert "no line: not measured" in view._lives.legend.texts
    view.reset()
    view.show_snapshot(measured.snapshot(flow, step=10))
    assert_array_equal(view._lives.curves["layer 1"].x, [10])


def test_half_lives_over_training_follow_while_a_run_goes_on(show: Show, qtbot: QtBot) -> None:
    view = show(GradientFlow)
    for step in (10, 20, 30):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (2.0,)), step=step))
    curve = view._lives.curves["layer 1"]
    qtbot.waitUntil(lambda: len(curve.x) == 3)


def test_what_fails_when_it_is_drawn_calmly_is_said_in_the_place_of_the_view(
    show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no half-lives")

    view = show(GradientFlow)
    for step in (10, 20):
        view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (2.0,)), step=step))
    monkeypatch.setattr(view._lives, "draw", fail)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (2.0,)), step=30))
    qtbot.waitUntil(lambda: "no half-lives" in view.why_empty())
    assert "no half-lives" in view._message.text()


def test_the_norm_over_training_follows_while_a_run_goes_on(show: Show, qtbot: QtBot) -> None:
    view, history = show(GradientNormBoard), History()
    for step in (1.0, 2.0, 3.0):
        history.extend("gradient_norm", [step], [0.5])
        view.show_history(history)
    curve = view._total.curves["gradient norm, each batch"]
    qtbot.waitUntil(lambda: len(curve.x) == 3)


def test_half_lives_keep_their_gaps_when_they_are_thinned() -> None:
    course = Course()
    for step in (*range(0, 4000), *range(90_000, 90_100)):
        course.remember(step, (2.0,), 12)
    steps, lives = course.apart()
    assert len(course.steps) < 2500
    [gap] = np.flatnonzero(np.isnan(lives[:, 0]))
    assert_array_equal(steps[[gap - 1, gap + 1]], [3998, 90_000])


def test_a_short_half_life_does_not_fill_its_plot(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.5, 1.0]), (0.94,)), step=1))
    low, high = view._lives.box.viewRange()[1]
    assert low <= math.log10(0.94) < 1 <= high


def test_gradient_at_the_cursor_is_read_out(show: Show) -> None:
    view = show(GradientFlow)
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([0.25, 1.0]), (0.5,))))
    view._curves.clicked.emit(1.2)
    assert view._readout.text() == "time step 1 · ‖∂L/∂h‖ of layer 1 = 0.25"
    assert view._curves._cursor.value() == 1
    view._curves.hiding.toggle("layer 1")
    view._curves.clicked.emit(2.2)
    assert view._readout.text() == "time step 2"


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


def test_gradient_flow_of_truncated_learning_shows_where_it_is_cut(show: Show) -> None:
    view = show(GradientFlow)
    flow = GradientByTime(("layer 1",), f32([0.1, 1.0, 0.1, 1.0, np.nan]), (0.3,), cuts=(2,))
    view.show_snapshot(measured.snapshot(flow))
    curve = view._curves.curves["layer 1"]
    assert_array_equal(curve.x, [1, 2, 2.5, 3, 4, 5])
    assert_allclose(curve.y, [-1, 0, np.nan, -1, 0, np.nan], atol=1e-6)
    assert [line.value() for line in view._curves._cuts if line.isVisible()] == [2.5]
    assert "cut: the gradient goes no further back" in view._curves.legend.texts
    view.show_snapshot(measured.snapshot(replace(flow, cuts=()), step=2))
    assert not any(line.isVisible() for line in view._curves._cuts)


def test_half_lives_are_kept_while_the_view_is_hidden(show: Show) -> None:
    view = show(GradientFlow)
    view.hide()
    for step in (10, 20):
        view.show_snapshot(measured.snapshot(measured.gradient_by_time(half_life=step), step=step))
    view.show()
    QApplication.processEvents()
    assert_array_equal(view._lives.curves["layer 1"].x, [10, 20])


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


def test_a_hidden_picture_of_gradients_follows_the_cursor_before_it_was_drawn(show: Show) -> None:
    view = show(GradientFlow)
    view.hide()
    view.show_snapshot(measured.snapshot(GradientByTime(("layer 1",), f32([1.0, 0.5, 0.25]), (1.0,))))
    view.time.pin(1)
    assert view._readout.text() == "time step 2 · ‖∂L/∂h‖ of layer 1 = 0.5"
