"""Levels, smoothing, orders, legends and the shared cursor."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QObject, Qt
from pytestqt.qtbot import QtBot

from engine.wording.special_symbols import UNKNOWN_NAME
from workbench.calm import Calm
from workbench.looks.theme import DARK, LIGHT, Theme
from workbench.plots.answers.page import score_label, tell_scores
from workbench.plots.axes.levels import Levels, rung
from workbench.plots.axes.numerals import numerals
from workbench.plots.axes.step_names import quoted, step_in_brackets, step_name, visible
from workbench.plots.curves.curve import layer_stroke
from workbench.plots.curves.smoothing import Smoother
from workbench.plots.curves.steps_table import steps_table
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.plots.frame.panel_title import PanelTitle
from workbench.plots.frame.still_label import StillLabel
from workbench.plots.frame.table_twin import TableTwin, TwinView
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.heat.heat_grid import HeatGrid, Panel
from workbench.plots.heat.unit_order import ORDERS, unit_order
from workbench.plots.key.keys import Key, Scale
from workbench.plots.key.legend import Legend
from workbench.plots.states.principal import PrincipalPlane
from workbench.wording import unbroken


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


def test_a_step_that_is_called_by_its_number_is_called_so_once() -> None:
    assert [step_name(("1", "2", "x"), step) for step in range(4)] == ["", "", "x", ""]


def test_a_step_that_is_called_by_a_mark_is_quoted_in_brackets() -> None:
    labels = ("1", "x", ")", ",", "f(x)", " ", "1960-03", UNKNOWN_NAME)
    told = ["", " (x)", " (“)”)", " (“,”)", " (“f(x)”)", " (␣)", " (1960-03)", " (unknown)", ""]
    assert [step_in_brackets(labels, step) for step in range(9)] == told
    assert quoted(UNKNOWN_NAME) == "(unknown)"


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


@pytest.mark.parametrize("wide", [400, 200])
def test_a_scale_that_is_too_long_is_cut_in_its_name_not_in_its_colours(qtbot: QtBot, wide: int) -> None:
    legend = Legend(LIGHT)
    qtbot.addWidget(legend)
    legend.show_items(LIGHT, [Scale("log₁₀ of the gradient, of the strongest", LIGHT.color_map("magnitude"), -8, 0)])
    legend.resize(wide, legend.heightForWidth(wide))
    picture = legend.grab().toImage()
    row = (picture.pixelColor(x, picture.height() // 2) for x in range(wide))
    bar = [x for x, color in enumerate(row) if color.hsvSaturation() > 100]
    assert len(bar) == 80
    assert bar[-1] + 8 < wide  # what its last colour stands for is read behind it


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


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("width", [500, 501])
def test_every_heat_map_of_a_row_has_its_line_at_the_right(qtbot: QtBot, theme: Theme, width: int) -> None:
    grid = HeatGrid(theme, bottom="time step", left="unit")
    qtbot.addWidget(grid)
    grid.resize(width, 300)
    grid.show()
    grid.arrange([Panel(0, 0), Panel(0, 1)])
    for panel in range(2):
        grid.show_panel(panel, np.full((4, 6), np.nan, np.float32), (-1.0, 1.0), "hidden state")
    first, last = (cell.box for cell in grid._cells)
    qtbot.waitUntil(lambda: last.sceneBoundingRect().left() > first.sceneBoundingRect().right())
    picture, middle = grid.canvas.grab().toImage(), round(last.sceneBoundingRect().center().y())
    for edge in (round(first.sceneBoundingRect().right()), picture.width() - 1):
        assert theme.grid in [picture.pixelColor(edge - back, middle).name() for back in range(2)]


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


def test_a_table_that_grows_keeps_its_place_and_makes_room(qtbot: QtBot) -> None:
    view = TwinView("table", "Table")
    qtbot.addWidget(view)
    view.twin.update((("a", "b"), [(1, 0.5)]))
    view.setCurrentIndex(view.twin.index(0, 1))
    narrow, grown = view.columnWidth(0), [(1, 0.25), (100_000_000_000, 0.5)]
    with qtbot.assertNotEmitted(view.twin.modelReset), qtbot.waitSignal(view.twin.dataChanged):
        view.twin.update((("a", "b"), grown))
    assert (view.twin.rowCount(), view.currentIndex().row(), view.currentIndex().data()) == (2, 0, "0.25")
    assert view.columnWidth(0) > narrow
    view.twin.update((("a", "b"), [(1, 0.25)]))
    assert view.twin.rowCount() == 1


def test_rows_of_a_long_table_are_the_same_one_by_one_and_all_at_once() -> None:
    steps = np.arange(1.0, 301.0)
    _, rows = steps_table([("every", (steps, steps**2)), ("some", (steps[9::10], steps[9::10]))])
    assert (rows[9], rows[-1]) == ((10, 100.0, 10.0), (300, 90_000.0, 300.0))
    assert str(list(rows)) == str(rows[:]) == str([rows[at] for at in range(len(rows))])


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


@pytest.mark.parametrize(("room", "first"), [(200, "layer 12 reverse"), (75, "layer 12 ←")])
def test_a_title_says_backward_by_an_arrow_where_the_word_would_be_cut(qtbot: QtBot, room: int, first: str) -> None:
    title = PanelTitle()
    title.dress(LIGHT)
    title.fit(room)
    title.show_name("layer 12 reverse · input")
    assert title.text.replace("<br>", " · ") == f"{first} · input"
    assert title.toolTip() == "layer 12 reverse · input"


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


@pytest.mark.parametrize(
    ("metric", "score", "baselines", "part", "best"),
    [
        (
            "BLEU",
            6.7,
            (("commonest text", 0.0), ("nearest source", 34.87)),
            "validation: ",
            "nearest source:\u00a034.870",
        ),
        (
            "symbol error rate",
            0.24,
            (("nearest source", 0.477), ("commonest text", 1.0)),
            "",
            "nearest source:\u00a00.477",
        ),
        ("RMSE", 0.24, (("naive", math.nan), ("AR(12)", 1.0)), "validation: ", "AR(12):\u00a01.000"),
        ("RMSE", 0.24, (), "validation: ", ""),
    ],
)
def test_scores_that_have_one_line_are_said_beside_the_best_of_the_simple_methods(
    qtbot: QtBot, metric: str, score: float, baselines: tuple[tuple[str, float], ...], part: str, best: str
) -> None:
    label = score_label(compact=True)
    qtbot.addWidget(label)
    assert isinstance(label, ElidedLabel)
    label.limit(1)
    tell_scores(label, "validation", [(metric, score)], baselines)
    said = f"{part}{unbroken(metric, f'{score:.3f}')}" + (f" — {best}" if best else "")
    label.resize(label.fontMetrics().horizontalAdvance(said) + 1, 20)
    assert label.fitting(label.contentsRect()) == said
    label.resize(40, 20)
    assert label.fitting(label.contentsRect()).endswith("…")


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
