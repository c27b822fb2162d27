"""What every view must do, whichever questions it answers."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QColor, QFocusEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QStyleOptionComboBox, QTableView, QWidget
from pytestqt.qtbot import QtBot

from engine.events import PROBES, RunStarted, SnapshotRequest
from engine.inside_records import Floats
from engine.storage.csv_tables import csv_text
from tests.workbench.views import measured
from workbench.looks.theme import DARK, GRID, LIGHT
from workbench.plots.axes.canvas import Canvas
from workbench.plots.axes.label_axis import LabelAxis
from workbench.plots.heat.heat_grid import HeatGrid
from workbench.plots.key.legend import Legend
from workbench.plots.network.equation import Equation
from workbench.runs.beside import Beside
from workbench.views import discover
from workbench.views.activation import Activation
from workbench.views.explain import Explain
from workbench.views.gates import Gates
from workbench.views.gradient_flow import GradientFlow
from workbench.views.gradient_norms import GradientNormBoard
from workbench.views.hidden_state import HiddenState
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss
from workbench.views.weights import WeightMaps
from workbench.widgets.elided_box import ElidedBox, NamesBox

VIEWS = discover()
EVERY = pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.key)
Maker = Callable[..., LiveView]


@pytest.fixture
def make(qtbot: QtBot) -> Maker:
    def made(kind: type[LiveView], *, shown: bool = True, compact: bool = False) -> LiveView:
        view = kind(LIGHT, compact=compact)
        qtbot.addWidget(view)
        view.resize(700, 500)
        if shown:
            view.show()
            qtbot.waitUntil(lambda: view.on_screen)
        return view

    return made


def fill(view: LiveView) -> None:
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.full_snapshot())
    view.show_history(measured.history(200))


def page(view: LiveView) -> QWidget:
    return view._stack.currentWidget()


def test_views_are_found_by_their_files() -> None:
    keys = [view.key for view in VIEWS]
    assert {"loss", "hidden_state", "gates", "gradient_norms", "gradient_flow", "prediction"} <= set(keys)
    assert len(set(keys)) == len(keys)
    assert [view.order for view in VIEWS] == sorted(view.order for view in VIEWS)


@EVERY
def test_between_two_parts_of_its_making_nothing_is_left_that_belongs_to_nobody(
    make: Maker, kind: type[LiveView]
) -> None:
    view = make(kind, shown=False)
    while view.make_part():
        assert [part for part in vars(view).values() if isinstance(part, QWidget) and part.parent() is None] == []
    assert view._built


@EVERY
def test_says_what_it_is(kind: type[LiveView]) -> None:
    assert kind.title
    assert kind.question.endswith("?")
    assert kind.question.count("?") == 1
    assert kind.gathers <= kind.probes <= set(PROBES)
    assert Path(kind.__module__.replace(".", "/")).name == kind.key


@EVERY
def test_empty_view_says_why(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    assert page(view) is view._message
    assert view._message.text() == kind.waiting
    assert view.table() == ((), []) or not view.table()[1]
    assert not view._header.choices.isVisible()
    fill(view)
    assert view._header.choices.isVisible() == (page(view) is not view._message)


@EVERY
@pytest.mark.parametrize("compact", [False, True])
def test_shows_what_was_measured(make: Maker, kind: type[LiveView], compact: bool) -> None:
    view = make(kind, compact=compact)
    fill(view)
    assert page(view) is view.body
    view.reset()
    assert page(view) is view._message
    fill(view)
    assert page(view) is view.body


@EVERY
def test_hidden_view_draws_nothing_and_catches_up(
    make: Maker, qtbot: QtBot, kind: type[LiveView], monkeypatch: pytest.MonkeyPatch
) -> None:
    view, drawn = make(kind, shown=False), list[str]()
    monkeypatch.setattr(view, "draw", lambda snapshot: drawn.append("snapshot"))
    monkeypatch.setattr(view, "draw_history", lambda history: drawn.append("history"))
    fill(view)
    assert not view.active
    assert drawn == []
    view.show()
    expected = {"snapshot"} if kind.probes else {"history"}
    qtbot.waitUntil(lambda: expected <= set(drawn))
    assert view.active
    view.hide()
    drawn.clear()
    fill(view)
    assert drawn == []


@EVERY
def test_held_view_keeps_its_picture(make: Maker, kind: type[LiveView], monkeypatch: pytest.MonkeyPatch) -> None:
    view, drawn = make(kind), list[str]()
    fill(view)
    view.hold(True)
    monkeypatch.setattr(view, "draw", lambda snapshot: drawn.append("snapshot"))
    monkeypatch.setattr(view, "draw_history", lambda history: drawn.append("history"))
    fill(view)
    assert (drawn, view.active) == ([], False)
    view.hold(False)
    assert drawn
    assert view.active


@EVERY
@pytest.mark.parametrize("beginning", [True, False])
def test_what_was_held_is_let_go_of_with_its_run(
    make: Maker, qtbot: QtBot, kind: type[LiveView], beginning: bool
) -> None:
    view = make(kind)
    fill(view)
    others = (Beside(7, "gru-16", "RMSE", measured.history(200)),) if kind is Loss else ()
    view.show_others(others)
    view.hold(True)
    view.reset(beginning=beginning)
    assert (view._held, view.menu.hold.isChecked(), view._header.badge.text()) == (False, False, "")
    assert page(view) is (view.body if others else view._message)
    if isinstance(view, Loss):
        curves = view._loss.curves
        qtbot.waitUntil(lambda: [name for name, curve in curves.items() if len(curve.x)] == ["7 gru-16"])
    fill(view)
    assert page(view) is view.body


@EVERY
def test_theme_changes_the_colours_and_not_the_numbers(make: Maker, qtbot: QtBot, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    qtbot.waitUntil(view.body.updatesEnabled)
    qtbot.waitUntil(lambda: all(equation.ready for equation in view.findChildren(Equation)))
    before, light = view.table(), view.grab().toImage()
    view.apply_theme(DARK)
    assert view.theme is DARK
    assert csv_text(*view.table()) == csv_text(*before)
    assert view.grab().toImage() != light


@EVERY
def test_hidden_view_takes_the_theme_when_it_is_seen(make: Maker, qtbot: QtBot, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    view.hide()
    view.apply_theme(DARK)
    view.show()
    qtbot.waitUntil(lambda: not view._behind)
    assert view.theme is DARK


@EVERY
def test_theme_is_not_forgotten_by_a_new_run(make: Maker, qtbot: QtBot, kind: type[LiveView]) -> None:
    view, recoloured = make(kind), list[str]()
    view.hide()
    view.apply_theme(DARK)
    view.reset()
    view.recolour = lambda: recoloured.append("dark")  # type: ignore[method-assign]
    view.show()
    qtbot.waitUntil(lambda: bool(recoloured))


@EVERY
def test_tab_goes_on_from_every_table(make: Maker, kind: type[LiveView]) -> None:
    """Qt's own tables keep it within their cells for ever."""
    view = make(kind)
    fill(view)
    view.menu.as_table.trigger()
    tables = view.findChildren(QTableView)
    assert tables
    assert [table.objectName() for table in tables if table.tabKeyNavigation()] == []


