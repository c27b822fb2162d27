"""Levels, smoothing, orders, axes, legends and the shared cursor."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from engine.special_symbols import UNKNOWN_NAME
from workbench.plots.answers import score_label, tell_scores
from workbench.plots.calm import Calm
from workbench.plots.curve import layer_stroke
from workbench.plots.curves import CurvePlot
from workbench.plots.elided_label import ElidedLabel
from workbench.plots.heat_grid import HeatGrid, Panel
from workbench.plots.keys import Key, Scale
from workbench.plots.label_axis import LabelAxis
from workbench.plots.legend import Legend
from workbench.plots.levels import Levels, rung
from workbench.plots.numerals import numerals
from workbench.plots.panel_title import PanelTitle
from workbench.plots.principal import PrincipalPlane
from workbench.plots.smoothing import Smoother
from workbench.plots.step_names import quoted, step_in_brackets, step_name, visible
from workbench.plots.still_label import StillLabel
from workbench.plots.table_twin import TableTwin
from workbench.plots.time_cursor import TimeCursor
from workbench.plots.unit_order import ORDERS, unit_order
from workbench.theme import DARK, LIGHT


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ("layer 1 · unit 3 · -0.25", "layer 1 · unit 3 · −0.25"),
        ("1e-07 (-2e+05)", "1e−7 (−2e5)"),
        ("2024-01-05 · lstm-32", "2024-01-05 · lstm-32"),
    ],
)
def test_numbers_in_a_text_have_a_true_minus_and_short_powers(plain: str, told: str) -> None:
    assert numerals(plain) == told


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0.2, 1), (1, 1), (1.01, 1.5), (3.2, 4), (9, 10), (10, 10), (11, 15), (math.inf, 1), (math.nan, 1)],
)
def test_rung(size: float, expected: float) -> None:
    assert rung(size) == pytest.approx(expected)


def test_what_an_axis_is_called_ends_in_an_ellipsis_where_it_is_short(qtbot: QtBot) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="half-life, steps")
    qtbot.addWidget(plot)
    plot.resize(300, 300)
    plot.show()
    assert plot.left.label.toPlainText().strip() == "half-life, steps"
    plot.resize(300, 110)
    qtbot.waitUntil(lambda: "…" in plot.left.label.toPlainText())
    assert plot.left.label.boundingRect().width() <= plot.left.height() + 10
    assert plot.left.labelText == "half-life, steps"
    plot.resize(300, 300)
    qtbot.waitUntil(lambda: plot.left.label.toPlainText().strip() == "half-life, steps")


@pytest.mark.parametrize("name", ["component 2: < 0.1 % of the variance", "R&D <k€>", "x &lt; y"])
def test_an_axis_is_called_as_it_is_whatever_marks_are_in_its_name(qtbot: QtBot, name: str) -> None:
    plot = CurvePlot(LIGHT, bottom="step", left="loss")
    qtbot.addWidget(plot)
    plot.resize(600, 600)
    plot.show()
    plot.left.setLabel(name, **plot.left.labelStyle)
    assert plot.left.label.toPlainText().strip() == name


def test_levels_only_widen() -> None:
    levels = Levels()
    assert levels.hold(np.array([0.3, np.nan], np.float32)) == (-1, 1)
    assert levels.hold(np.array([-5.5], np.float32)) == (-6, 6)
    assert levels.hold(np.zeros(3, np.float32)) == (-6, 6)
    levels.reset()
    assert levels.hold(np.zeros(0, np.float32)) == (-1, 1)


def test_a_huge_unit_leaves_the_others_their_colours() -> None:
    levels, state = Levels(), np.linspace(-1.5, 1.5, 24 * 31, dtype=np.float32)
    assert levels.hold(np.concatenate((state, np.full(24, 80.0, np.float32)))) == (-6, 6)
    assert levels.beyond
    levels.reset()
    assert levels.hold(state) == (-1.5, 1.5)
    assert not levels.beyond
    assert Scale("cell state", LIGHT.color_map("diverging"), -6, 6, open=True).text == "cell state: ≤ −6 to ≥ 6"


@pytest.mark.parametrize("window", [1, 10, 300])
@pytest.mark.parametrize("piece", [1, 7, 1000])
def test_smoothing_is_the_weighted_mean(window: int, piece: int) -> None:
    values = np.random.default_rng(0).normal(size=700)
    values[5] = np.nan
    steps, smoother = np.arange(700.0), Smoother(window)
    while not smoother.catch_up(steps, values, most=piece):
        pass
    at, smooth = smoother.history.raw("smooth")
    good = values[np.isfinite(values)]
    keep = 1 - 1 / window
    for n in (1, 2, 100, 699):
        weights = keep ** np.arange(n)[::-1]
        assert smooth[n - 1] == pytest.approx(weights @ good[:n] / weights.sum())
    assert 5.0 not in at


def test_orders() -> None:
    time = np.arange(50)
    quiet, loud, like_loud = 0.1 * np.sin(time), np.sin(time / 3), 0.5 * np.sin(time / 3)
    hidden = np.stack([quiet, loud, np.zeros(50), like_loud], axis=1).astype(np.float32)
    own, variance, similarity = (unit_order(hidden, order).tolist() for order in ORDERS)
    assert own == [0, 1, 2, 3]
    assert variance == [1, 3, 0, 2]
    assert similarity[:2] == [1, 3]
    assert sorted(similarity) == [0, 1, 2, 3]
    at_rest = np.concatenate([hidden, np.full_like(hidden, np.nan)])  # like what reads backward, while it is written
    assert [unit_order(at_rest, order).tolist() for order in ORDERS] == [own, variance, similarity]
    assert unit_order(at_rest[50:], "by variance").tolist() == own


@pytest.mark.parametrize(("steps", "units"), [(24, 32), (100, 8), (300, 300), (2, 5), (5, 1)])
def test_principal_plane_is_that_of_the_decomposition(steps: int, units: int) -> None:
    random = np.random.default_rng(steps)
    states = (random.normal(size=(steps, units)) * np.geomspace(10, 0.01, units)).astype(np.float32)
    places, shares = PrincipalPlane().project(states)
    u, s, _ = np.linalg.svd(states - states.mean(axis=0).astype(float), full_matrices=False)
    for axis in range(min(2, units, steps - 1)):
        assert shares[axis] == pytest.approx(s[axis] ** 2 / (s**2).sum(), rel=1e-3)
        assert np.abs(places[:, axis] @ u[:, axis]) == pytest.approx(s[axis], rel=1e-3)


def test_principal_plane_does_not_flip_over() -> None:
    random, plane = np.random.default_rng(1), PrincipalPlane()
    states = (random.normal(size=(40, 16)) * np.geomspace(5, 0.1, 16)).astype(np.float32)
    first, _ = plane.project(states)
    second, _ = plane.project(states + 0.01 * random.normal(size=states.shape).astype(np.float32))
    assert np.abs(second - first).max() < 0.2


def test_still_states_have_no_spread() -> None:
    places, shares = PrincipalPlane().project(np.ones((6, 3), np.float32))
    assert not places.any()
    assert shares == (0.0, 0.0)


def test_names_on_an_axis_do_not_touch(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"step {step}" for step in range(50, 100)])
    [(spacing, places)] = axis.tickValues(-0.5, 49.5, 400)
    assert spacing >= 5
    pixel, first = 400 / 50, int(places[0])
    assert axis.tickStrings(places, 1.0, spacing)[:2] == [f"step {50 + first}", f"step {50 + first + int(spacing)}"]
    assert (first + 0.5) * pixel >= QFontMetrics(axis.font()).horizontalAdvance("step 50") / 2 > (first - 1) * pixel


@pytest.mark.parametrize(("size", "second"), [(900, "GRU (reset before the product)"), (240, "GRU (rese…")])
def test_of_choices_each_is_named_and_cut_short_where_there_is_no_room(qtbot: QtBot, size: float, second: str) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels(["Elman", "GRU (reset before the product)", "LSTM"], each=True)
    [(spacing, places)] = axis.tickValues(-0.5, 2.5, size)
    assert axis.tickStrings(places, 1.0, spacing) == ["Elman", second, "LSTM"]


@pytest.mark.parametrize(
    ("high", "pixels", "names"),
    [
        (47.5, 600, ["1950-01", "1950-07", "1951-01"]),
        (119.5, 450, ["1950", "1951", "1952"]),
        (5.5, 500, ["1949-07", "1949-08"]),
    ],
)
def test_dates_on_an_axis_are_round(qtbot: QtBot, high: float, pixels: int, names: list[str]) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"{1949 + (month + 6) // 12}-{(month + 6) % 12 + 1:02}" for month in range(120)])
    [(spacing, places)] = axis.tickValues(-0.5, high, pixels)
    assert axis.tickStrings(places, 1.0, spacing)[: len(names)] == names
    width = QFontMetrics(axis.font()).horizontalAdvance(names[0])
    assert (places[-1] + 0.5) * pixels / (high + 0.5) <= pixels - width / 3  # the last one does not stand out


def test_nought_stands_on_an_axis_of_few_numbers(qtbot: QtBot) -> None:
    [(_, places)] = LabelAxis("bottom").tickValues(-1.9, 2.6, 150)
    assert 0 in places


@pytest.mark.parametrize(
    ("orientation", "low", "high", "size", "log", "names"),
    [
        ("bottom", -2.07, 2.07, 207, False, {"−1", "0", "1"}),  # a spectrum in a narrow place
        ("bottom", -10.5, 10.5, 140, False, {"−5", "0", "5"}),
        ("left", -30, 206, 62, False, {"0", "100"}),  # an error moved back, in a low one
        ("left", -3.3, 1.1, 62, True, {"0.01", "1"}),
        ("bottom", -1.215, -0.747, 333, True, {"0.07", "0.08", "0.1", "0.15"}),  # less than a decade around one power
    ],
)
def test_an_axis_has_more_than_one_number_off_its_edges(
    qtbot: QtBot, orientation: str, low: float, high: float, size: float, log: bool, names: set[str]
) -> None:
    axis = LabelAxis(orientation)
    axis.setLogMode(log)
    [(spacing, places)] = axis.tickValues(low, high, size)
    texts = dict(zip(axis.tickStrings(places, 1.0, spacing), places, strict=True))
    half = 6 if orientation == "left" else 12
    assert names == {
        text for text, place in texts.items() if half <= (place - low) * size / (high - low) <= size - half
    }


@pytest.mark.parametrize(("width", "said"), [(400, "time step · written from 11 on"), (100, "time step"), (30, "tim…")])
def test_what_more_is_said_of_an_axis_goes_whole_where_it_does_not_fit(qtbot: QtBot, width: int, said: str) -> None:
    axis = LabelAxis("bottom")
    axis.setLabel("time step · written from 11 on")
    axis.resize(width, 40)
    assert said in axis.label.toPlainText()
    assert axis.label.toPlainText().strip().endswith(said[-3:])


def test_a_logarithmic_axis_has_as_many_numbers_as_fit(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.logMode = True
    [(_, places)] = axis.tickValues(-5.12, -2.98, 224)
    assert axis.tickStrings(places, 1.0, 1.0)[:3] == ["1e−5", "3e−5", "0.0001"]


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ([5.0, 5.000001, 5.000002], ["5", "5.000001", "5.000002"]),
        ([0.000121, 0.000132], ["1.2e−4", "1.3e−4"]),
        ([100_000.0, 200_000.0], ["100000", "200000"]),
        ([10_000_000.0, 20_000_000.0], ["1e7", "2e7"]),
    ],
)
def test_numbers_of_an_axis_are_told_apart(qtbot: QtBot, values: list[float], written: list[str]) -> None:
    assert LabelAxis("left").tickStrings(values, 1.0, values[1] - values[0]) == written


def test_a_step_that_is_called_by_its_number_is_called_so_once() -> None:
    assert [step_name(("1", "2", "x"), step) for step in range(4)] == ["", "", "x", ""]


def test_a_step_that_is_called_by_a_mark_is_quoted_in_brackets() -> None:
    labels = ("1", "x", ")", ",", "f(x)", " ", "1960-03", UNKNOWN_NAME)
    told = ["", " (x)", " (“)”)", " (“,”)", " (“f(x)”)", " (␣)", " (1960-03)", " (unknown)", ""]
    assert [step_in_brackets(labels, step) for step in range(9)] == told
    assert quoted(UNKNOWN_NAME) == "(unknown)"


@pytest.mark.parametrize(("high", "places"), [(2.5, [1, 2]), (5.5, [1, 2, 3, 4, 5]), (0.9, [])])
def test_nothing_stands_between_two_steps(qtbot: QtBot, high: float, places: list[float]) -> None:
    axis = LabelAxis("bottom", whole=True)
    assert [place for _, level in axis.tickValues(0.5, high, 800) for place in level] == places


def test_a_narrow_axis_names_more_than_its_middle(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([f"1956-{month:02d}" for month in range(1, 13)])
    [(_, places)] = axis.tickValues(-0.5, 11.5, 144)
    names = axis.tickStrings(places, 1.0, 1.0)
    half = QFontMetrics(axis.font()).horizontalAdvance("1956-01") / 2
    assert sum(half <= (place + 0.5) * 12 <= 144 - half for place in places) >= 2
    assert len(names) == len(places)


@pytest.mark.parametrize("orientation", ["bottom", "left"])
def test_other_words_stand_in_the_middle_of_an_axis_too(qtbot: QtBot, orientation: str) -> None:
    axis = LabelAxis(orientation)
    axis.setLabel("time step")
    axis.resize(600, 600)
    for called in ("steps from the end of each sequence", "step"):
        axis.setLabel(called)
        middle = axis.label.mapRectToParent(axis.label.boundingRect()).center()
        assert (middle.x() if orientation == "bottom" else middle.y()) == pytest.approx(300, abs=1)


@pytest.mark.parametrize("words", ["no picture : hopefully you still have the remote control .", " it was\nso he"])
def test_where_not_all_words_fit_the_steps_are_counted(qtbot: QtBot, words: str) -> None:
    axis = LabelAxis("bottom")
    labels = words.split(" ") if ":" in words else list(words)
    axis.set_labels(labels, of_steps=True)
    for size, named in ((1200, True), (len(labels) * 9, False)):
        [(spacing, places)] = axis.tickValues(-0.5, len(labels) - 0.5, size)
        shown = axis.tickStrings(places, 1.0, spacing)
        assert shown == [visible(label) for label in labels] if named else all(name.isdecimal() for name in shown)
        assert named or [int(name) for name in shown] == [place + 1 for place in places]


def test_an_axis_of_rows_shows_round_numbers_of_their_scale(qtbot: QtBot) -> None:
    axis = LabelAxis("left")
    axis.set_ramp(1.5 * 47 / 48, -1.5 / 24)
    ((_, places),) = axis.tickValues(47.5, -0.5, 120)
    assert places == pytest.approx([39.5, 23.5, 7.5])
    assert axis.tickStrings(places, 1.0, 1.0) == ["−1", "0", "1"]


@pytest.mark.parametrize("reach", [0.0556, 0.0601, 0.123, 1.7])
def test_nothing_is_written_as_nothing_on_values_that_run_downward(qtbot: QtBot, reach: float) -> None:
    axis = LabelAxis("left")
    axis.set_ramp(reach * (1 - 1 / 48), -2 * reach / 48)
    ((spacing, places),) = axis.tickValues(47.5, -0.5, 120)
    texts = axis.tickStrings(places, 1.0, spacing)
    assert not any("e" in text for text in texts)
    assert [text for text in texts if float(text.replace("−", "-")) == 0] in (["0"], ["0.0"], ["0.00"])


@pytest.mark.parametrize(("orientation", "by", "expected"), [("bottom", 1, "20"), ("left", 1, "5"), ("left", 6, "0")])
def test_numbered_names_are_written_where_they_are_round(
    qtbot: QtBot, orientation: str, by: int, expected: str
) -> None:  # fmt: skip
    axis = LabelAxis(orientation)
    axis.set_labels([str(by * at) for at in range(int(by == 1), 131)])
    [(spacing, places)] = axis.tickValues(-0.5, 129.5, 400)
    names = [int(name) for name in axis.tickStrings(places, 1.0, spacing)]
    assert str(names[0]) == expected
    assert {name % int(by * spacing) for name in names} == {0}


def test_steps_counted_back_to_nought_are_named_where_they_are_round(qtbot: QtBot) -> None:
    axis = LabelAxis("bottom")
    axis.set_labels([*(f"−{back}" for back in range(52, 0, -1)), "0"])
    [(spacing, places)] = axis.tickValues(-0.5, 52.5, 200)
    assert axis.tickStrings(places, 1.0, spacing) == ["−50", "−40", "−30", "−20", "−10", "0"]


def test_axis_that_runs_downward(qtbot: QtBot) -> None:
    axis = LabelAxis("left")
    axis.set_labels(["a", "b", "c"])
    assert axis.tickValues(2.5, -0.5, 300) == [(1.0, [0.0, 1.0, 2.0])]


@pytest.mark.parametrize(
    ("low", "high", "size", "expected"),
    [
        (-3, 0, 500, ["0.001", "0.01", "0.1", "1"]),
        (-5, -3, 1000, ["1e−5", "0.0001", "0.001"]),
        (-20, 0, 200, ["1e−20"]),
    ],
)
def test_logarithmic_axis_shows_round_numbers(
    qtbot: QtBot, low: float, high: float, size: float, expected: list[str]
) -> None:
    axis = LabelAxis("bottom")
    axis.setLogMode(True)
    [(_, places)] = axis.tickValues(low, high, size)
    assert set(expected) <= set(axis.tickStrings(places, 1.0, 1.0))
    assert len(places) <= size / 56 + 1


@pytest.mark.parametrize("text", [11, 16, 22])
def test_long_logarithmic_numbers_side_by_side_have_a_gap(qtbot: QtBot, text: int) -> None:
    axis, font = LabelAxis("bottom"), QFont()
    axis.setLogMode(True)
    font.setPixelSize(text)
    axis.setStyle(tickFont=font)
    for size in range(200, 1000, 40):
        [(_, places)] = axis.tickValues(-4.0, -1.9, size)
        ends = [QFontMetrics(font).horizontalAdvance(name) / 2 for name in axis.tickStrings(places, 1.0, 1.0)]
        middles = [(place + 4.0) * size / 2.1 for place in places]
        pairs = pairwise(zip(middles, ends, strict=True))
        assert all(after - half - (before + other) >= 4 for (before, other), (after, half) in pairs)


@pytest.mark.parametrize(("orientation", "size", "most"), [("left", 1200, 15), ("bottom", 2400, 40)])
def test_a_high_plot_is_not_ruled_like_paper(qtbot: QtBot, orientation: str, size: int, most: int) -> None:
    [(_, places)] = LabelAxis(orientation).tickValues(0.0, 0.37, size)
    assert most / 3 < len(places) <= most


@pytest.mark.parametrize("orientation", ["bottom", "left"])
@pytest.mark.parametrize(("low", "high"), [(-2, -0.6), (-0.5, 0.4), (-3, 3)])
@pytest.mark.parametrize("size", [150, 300, 500])
def test_logarithmic_numbers_do_not_touch(
    qtbot: QtBot, orientation: str, low: float, high: float, size: int
) -> None:  # fmt: skip
    axis = LabelAxis(orientation)
    axis.setLogMode(True)
    [(_, places)] = axis.tickValues(low, high, size)
    names = axis.tickStrings(places, 1.0, 1.0)
    metrics = QFontMetrics(axis.font())
    wide = [metrics.height() - 2 if orientation == "left" else metrics.horizontalAdvance(name) for name in names]
    for at in range(1, len(places)):
        apart = (places[at] - places[at - 1]) * size / (high - low)
        assert apart >= (wide[at] + wide[at - 1]) / 2


def test_a_still_label_leaves_out_whole_parts(qtbot: QtBot) -> None:
    label = StillLabel("step 10,000 · epoch 1,000")
    qtbot.addWidget(label)
    label.show()
    label.show_text("step 280 · epoch 56")
    label.resize(300, 20)
    assert label.label.text() == "step 280 · epoch 56" == label.text()
    label.resize(label.label.fontMetrics().horizontalAdvance("step 280 · ep"), 20)
    assert label.label.text() == "step 280"
    label.resize(10, 20)
    assert label.label.text() == ""
    assert label.text() == "step 280 · epoch 56"


def test_panels_are_made_of_what_was_made_ahead_and_are_like_others(qtbot: QtBot) -> None:
    grids = [HeatGrid(LIGHT, bottom="time step", left="unit") for _ in range(2)]
    ahead = 0
    while grids[0].make_spare():
        ahead += 1
    assert ahead > 2
    spare = [*grids[0]._spare]
    for grid in grids:
        qtbot.addWidget(grid)
        grid.arrange([Panel(0, 0), Panel(0, 1, "magnitude")])
        for index in range(2):
            grid.show_panel(index, np.full((3, 4), index, np.float32), (0.0, 1.0), "name")
    made, usual = grids
    assert all(cell in spare for cell in made._cells)
    for cell, other in zip(made._cells, usual._cells, strict=True):
        assert (cell.map, cell.title.name) == (other.map, other.title.name)
        np.testing.assert_array_equal(cell.data, other.data)


def test_the_key_of_a_heat_map_takes_the_colours_of_the_theme(qtbot: QtBot) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show()
    grid.show_scales([Scale("size", LIGHT.color_map("magnitude"), 0, 1)])
    qtbot.waitUntil(lambda: grid.legend.height() > 0)
    light = grid.legend.grab().toImage()
    grid.apply_theme(DARK)
    assert grid.legend.grab().toImage() != light


@pytest.mark.parametrize(("label", "shown"), [(" ", "␣"), ("\n", "↵"), ("a b", "a b"), ("", ""), ("x", "x")])
def test_white_space_can_be_seen(label: str, shown: str) -> None:
    assert visible(label) == shown


def test_legend_wraps_and_says_it_in_words(qtbot: QtBot) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    keys: list[Key | Scale] = [
        Key("training", LIGHT.pen("train"), "0.5"),
        Scale("state", LIGHT.color_map("diverging"), -1, 1),
    ]
    legend.show_items(LIGHT, keys)
    assert legend.texts == ("training  0.5", "state: −1 to 1")
    assert legend.accessibleDescription() == "training  0.5; state: −1 to 1"
    assert legend.heightForWidth(100) == 2 * legend.heightForWidth(1000) > 0


def test_what_is_asked_for_often_is_done_at_once_and_at_the_end(qtbot: QtBot) -> None:
    asked: list[int] = []
    done: list[int] = []
    owner = QObject()
    calm = Calm(owner, lambda: done.append(len(asked)))
    for number in range(99):
        asked.append(number)
        calm.ask()
    assert done == [1]
    qtbot.waitUntil(lambda: done == [1, 99])
    asked.append(99)
    calm.ask()  # rests after the second time too
    assert done == [1, 99]
    qtbot.waitUntil(lambda: done == [1, 99, 100])


def test_after_its_rest_it_is_done_with_the_next_frame_rather_than_between_two(qtbot: QtBot) -> None:
    done: list[int] = []
    owner = QObject()
    calm = Calm(owner, lambda: done.append(0))
    calm.ask()
    calm.ask()
    qtbot.waitUntil(lambda: calm._overdue)  # it has rested, and a frame may follow at once
    assert done == [0]
    calm.ask()
    assert done == [0, 0]
    calm.ask()  # rests again
    assert done == [0, 0]


def test_a_legend_whose_numbers_get_shorter_keeps_its_rows(qtbot: QtBot) -> None:
    """The plot below it would jump, several times a second."""
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    legend.resize(200, 50)
    heights = []
    for name, note in (("layer 1", ""), ("layer 1", "does not shrink at all"), ("layer 1", "12"), ("layer 2", "12")):
        legend.show_items(LIGHT, [Key(name, LIGHT.pen("train"), note), Key("vanished", LIGHT.pen("problem"))])
        heights.append(legend.heightForWidth(legend.width()))
    one, two = heights[:2]
    assert heights == [one, 2 * one, two, one]
    legend.resize(100, 50)
    assert legend.heightForWidth(legend.width()) == two  # as much as is needed there


def test_heat_maps_keep_their_room_when_a_second_run_begins(qtbot: QtBot) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show()
    heights = []
    for _ in range(2):
        grid.arrange([Panel(0, 0)])
        grid.show_panel(0, np.zeros((4, 6), np.float32), (-1, 1), "hidden state")
        qtbot.waitUntil(lambda: grid._cells[0].box.height() > 0, timeout=2000)
        heights.append(grid._cells[0].box.height())
        grid.arrange(())
        QCoreApplication.processEvents()
    assert heights[1] == pytest.approx(heights[0], abs=20)


def test_cursor_follows_until_it_is_pinned(qtbot: QtBot) -> None:
    cursor, seen = TimeCursor(), []
    cursor.moved.connect(lambda: seen.append(cursor.position))
    cursor.hover(3)
    cursor.hover(3)
    cursor.pin(5)
    cursor.hover(7)
    assert (cursor.position, cursor.pinned, seen) == (5, True, [3, 5])
    cursor.pin(5)
    assert (cursor.position, cursor.pinned) == (None, False)


@pytest.mark.parametrize(
    ("start", "by", "expected"),
    [(None, 1, 0), (None, -1, 9), (4, 1, 5), (9, 1, 9), (0, -1, 0), (5, -10, 0), (5, 10, 9)],
)
def test_cursor_walks_within_the_sequence(qtbot: QtBot, start: int | None, by: int, expected: int) -> None:
    cursor = TimeCursor()
    cursor.hover(start)
    cursor.walk(by, 10)
    assert cursor.position == expected


def test_table_keeps_its_place_when_only_numbers_change(qtbot: QtBot) -> None:
    model = TableTwin((("a", "b"), [("x", 1.0)]))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        model.update((("a", "b"), [("y", 2.5)]))
    assert model.data(model.index(0, 1)) == "2.5"
    assert model.data(model.index(0, 0), Qt.ItemDataRole.TextAlignmentRole) is None
    with qtbot.waitSignal(model.modelReset):
        model.update((("a",), []))
    assert (model.rowCount(), model.columnCount()) == (0, 1)
    assert model.headerData(0, Qt.Orientation.Horizontal) == "a"


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((0.125, 0.0507, 1.0), ["0.1250", "0.0507", "1.0000"]),
        ((606.0, 508.0, math.nan), ["606", "508", ""]),
        ((0.1234567, 0.5, -2.25), ["0.1234567", "0.5", "-2.25"]),  # rounded to no few places
        ((1e-9, 0.25, 0.5), ["1e-09", "0.25", "0.50"]),
    ],
)
def test_the_points_of_a_column_stand_below_each_other(values: tuple[float, ...], texts: list[str]) -> None:
    model = TableTwin((("a",), [(value,) for value in values]))
    assert [model.data(model.index(row, 0)) for row in range(len(values))] == texts


@pytest.mark.parametrize(
    ("room", "lines"),
    [(400, ["forget · open 22 %, shut 61 %"]), (150, ["forget", "open 22 %, shut 61 %"]),
     (90, ["forget", "open 22 %", "shut 61 %"])],
)  # fmt: skip
def test_a_title_keeps_together_what_belongs_together(qtbot: QtBot, room: int, lines: list[str]) -> None:
    title = PanelTitle()
    title.dress(LIGHT)
    title.fit(room)
    title.show_name("forget · open 22 %, shut 61 %")
    assert title.text.split("<br>") == lines


def test_a_title_is_broken_between_its_parts_before_it_is_cut(qtbot: QtBot) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(640, 300)
    grid.show()
    grid.arrange([Panel(0, column, "magnitude") for column in range(4)])
    for column, name in enumerate(("input", "forget", "candidate", "output")):
        grid.show_panel(column, np.zeros((4, 6), np.float32), (0, 1), f"{name} · open 22 %, shut 61 %")
    titles = [cell.title for cell in grid._cells]
    qtbot.waitUntil(lambda: all("<br>" in title.text and "…" not in title.text for title in titles))
    qtbot.waitUntil(lambda: titles[0].height() >= 2 * LIGHT.small)
    high = titles[0].height()
    grid.show_panel(0, np.zeros((4, 6), np.float32), (0, 1), "input")
    assert titles[0].height() == high  # fewer words for a moment move nothing
    grid.resize(1600, 300)
    qtbot.waitUntil(lambda: titles[1].text == "forget · open 22 %, shut 61 %" and titles[1].height() < high)


def test_titles_of_a_row_have_as_many_lines(qtbot: QtBot) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(900, 400)
    grid.show()
    grid.arrange([Panel(row, column, "magnitude") for row in range(2) for column in range(2)])
    long = "layer 1 reverse · a gate of many words and more and more · open 18 %, shut 2 %"
    names = ("layer 1 · reset", "layer 1 · update", "layer 1 reverse · reset · open 18 %, shut 2 %", long)
    for place, name in enumerate(names):
        grid.show_panel(place, np.zeros((4, 6), np.float32), (0, 1), name)
    titles = [cell.title for cell in grid._cells]
    broken = "layer 1 reverse · reset<br>open 18 %, shut 2 %"  # which has room in one line, unlike what is beside it
    qtbot.waitUntil(lambda: [title.text for title in titles[:3]] == [*names[:2], broken])
    assert [title.lines for title in titles] == [1, 1, 1, 2]


def test_headings_that_stay_as_they_are_are_not_laid_out_anew(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.arrange([Panel(0, column) for column in range(2)])
    for index in range(2):
        grid.show_panel(index, np.zeros((4, 6), np.float32), (0, 1), f"gate {index} · open")
    title = grid._cells[0].title
    title.fit(900)
    grid._level_titles()
    laid_out, levelled, usual = list[str](), list[int](), PanelTitle.setText

    def lay_out(title: PanelTitle, text: str) -> None:
        laid_out.append(text)
        usual(title, text)

    monkeypatch.setattr(PanelTitle, "setText", lay_out)
    monkeypatch.setattr(PanelTitle, "spread", lambda _self, lines: levelled.append(lines))
    title.fit(910)
    for _ in grid._cells:  # as each is resized by one layout
        grid._level_titles()
    assert (laid_out, levelled) == ([], [])
    title.show_name("gate 0 · shut")
    title.dress(DARK)
    assert laid_out == ["gate 0<br>shut"] * 2  # in as many lines as the one beside it


def test_lines_are_as_wide_on_a_screen_of_twice_the_density() -> None:
    dense = dataclasses.replace(LIGHT, density=2.0)
    of_layer = layer_stroke(0, 2)
    assert not isinstance(of_layer, str)
    pens = [(theme.pen("baseline"), theme.series_pen(7), of_layer(theme)) for theme in (LIGHT, dense)]
    for usual, twice in zip(*pens, strict=True):
        assert (usual.widthF(), twice.widthF()) == (1.0, 2.0)
        assert twice.isCosmetic()
        assert twice.style() is usual.style()


def test_a_single_step_fills_its_panel(qtbot: QtBot) -> None:
    grid = HeatGrid(LIGHT, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(400, 300)
    grid.show()
    grid.arrange([Panel(0, 0)])
    grid.show_panel(0, np.zeros((4, 1), np.float32), (-1.0, 1.0), "")
    wide = grid._cells[0].box.width()
    grid.resize(500, 300)
    qtbot.waitUntil(lambda: grid._cells[0].box.width() > wide)
    assert grid._cells[0].box.viewRange()[0] == pytest.approx([-0.5, 0.5])


def test_scores_in_a_small_place_are_said_in_two_lines(qtbot: QtBot) -> None:
    label = score_label(compact=True)
    qtbot.addWidget(label)
    baselines = (("majority class", 0.111), ("logistic regression", 0.981), ("feed-forward (3,124 parameters)", 0.963))
    tell_scores(label, "validation", [("accuracy", 0.98), ("macro F1", 0.97)], baselines)
    simple = "majority class:\u00a00.111, logistic regression:\u00a00.981, feed-forward:\u00a00.963"
    said = f"validation: accuracy\u00a00.980 — {simple}"  # no line breaks between a name and its number
    assert label.text() == said
    assert "macro\u00a0F1\u00a00.970" in label.toolTip()
    assert isinstance(label, ElidedLabel)
    label.resize(360, label.heightForWidth(360))
    assert label.fitting(label.contentsRect()) == said
    assert label.height() < 3 * label.fontMetrics().lineSpacing()
    label.resize(200, label.heightForWidth(200))
    cut = label.fitting(label.contentsRect())
    assert cut.endswith("…")
    wraps = int(Qt.TextFlag.TextWordWrap)
    assert label.fontMetrics().boundingRect(label.contentsRect(), wraps, cut).height() <= label.height()