@EVERY
def test_table_twin_and_csv_hold_the_same(make: Maker, kind: type[LiveView], tmp_path: Path) -> None:
    view = make(kind)
    fill(view)
    header, rows = view.table()
    assert rows
    assert all(len(row) == len(header) for row in rows)
    view.menu.as_table.trigger()
    table = page(view)
    assert isinstance(table, QTableView)
    for column in range(len(header)):
        assert table.columnWidth(column) >= min(table.horizontalHeader().sectionSizeHint(column), 400)
    model = table.model()
    assert (model.rowCount(), model.columnCount()) == (len(rows), len(header))
    view.menu.save_table(tmp_path / "out.csv")
    read = list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8"), newline="")))
    assert len(read) == len(rows) + 1
    assert all(len(row) == len(header) for row in read)


@EVERY
@pytest.mark.parametrize("ending", ["png", "svg"])
def test_picture_is_saved(make: Maker, kind: type[LiveView], tmp_path: Path, ending: str) -> None:
    view = make(kind)
    fill(view)
    path = tmp_path / f"picture.{ending}"
    view.menu.save_picture(path)
    if ending == "png":
        assert QImage(str(path)).width() == 2 * view.width()
    else:
        assert f"<title>{view.title}</title>" in path.read_text("utf-8")


@EVERY
def test_what_cannot_be_written_is_said(
    make: Maker, kind: type[LiveView], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, said = make(kind), list[str]()
    fill(view)
    view.notice.connect(said.append)
    monkeypatch.setattr("workbench.plots.frame.picture_menu.ask_where", lambda *_: tmp_path / "nowhere" / "a.csv")
    view.menu.ask_table()
    assert "was not written" in said[0]


@EVERY
def test_pictures_and_numbers_are_saved_where_there_are_some(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    names = [f"{kind.key}.{name}" for name in ("save_picture", "copy_picture", "export", "reset_zoom")]
    actions = [action for action in view.menu.actions() if action.objectName() in names]
    assert len(actions) == len(names)
    assert not any(action.isEnabled() for action in actions)  # a file of nothing is no use to anybody
    fill(view)
    assert all(action.isEnabled() for action in actions)
    assert view.table()[1]


@EVERY
@pytest.mark.parametrize(
    ("reason", "seen"), [(Qt.FocusReason.TabFocusReason, True), (Qt.FocusReason.MouseFocusReason, False)]
)
def test_who_comes_by_keyboard_sees_which_view_has_the_keys(
    make: Maker, kind: type[LiveView], reason: Qt.FocusReason, seen: bool
) -> None:
    view = make(kind)

    def corner() -> QColor:
        return view.grab().toImage().pixelColor(0, 0)

    before = corner()
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusIn, reason))
    assert (corner() == view.palette().link().color()) is seen
    QApplication.sendEvent(view, QFocusEvent(QEvent.Type.FocusOut, reason))
    assert corner() == before


@EVERY
def test_every_control_has_a_name(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    for control in view.findChildren(QComboBox):
        if control.parent() is not None and not control.isHidden():
            assert control.objectName().startswith(f"{kind.key}.")
            assert control.accessibleName()
            labels = [each for each in view.findChildren(QLabel) if each.buddy() is control and each.text()]
            assert labels or control.accessibleDescription(), control.objectName()
    assert view.accessibleDescription() == kind.question


@EVERY
def test_zoom_by_hand_stays(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    boxes = [plot.box for plot in vars(view).values() if hasattr(plot, "box")]
    for box in boxes:
        box.setRange(QRect(2, 2, 3, 3), padding=0)
    before = [box.viewRange() for box in boxes]
    fill(view)
    view.show_history(measured.history(400))
    assert [box.viewRange() for box in boxes] == before
    view.reset_zoom()


@EVERY
def test_keys_zoom_and_move_and_the_menu_shows_everything_again(
    make: Maker, qtbot: QtBot, kind: type[LiveView]
) -> None:
    view = make(kind)
    fill(view)
    boxes = [box for canvas in view.findChildren(Canvas) if canvas.isVisible() for box in _boxes_of(canvas)]
    whole = _settled(boxes)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    near = _settled(boxes)
    wide, narrow = np.ptp(whole, axis=-1), np.ptp(near, axis=-1)
    assert (np.isclose(narrow, 0.8 * wide) | (wide == 1)).all()  # a single column is not zoomed into
    QTest.keyClick(view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert (_settled(boxes)[:, 0, 0] >= near[:, 0, 0]).all()
    assert view.time.position is None
    view.reset_zoom()
    qtbot.waitUntil(lambda: np.allclose(np.ptp(_settled(boxes), axis=-1), wide, rtol=0.1))


@EVERY
def test_axes_know_how_far_they_reach_however_the_view_is_laid_out(
    make: Maker, qtbot: QtBot, kind: type[LiveView]
) -> None:
    view = make(kind)
    fill(view)
    changes: tuple[Callable[[], object], ...] = (
        lambda: view.resize(1100, 900),
        lambda: view.resize(560, 420),
        lambda: view.apply_theme(dataclasses.replace(DARK, scale=1.5)),
        view.reset_zoom,
    )
    for change in changes:
        change()
        QApplication.processEvents()
        axes = [each for canvas in view.findChildren(Canvas) for each in canvas.scene().items()]
        for axis in axes:
            if isinstance(axis, LabelAxis) and axis.isVisible():
                assert axis.boundingRect() == pg.AxisItem.boundingRect(axis)


def _boxes_of(canvas: Canvas) -> list[pg.ViewBox]:
    """Those that go along with no other."""
    boxes = [item for item in canvas.scene().items() if isinstance(item, pg.ViewBox)]
    return [box for box in boxes if not box.linkedView(box.XAxis) and not box.linkedView(box.YAxis)]


def _settled(boxes: list[pg.ViewBox]) -> Floats:
    """What is seen (boxes, 2, 2) once all follow their data."""
    QApplication.processEvents()
    for box in boxes:
        box.updateAutoRange()
    return np.array([box.viewRange() for box in boxes]).reshape(-1, 2, 2)


@EVERY
def test_request_is_only_refined(make: Maker, kind: type[LiveView]) -> None:
    request = SnapshotRequest(7, frozenset({"hidden"}))
    refined = make(kind).refine(request)
    assert (refined.id, refined.probes) == (7, request.probes)


@EVERY
def test_scrubbing_back_is_possible(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    for step in (100, 200, 50):
        view.show_snapshot(measured.full_snapshot(step))
    if kind.probes:
        assert view.snapshot is not None
        assert view._header.stamp.text().startswith("step 50 ")


@EVERY
def test_in_a_run_nobody_is_told_to_begin_one(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    view.reset(beginning=True)
    assert "The run begins" in view._message.text()
    view.show_end()  # it was stopped before it had begun
    assert view._message.text() == kind.waiting
    view.show_end(failed=True)
    assert "what to change" in view._message.text()
    view.show_start(RunStarted(100, 10, 3, "bits per character", (), ""))
    assert "next batch" in view._message.text()
    view.show_end()  # it was stopped before it had measured anything for this view
    assert "The run ended before" in view._message.text()
    view.show_end(failed=True)
    assert "The run failed before" in view._message.text()
    view.show_end(untrained=True)
    assert "scored as they came" in view._message.text()
    view.reset()
    assert view._message.text() == kind.waiting


@EVERY
def test_while_none_can_begin_it_is_said_why_and_what_to_do(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    view.hold_off("A race is under way. Cancel it.")
    said = view._message.text()
    assert said == "A race is under way. Cancel it.\nThen press Run (F5): a single run is drawn here."
    view.show_end(failed=True)  # the run before, which is not what keeps it from beginning
    assert view._message.text() == said
    view.reset(beginning=True)
    assert "The run begins" in view._message.text()
    view.reset()
    view.hold_off("")
    assert view._message.text() == kind.waiting


@EVERY
def test_a_moment_shows_nothing_that_was_measured_later(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    later = page(view)
    view.show_moment(3)
    view.show_snapshot(measured.snapshot(step=3))
    if kind.probes:
        assert "Nothing was measured" in view._message.text()
        assert page(view) is view._message
        assert not view._readout.isVisible()
    everything = measured.full_snapshot()
    for name, value in everything.values:
        if name in kind.probes:
            view.show_snapshot(dataclasses.replace(everything, values=((name, value),)))
            lasting = kind.probes & {"structure"}  # which is the same in all the run
            assert set(view._measured.newest) == {name} | lasting
    view.show_moment(None)
    view.show_snapshot(measured.full_snapshot())
    assert page(view) is later


@EVERY
def test_what_a_run_has_to_measure_is_not_asked_for_after_its_end(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    asking = [*view._asking]
    usual = [control.toolTip() for control in asking]
    assert bool(asking) == (kind.key in ("summing", "weights", "prediction"))
    view.show_end()
    assert not any(control.isEnabled() for control in asking)
    assert all("the run has ended" in control.toolTip() for control in asking)
    view.show_start(RunStarted(100, 10, 3, "RMSE", (), ""))
    assert all(control.isEnabled() for control in asking)
    assert [control.toolTip() for control in asking] == usual


@EVERY
@pytest.mark.parametrize("compact", [False, True])
def test_another_theme_leaves_the_keys_as_they_are(make: Maker, kind: type[LiveView], compact: bool) -> None:
    view = make(kind, compact=compact)
    fill(view)
    shown = [legend for legend in view.findChildren(Legend) if legend.isVisibleTo(view)]
    before = [legend.texts for legend in shown]
    view.apply_theme(DARK)
    assert [legend.texts for legend in shown] == before


@EVERY
def test_other_snapshots_are_left_alone(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    view.show_snapshot(measured.snapshot())
    assert view.snapshot is None
    assert page(view) is view._message


@EVERY
def test_the_length_of_the_sequence_is_known_before_it_is_drawn(
    make: Maker, qtbot: QtBot, kind: type[LiveView]
) -> None:  # fmt: skip
    drawn, unseen = make(kind), kind(LIGHT)
    qtbot.addWidget(unseen)
    fill(drawn)
    unseen.show_snapshot(measured.full_snapshot())
    assert unseen.time_steps() == drawn.time_steps()


def test_arrow_keys_walk_the_time_cursor(make: Maker) -> None:
    for kind in VIEWS:
        view = make(kind)
        fill(view)
        if view.time_steps():
            QTest.keyClick(view, Qt.Key.Key_Right)
            QTest.keyClick(view, Qt.Key.Key_Right)
            assert view.time.position == 1
            QTest.keyClick(view, Qt.Key.Key_End)
            assert view.time.position == view.time_steps() - 1
            QTest.keyClick(view, Qt.Key.Key_Escape)
            assert view.time.position is None


@EVERY
def test_a_cursor_that_moves_before_the_next_run_is_drawn_leaves_the_view_whole(
    make: Maker, qtbot: QtBot, kind: type[LiveView]
) -> None:
    view = make(kind)
    fill(view)
    qtbot.waitUntil(lambda: page(view) is view.body)
    view.hide()
    view.reset(beginning=True)
    view.time.hover(1)  # what is raised here fails the test
    fill(view)
    view.time.hover(2)
    view.show()
    qtbot.waitUntil(lambda: page(view) is view.body)
    view.time.hover(None)


@EVERY
def test_choices_go_on_below_and_the_title_can_be_read(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    title = view._header.title
    wide = title.sizeHint().width()
    view.resize(660, 500)  # what a window of 1280 leaves
    assert title.width() >= wide
    view.resize(view.minimumSizeHint().width(), 500)
    controls = view._header.choices.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert title.width() >= min(wide, 12 * GRID) or not controls
    seen = [control for control in controls if control.isVisible()]
    assert all(view.rect().contains(control.geometry().translated(view._header.choices.pos())) for control in seen)


@EVERY
def test_a_choice_that_does_not_fit_has_an_ellipsis_and_never_half_a_letter(make: Maker, kind: type[LiveView]) -> None:
    view = make(kind)
    fill(view)
    for box in view._header.choices.findChildren(QComboBox):
        box.blockSignals(True)  # nothing is chosen by it
        box.addItem("decoder.weight_hh_l0_reverse")
        box.setCurrentText("decoder.weight_hh_l0_reverse")
        box.resize(box.minimumSizeHint().width(), box.height())
        assert isinstance(box, ElidedBox)
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        shown = box.shown_text(option)
        assert shown.endswith("…") or (isinstance(box, NamesBox) and "…" in shown)


@pytest.mark.parametrize("name", ["decoder.weight_hh_l0", "decoder.weight_ih_l0", "decoder · layer 1 · candidate"])
def test_names_that_begin_alike_are_told_apart_by_their_ends_where_there_is_no_room(make: Maker, name: str) -> None:
    view = make(WeightMaps)
    assert isinstance(view, WeightMaps)
    fill(view)
    for box in (view._parameter, view._matrix):
        box.blockSignals(True)  # nothing is chosen by it
        box.addItem(name)
        box.setCurrentText(name)
        box.resize(box.minimumSizeHint().width() + 50, box.height())
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        begin, end = box.shown_text(option).split("…")
        assert name.startswith(begin or "nothing")
        assert name.endswith(end if len(end) > 2 else "nothing")


@pytest.mark.parametrize(("blocks", "wide", "shown"), [
    (("reset", "candidate"), 500, "decoder · layer 1 · candidate"),
    (("reset", "candidate"), 150, "candidate"),
    (("candidate",), 150, "candidate"),
])  # fmt: skip
def test_where_all_names_begin_with_the_same_parts_these_are_left_out_first(
    qtbot: QtBot, blocks: tuple[str, ...], wide: int, shown: str
) -> None:
    box = NamesBox()
    qtbot.addWidget(box)
    box.addItems([f"decoder · layer 1 · {block}" for block in blocks])
    box.setCurrentIndex(len(blocks) - 1)
    box.resize(wide, 28)
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    assert box.shown_text(option) == shown


@pytest.mark.parametrize(
    ("share", "step_too", "rows", "said"),
    [(1.0, True, 1, True), (0.0, True, 1, True), (0.0, False, 1, False), (-0.2, False, 2, True)],
)
def test_choices_are_narrower_before_it_is_not_said_of_which_step_the_picture_is_and_that_goes_before_they_go_on_below(
    make: Maker, qtbot: QtBot, share: float, step_too: bool, rows: int, said: bool
) -> None:
    """`share` is 1 for all that choices ask for, and 0 for what is chosen alone."""
    view = make(WeightMaps)
    assert isinstance(view, WeightMaps)
    view.resize(1200, 500)
    fill(view)
    view._parameter.addItem("a parameter of a long name that is not chosen")
    title, stamp, choices = view._header.title, view._header.stamp, view._header.choices
    whole = choices.sizeHint().width()
    least = whole - sum(part.sizeHint().width() - choices._least(part) for part in choices._seen)
    beside = view.width() - view._header.beside_title()  # the step too, as they suit
    step = stamp.label.fontMetrics().horizontalAdvance(view._header._step)
    view.resize(beside - (0 if step_too else step) + least + round(share * (whole - least)) + 1, 500)
    qtbot.waitUntil(lambda: len({part.y() for part in choices._seen}) == rows)
    qtbot.waitUntil(lambda: stamp.label.text().startswith("step ") is said)
    assert title.width() >= title.sizeHint().width()
    assert all(choices.rect().contains(part.geometry()) for part in choices._seen)
    for box in (view._parameter, view._matrix):
        option = QStyleOptionComboBox()
        box.initStyleOption(option)
        assert "…" not in box.shown_text(option)


@pytest.mark.parametrize(("height", "scale", "low"), [(800, 1.0, False), (560, 1.0, False), (560, 2.0, True)])
@pytest.mark.parametrize(("kind", "second"), [(Loss, "_metric"), (GradientNormBoard, "_total")])
def test_in_a_low_view_the_picture_comes_before_words(
    make: Maker, kind: type[LiveView], second: str, height: int, scale: float, low: bool
) -> None:
    view = make(kind)
    fill(view)
    view.resize(660, height)
    view.apply_theme(dataclasses.replace(LIGHT, scale=scale))
    assert view._question.isVisible() is not low
    assert {legend.most for legend in view.findChildren(Legend)} == {4 if low else 0}
    assert getattr(view, second).isVisible() is not low


@pytest.mark.parametrize(("width", "height", "asked"), [(430, 560, False), (430, 700, True), (690, 560, True)])
def test_a_question_that_breaks_is_asked_where_there_is_room(make: Maker, width: int, height: int, asked: bool) -> None:
    view = make(Loss)
    view.resize(width, height)
    assert view._question.isVisible() is asked


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize(("words", "lines"), [("step 12", 1), (" · ".join(["layer 1 ‖∂L/∂h‖ = 2.6e−6"] * 4), 2)])
def test_words_on_what_is_under_the_mouse_are_whole_and_within_the_picture(
    make: Maker, compact: bool, words: str, lines: int
) -> None:
    view = make(GradientFlow, compact=compact)
    view.resize(340 if compact else 430, 300)
    fill(view)
    view._rows.activate()
    before = view._stack.geometry()
    view.read_out(words)
    readout = view._readout
    assert view.rect().adjusted(0, 0, 0, -4).contains(readout.geometry())
    assert readout.fitting(readout.rect()) == words
    assert round(readout.height() / readout.fontMetrics().lineSpacing()) == lines
    assert view._stack.geometry() == before  # the picture does not jump
    over = readout.geometry().intersects(before)
    assert over is (compact or lines > 1)
    edge = readout.grab().toImage()
    parted = {edge.pixel(x, 0) for x in range(edge.width())} == {readout.palette().mid().color().rgb()}
    assert parted is over  # else what it stands over looks as if it was cut
    view.read_out("")
    assert not readout.isVisible()


@pytest.mark.parametrize(("layers", "written"), [(2, 20), (3, None)])
def test_the_key_of_a_small_view_of_gradients_is_whole(
    make: Maker, qtbot: QtBot, layers: int, written: int | None
) -> None:
    view = make(GradientFlow, compact=True)
    view.resize(400, 330)  # a quarter in a window of 1440
    flow = measured.gradient_by_time(layers=layers, half_life=12.3, reverse=True)
    view.show_snapshot(measured.snapshot(dataclasses.replace(flow, cuts=(8, 16), written_from=written)))
    qtbot.waitUntil(lambda: not view._behind)
    legend = view.findChild(Legend)
    assert legend is not None
    assert len(legend._places(legend.width())) == len(legend.texts) == 2 * layers + 2 + bool(written)


def test_the_key_says_from_where_on_a_sequence_is_written_and_that_norms_are_of_one_in_one_row(
    make: Maker, qtbot: QtBot
) -> None:
    view = make(GradientFlow, compact=True)
    view.resize(339, 276)  # a quarter in a window of 1280
    flow = measured.gradient_by_time(layers=1, half_life=12.3, reverse=True)
    flow = dataclasses.replace(flow, by_distance=flow.norms, written_from=8)
    for written in ((8, 8), (6, 8)):
        view.show_snapshot(measured.snapshot(dataclasses.replace(flow, written=written)))
        qtbot.waitUntil(lambda: not view._behind)
        legend = view.findChild(Legend)
        assert legend is not None
        assert "norms of one sequence" in legend.texts
        assert len(legend._places(legend.width())) == len(legend.texts) == 5


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_plots_of_functions_can_be_read_and_are_scrolled(make: Maker, qtbot: QtBot, scale: float) -> None:
    view = make(Activation)
    assert isinstance(view, Activation)
    view.apply_theme(dataclasses.replace(LIGHT, scale=scale))
    view.resize(660, 500)
    fill(view)
    qtbot.waitUntil(lambda: len(view._plots) == 4)
    qtbot.waitUntil(lambda: all(plot.height() >= 170 * scale for plot in view._plots))
    assert view.height() == 500


@pytest.mark.parametrize(
    ("kind", "plots"),
    [(Loss, ("_loss", "_metric")), (GradientNormBoard, ("_total",)), (GradientFlow, ("_curves", "_lives"))],
)
def test_with_large_text_plots_above_each_other_keep_their_height_and_are_scrolled(
    make: Maker, qtbot: QtBot, kind: type[LiveView], plots: tuple[str, ...]
) -> None:
    view = make(kind)
    view.apply_theme(dataclasses.replace(LIGHT, scale=1.5))
    view.resize(615, 500)  # what a window of 1280 × 720 leaves
    fill(view)
    several = (("naive", 33.0), ("seasonal naive", 45.18), ("drift", 34.0), ("AR(12)", 7.3))
    view.show_start(dataclasses.replace(measured.STARTED, baselines=several))  # a key of two rows
    qtbot.waitUntil(lambda: not view._behind)
    canvases = [getattr(view, name).canvas for name in plots]
    qtbot.waitUntil(lambda: all(canvas.height() >= 12 * GRID * 1.5 for canvas in canvases))


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_maps_of_weights_are_scrolled_as_one_page(make: Maker, qtbot: QtBot, scale: float) -> None:
    view = make(WeightMaps)
    assert isinstance(view, WeightMaps)
    view.apply_theme(dataclasses.replace(LIGHT, scale=scale))
    view.resize(615, 500)
    fill(view)
    qtbot.waitUntil(lambda: not view._behind)
    bars = [grid._area.verticalScrollBar() for grid in (view._maps, view._spreads)]
    qtbot.waitUntil(lambda: not any(bar.isVisible() for bar in bars))


def test_with_large_text_maps_of_many_gates_keep_their_height(make: Maker, qtbot: QtBot) -> None:
    view = make(Gates)
    assert isinstance(view, Gates)
    view.apply_theme(dataclasses.replace(LIGHT, scale=1.5))
    view.resize(615, 500)
    view.show_snapshot(measured.snapshot(measured.trace(layers=3)))
    cells = view._traces.grid._cells
    qtbot.waitUntil(lambda: len(cells) == 12 and all(cell.box.height() >= 64 for cell in cells))


@EVERY
def test_it_is_painted_when_it_has_caught_up(make: Maker, qtbot: QtBot, kind: type[LiveView]) -> None:
    view, drawn = make(kind, shown=False), list[bool]()
    for name in ("draw", "draw_history"):
        setattr(view, name, lambda _news: drawn.append(view.body.updatesEnabled()))
    fill(view)
    view.show()
    assert not view.body.updatesEnabled()
    qtbot.waitUntil(view.body.updatesEnabled)
    assert drawn
    assert not any(drawn)


@EVERY
def test_a_picture_that_fails_is_said_in_its_place_and_in_the_log_once(
    make: Maker, kind: type[LiveView], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    view = make(kind)
    fill(view)

    def fail(_news: object) -> None:
        raise ZeroDivisionError("by nothing")

    with monkeypatch.context() as patched:
        for name in ("draw", "draw_history"):
            patched.setattr(view, name, fail)
        fill(view)
        fill(view)
        assert page(view) is view._message
        assert "could not be drawn (ZeroDivisionError: by nothing)" in view._message.text()
        assert view._header.choices.isVisible()
        traced = [record for record in caplog.records if record.exc_info]
        assert len(traced) == 1
        assert kind.key in traced[0].getMessage()
    fill(view)
    assert page(view) is view.body


@pytest.mark.parametrize("part", ["build", "recolour", "clear", "table", "wishes"])
def test_whatever_fails_in_a_view_goes_no_further(
    make: Maker, qtbot: QtBot, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_view: LiveView) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Activation, part, fail)
    view = make(Activation)
    fill(view)
    if part == "clear":
        view.reset()
    if part == "table":
        view.menu.as_table.setChecked(True)
        fill(view)
    if part == "wishes":
        request = SnapshotRequest(1, view.probes)
        assert view.refine(request) == request
        view.turn_page()
    qtbot.waitUntil(lambda: "could not be drawn (ZeroDivisionError)" in view._message.text())
    assert page(view) is view._message


@pytest.mark.parametrize(
    ("kind", "where", "part"),
    [
        (HiddenState, HeatGrid, "make_for"),
        (Gates, HeatGrid, "arrange"),
        (Activation, Activation, "_draw_plot"),
        (Explain, Explain, "_symbols"),
        (Loss, Loss, "_name_metric"),
        (Loss, Loss, "_draw_metric"),
    ],
)
def test_what_fails_in_a_turn_of_its_own_is_said_in_the_place_of_its_view(
    make: Maker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, kind: type[LiveView], where: type, part: str
) -> None:
    view, tried, usual = make(kind), [], getattr(where, part)
    view.takes_turns = True

    def fail(self: object, *given: object) -> object:
        tried.append(True)
        if given == ((),) or (kind is Activation and len(tried) == 1):
            return usual(self, *given)  # what a view does before its turn
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(where, part, fail)
        fill(view)
        assert "ZeroDivisionError" not in view.why_empty()
        qtbot.waitUntil(lambda: page(view) is view._message)
        assert "could not be drawn (ZeroDivisionError)" in view._message.text()
    fill(view)
    assert page(view) is view.body


def test_what_fails_in_turns_is_drawn_whole_until_it_comes(
    make: Maker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> bool:
        raise ZeroDivisionError

    view, deep = make(Gates), measured.snapshot(measured.trace(layers=4, reverse=True))
    view.takes_turns = True
    with monkeypatch.context() as patched:
        patched.setattr(HeatGrid, "_place", fail)
        patched.setattr(HeatGrid, "make_for", fail)
        view.show_snapshot(deep)
        qtbot.waitUntil(lambda: page(view) is view._message)
        view.show_snapshot(deep)
        assert page(view) is view._message  # it does not flicker
    view.show_snapshot(deep)
    assert page(view) is view.body


def test_what_cannot_be_made_ahead_holds_nothing_up(
    make: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_view: LiveView) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(Gates, "make_ahead", fail)
    view = make(Gates)
    assert not view.make_more()
    assert "gates" in caplog.text
    fill(view)
    assert (page(view), view.make_more(), len(caplog.records)) == (view.body, False, 1)
