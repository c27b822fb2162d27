"""Every control of the window: named, reached by keyboard, found by its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAccessible, QAction, QStatusTipEvent, QTextDocumentFragment
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSlider,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.config import Experiment
from engine.events import Finding, RunFailed
from tests.workbench.bench import Bench
from workbench.bars.menus import Verb, entries
from workbench.bars.status import Stage, Status
from workbench.bars.statusbar import StatusBar
from workbench.dialogs.help import help_on
from workbench.dialogs.palette import _ASIDE, Palette
from workbench.forms.number_editors import NumberEditor
from workbench.panes.docks import holds
from workbench.plots.key.legend import Legend
from workbench.runs.pace import Pace
from workbench.runs.state import LOCKED, State
from workbench.widgets.number_label import NumberLabel

_CONTROLS = (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QAbstractItemView,
    QSlider,
    QTabBar,
    QScrollArea,
    Legend,
)


def _path(widget: QWidget) -> str:
    return " > ".join(p.objectName() or type(p).__name__ for p in _parents(widget))


def _ours(widget: QWidget) -> bool:
    """Controls that Qt makes inside of others are theirs to name."""
    inside = isinstance(widget.parentWidget(), QAbstractSpinBox | QTabBar | QAbstractItemView)
    popup = any(isinstance(parent, QComboBox) for parent in _parents(widget))
    return not inside and not popup and not widget.objectName().startswith("qt_")


def _parents(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def _nameless(parent: QWidget) -> str:
    return "\n".join(
        f"{type(widget).__name__} {widget.objectName()!r} {widget.accessibleName()!r} in {_path(widget)}"
        for kind in _CONTROLS
        for widget in parent.findChildren(kind)
        if _ours(widget) and not (widget.objectName() and widget.accessibleName() and _is_plain(widget))
    )


def _is_plain(widget: QWidget) -> bool:
    """Whether a screen reader, which says the tip of what is not described otherwise, reads no marks of HTML."""
    return "<" not in QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Description)


def test_every_control_has_a_name_for_tests_and_one_for_people(bench: Bench) -> None:
    for view in bench.window.gallery.views:
        bench.window.gallery.open(view.key)
        bench.until(bench.drawn)
    bench.train(20)
    assert _nameless(bench.window) == ""


def test_controls_of_dialogs_have_names_too(bench: Bench, tmp_path: Path) -> None:
    bench.train(10)
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    window = bench.window
    palette = window.menus.by_name["palette"].trigger
    for opened in (window.show_preferences, palette, window.ask_export, window.explain):
        opened()
        assert _nameless(window) == ""
    table = tmp_path / "table.csv"
    table.write_text("day,value\n" + "".join(f"2020-01-{day:02d},{day}\n" for day in range(1, 29)))
    openers = (
        window.racing.open,
        window.racing.open_sweep,
        window.find_rate,
        window.menus.by_name["about"].trigger,
        lambda: window.files.show_reading(table),
        lambda: window.runs.compare_asked.emit(window.runs.chosen),
    )
    before = len(window.findChildren(QDialog))
    for number, opened in enumerate(openers, 1):
        opened()
        assert len(window.findChildren(QDialog)) >= before + number
        assert _nameless(window) == ""
    for dialog in window.findChildren(QDialog):
        dialog.close()


def test_every_command_of_the_menus_is_in_the_palette_and_is_found_by_its_letters(bench: Bench) -> None:
    bench.window.menus.by_name["palette"].trigger()
    palette = bench.window.palette_dialog
    assert palette is not None
    names = palette.names
    assert {"Open", "Export weights", "Reset", "Set Hidden units (model)", "Explain what has focus"} <= set(names)
    assert {"Theme: Dark", "Size of text: 150 %", "Open sample: Sunspots"} <= set(names)
    assert ("Hide pane: Runs" in names, "Show pane: Runs" in names) == (True, False)
    palette._line.setText("hidun")
    assert palette.names[0] == "Set Hidden units (model)"
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    bench.until(lambda: bench.number("model.hidden_size").isVisible())


def test_a_setting_is_found_by_what_is_said_of_it_after_all_that_is_called_so(bench: Bench) -> None:
    bench.window.menus.by_name["palette"].trigger()
    palette = bench.window.palette_dialog
    assert palette is not None
    palette._line.setText("Truncated")
    assert palette.names == ["Set Update every (training)", "Set Back through (training)"]
    palette._line.setText("gates")
    assert palette.names[0] == "Gates"
    assert palette.names[-1].startswith("Set ")
    palette._line.setText("runcated")  # no word begins so
    assert palette.names == []


@pytest.mark.parametrize(("key", "titles"), [("gates", {"Gates"}), ("overview", {"Loss", "Prediction"})])
def test_what_can_be_done_with_the_views_in_front_is_in_the_palette(bench: Bench, key: str, titles: set[str]) -> None:
    bench.window.gallery.open(key)
    bench.window.menus.by_name["palette"].trigger()
    palette = bench.window.palette_dialog
    assert palette is not None
    palette._line.setText("save picture")
    assert {f"{title}: Save picture" for title in titles} <= set(palette.names)
    assert ("Gates: Save picture" in palette.names) is (key == "gates")


def test_names_in_menus_keep_their_ampersands(bench: Bench) -> None:
    menus, path = bench.window.menus, Path("/data/R&D.csv")
    menus.fill_recent([path], lambda _path: None)
    assert menus.recent.actions()[0].text() == str(path).replace("&", "&&")  # as a menu writes one
    menus.by_name["undo"].setText("&Undo")
    Verb(menus.by_name["undo"]).show_object("opening R&D.csv")
    told = [name for name, _action in entries(bench.window.menuBar())]
    assert {f"Open recent: {path}", "Undo opening R&D.csv"} <= set(told)


@pytest.mark.parametrize(
    ("optimizer", "shown"), [("adam", "training.weight_decay"), ("adamw", "training.decoupled_weight_decay")]
)
def test_no_two_commands_have_one_name_and_of_two_such_settings_that_with_an_effect_is_set(
    bench: Bench, optimizer: str, shown: str
) -> None:
    assert not bench.window.desk.change("training.optimizer", optimizer)
    bench.window.menus.by_name["palette"].trigger()
    palette = bench.window.palette_dialog
    assert palette is not None
    assert len(set(palette.names)) == len(palette.names)
    assert aside(palette, "Set Weight decay (training)") == ""
    QTest.keyClick(palette._line, Qt.Key.Key_Return)
    bench.until(lambda: bench.number(shown).isVisible())


def aside(palette: Palette, name: str) -> str:
    """What stands beside a command of that name."""
    palette._line.setText(name)
    item = palette._list.item(palette.names.index(name))
    assert item is not None
    return str(item.data(_ASIDE))


def test_a_setting_is_found_in_a_closed_pane_and_of_others_it_is_said_why_not(bench: Bench) -> None:
    window = bench.window
    window.docks.setup.close()

    def palette() -> Palette:
        window.menus.by_name["palette"].trigger()
        assert window.palette_dialog is not None
        return window.palette_dialog

    asked = palette()
    assert aside(asked, "Set Embedding (model)") == "of no effect here"
    QTest.keyClick(asked._line, Qt.Key.Key_Return)
    assert asked.isVisible()
    assert aside(asked, "Set Hidden units (model)") == ""
    QTest.keyClick(asked._line, Qt.Key.Key_Return)
    editor = bench.number("model.hidden_size")
    bench.until(lambda: window.focusWidget() is editor)
    assert editor.isVisible()
    bench.train(1)
    assert aside(palette(), "Set Hidden units (model)") == "locked during a run"
    assert aside(palette(), "Set Learning rate (training)") == ""


def test_tab_goes_through_the_window_in_the_order_of_work(bench: Bench) -> None:
    window = bench.window
    panes = [window.docks.setup.widget(), window.tabs, window.docks.findings.widget(), window.docks.runs.widget()]
    widget, met = window.run_bar.nextInFocusChain(), list[QWidget]()
    while widget is not None and widget is not window.run_bar:
        met += [pane for pane in panes if holds(pane, widget) and pane not in met]
        widget = widget.nextInFocusChain()
    assert met == panes


def test_f6_goes_from_pane_to_pane(bench: Bench) -> None:
    bench.window.activateWindow()
    seen = []
    for _ in range(4):
        bench.window.docks.next_pane()
        focused: QWidget | None = bench.window.focusWidget()
        panes = (bench.window.docks.setup, bench.window.tabs, bench.window.docks.findings, bench.window.docks.runs)
        seen += [pane.objectName() for pane in panes if focused is not None and pane.isAncestorOf(focused)]
    assert len(set(seen)) >= 3
    forward = bench.window.focusWidget()
    for name in ("next_pane", "previous_pane"):
        bench.window.menus.by_name[name].trigger()
    assert bench.window.focusWidget() is forward


def test_f6_goes_to_panes_in_windows_of_their_own_and_back(bench: Bench) -> None:
    docks = bench.window.docks
    bench.window.activateWindow()
    bench.window.menus.by_name["apart_findings"].trigger()
    panes = (docks.setup.widget(), bench.window.tabs, docks.findings.widget(), docks.runs.widget())
    bench.until(lambda: QApplication.activeWindow() is not None)
    met = []
    for _ in range(2 * len(panes)):
        before = QApplication.focusWidget()
        docks.next_pane()
        bench.until(lambda: QApplication.focusWidget() not in (None, before))  # noqa: B023 (asked at once)
        focused = QApplication.focusWidget()
        met += [at for at, pane in enumerate(panes) if focused is not None and holds(pane, focused)]
    assert met[: len(panes)] == met[len(panes) :]
    assert sorted(met[: len(panes)]) == [0, 1, 2, 3]


def test_panes_are_taken_out_and_put_back_without_a_mouse(bench: Bench) -> None:
    docks, commands = bench.window.docks, bench.window.menus.by_name
    for dock in docks.all:
        action = commands[dock.objectName().replace("dock", "apart")]
        for apart in (True, False):
            action.trigger()
            assert (dock.isFloating(), dock.isVisible(), action.isChecked()) == (apart, True, apart)
    commands["apart_runs"].trigger()
    docks.reset()
    assert not docks.runs.isFloating()
    assert not commands["apart_runs"].isChecked()


def test_object_names_are_unique_where_they_are_stored(bench: Bench) -> None:
    names = [editor.objectName() for editor in bench.window.findChildren(NumberEditor)]
    assert len(names) == len(set(names))


def test_no_shortcut_is_taken_twice(bench: Bench) -> None:
    shortcuts = [action.shortcut().toString() for action in bench.window.findChildren(QAction)]
    shortcuts = [text for text in shortcuts if text]
    assert len(shortcuts) == len(set(shortcuts))
    assert {"F5", "F10", "Shift+F5", "Ctrl+O", "Ctrl+E", "F1", "Ctrl+1", "Ctrl+2"} <= set(shortcuts)


def test_ctrl_z_in_a_number_takes_back_what_was_typed_and_then_settings(bench: Bench) -> None:
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    draft = bench.window.desk.draft
    bench.window.steps.panel.open(2)
    editor = bench.number("model.hidden_size")
    before = draft.experiment.model.hidden_size
    bench.window.activateWindow()
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, "24")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert draft.experiment.model.hidden_size == 24
    editor.selectAll()
    QTest.keyClicks(editor, "7")
    QTest.keyClick(editor, Qt.Key.Key_Z, control)  # letters that nobody has confirmed
    assert (editor.text(), draft.experiment.model.hidden_size) == ("24", 24)
    QTest.keyClick(editor, Qt.Key.Key_Z, control)
    assert draft.experiment.model.hidden_size == before
    QTest.keyClick(editor, Qt.Key.Key_Z, control | shift)
    assert draft.experiment.model.hidden_size == 24


def test_help_on_a_view_is_what_it_answers_whatever_is_read_out(bench: Bench) -> None:
    view = bench.window.gallery.views[0]
    view.read_out("step 7 · 0.5")
    title, text = help_on(view)
    assert title == view.title
    assert text.startswith(view.question)
    assert "step 7" not in text


def test_a_picture_that_was_held_is_let_go_of_when_a_run_begins(bench: Bench) -> None:
    bench.train(1)
    bench.command("stop")
    bench.until(lambda: not bench.window.desk.session.alive)
    view = bench.window.gallery.views[0]
    view.hold(True)
    bench.command("run")
    bench.until(lambda: len(bench.backend.runs) == 2)
    assert not view.menu.hold.isChecked()
    assert not view._held


def test_help_explains_what_has_focus(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.window.steps.panel.open(2)
    editor = bench.number("model.hidden_size")
    bench.window.steps.panel._on_focus(None, editor)
    assert "Numbers the network remembers" in bench.window.steps.panel._help.text()
    for widget, words in (
        (editor, "Numbers the network remembers"),
        (bench.window.gallery.views[0], "Does the network learn"),
        (bench.window.findChild(QToolButton, "stopButton"), "No run is under way"),
        (None, "Left to right is the order of work"),
    ):
        assert words in help_on(widget)[1]
    assert help_on(editor)[0] == "Hidden units"
    assert "Hidden units" not in help_on(editor)[1]


def test_toolbar_buttons_tell_why_they_are_off(bench: Bench) -> None:
    button = bench.window.findChild(QToolButton, "stopButton")
    assert button is not None
    assert not button.isEnabled()
    assert "No run" in bench.window.run_bar.commands["stop"].toolTip()


def test_of_a_run_that_is_ending_nobody_hears_how_long_all_of_it_would_take(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pace, "remaining", lambda *_: 70.0)
    bench.train(3)
    session, left = bench.window.desk.session, bench.window.findChild(NumberLabel, "run_left")
    assert left is not None
    bench.until(lambda: left.text() == "ETA 1:10")
    heard: list[tuple[State, str]] = []
    session.status_changed.connect(lambda: heard.append((session.state, left.text())))
    bench.command("stop")
    bench.until(lambda: not session.alive)
    assert (State.ENDING, "") in heard


def test_a_number_asks_for_a_layout_only_where_it_grows(bench: Bench) -> None:
    class Requests(QObject):
        seen = 0

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            self.seen += event.type() == QEvent.Type.LayoutRequest
            return False

    bench.window.resize(1440, 900)
    bar, requests = bench.window.run_bar, Requests()
    bench.train(10)
    epoch, step = (bench.window.findChild(NumberLabel, name) for name in ("run_epoch", "run_step"))
    assert epoch is not None
    assert step is not None
    bench.until(lambda: step.text() == "step 10")  # what came of itself is shown, and nothing more comes
    bar.show_progress(1_000, 5_000, 2, 10, 900.0, 70.0)
    QCoreApplication.processEvents()
    bar.installEventFilter(requests)
    bar.show_progress(2_000, 5_000, 4, 10, 950.0, 60.0)
    QCoreApplication.processEvents()
    assert requests.seen == 0
    bar.show_progress(1_000_000_000_000, 5_000_000_000_000, 2_000_000_000, 10_000_000_000, 950.0, 60.0)
    QCoreApplication.processEvents()
    assert requests.seen
    assert epoch.width() >= epoch.sizeHint().width()


def test_a_bar_is_as_high_as_its_numbers_in_text_of_any_size(qtbot: QtBot) -> None:
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.show_pace(1200.0)
    bar.show()
    numbers, heights = bar.findChildren(NumberLabel), list[int]()
    for size in (12, 40, 12):
        for widget in (bar, *numbers):
            font = widget.font()
            font.setPixelSize(size)
            widget.setFont(font)
        QCoreApplication.processEvents()
        heights.append(bar.sizeHint().height())
    assert heights[0] == heights[2] < heights[1]


def test_the_foot_is_as_high_whatever_is_hidden_in_it(bench: Bench) -> None:
    foot, reading = bench.window.foot, bench.window.reading
    high = foot.sizeHint().height()
    reading.button.setFixedHeight(4 * high)  # its text has another size yet
    bench.until(lambda: reading.sizeHint().height() > high)
    foot.show_pace(1200.0)
    QCoreApplication.processEvents()
    assert foot.sizeHint().height() == high


def test_a_sentence_that_has_no_room_in_the_foot_ends_in_dots_and_is_whole_in_its_tip(qtbot: QtBot) -> None:
    foot = StatusBar()
    qtbot.addWidget(foot)
    foot.show_data("Alice's Adventures in Wonderland")
    foot.resize(480, foot.sizeHint().height())
    foot.show()
    said = "Something went wrong inside, and the log has the details of it."
    foot.tell(said)
    assert foot.currentMessage().endswith("…")
    assert foot.toolTip() == said
    narrow, left = foot.currentMessage(), foot._clock.remainingTime()
    foot.resize(1200, foot.height())
    assert (foot.currentMessage(), foot.toolTip()) == (said, said)
    foot.resize(480, foot.height())
    assert foot.currentMessage() == narrow
    assert foot._clock.remainingTime() <= left
    foot.unsay(said)
    assert (foot.currentMessage(), foot.toolTip()) == ("", "")
    foot.tell("Set.")
    assert foot.currentMessage() == "Set."
    foot.showMessage("Begin a run")  # as Qt does of a button under the mouse
    foot.resize(500, foot.height())
    assert (foot.currentMessage(), foot.toolTip(), foot._clock.isActive()) == ("Begin a run", "", False)


def test_that_a_run_is_under_way_is_said_no_longer_than_it_is_true(bench: Bench) -> None:
    bench.train(1)
    bench.window.desk.undo()
    assert bench.window.foot.currentMessage() == LOCKED
    bench.command("stop")
    bench.until(lambda: not bench.window.desk.session.alive)
    bench.until(lambda: bench.window.foot.currentMessage() == "")


def test_what_is_said_of_the_button_under_the_mouse_goes_as_something_happens(bench: Bench) -> None:
    window, tip = bench.window, bench.window.run_bar.commands["reset"].statusTip()

    def drops(happen: Callable[[], object], until: Callable[[], bool]) -> bool:
        QApplication.sendEvent(window, QStatusTipEvent(tip))
        assert window.foot.currentMessage() == tip
        happen()
        bench.until(until)
        return window.foot.currentMessage() == ""

    assert drops(lambda: bench.train(1), lambda: True)
    assert drops(lambda: bench.command("reset"), lambda: bench.session_state is State.READY)
    assert drops(lambda: window.files.open("known"), lambda: window.desk.draft.ready)
    window.foot.tell("Nothing was written.")
    window.files.open("known")
    assert window.foot.currentMessage() == "Nothing was written."


@pytest.mark.parametrize(
    "over",
    [
        lambda bench: bench.window.desk.undo(),
        lambda bench: bench.window.files.open("known"),
        lambda bench: bench.train(1),
    ],
)  # fmt: skip
def test_what_a_cure_has_set_is_said_until_that_is_over(bench: Bench, over: Callable[[Bench], object]) -> None:
    window, foot = bench.window, bench.window.foot
    changes = (("model.cell", "gru"), ("training.clip_norm", "1"))
    window.findings.fix_asked.emit(Finding("known", "warning", "It is made so.", "", "", changes))
    assert foot.currentMessage() == "Cell set to GRU, clip gradient norm set to 1. Run again to see what it does."
    bench.until(lambda: window.desk.draft.ready)
    over(bench)
    bench.until(lambda: foot.currentMessage() == "")


@pytest.mark.parametrize(
    ("opened", "begins"), [("", "settings"), ("gone/a.csv", "settings"), ("sales.csv", "sales.csv")]
)
def test_how_a_file_is_read_is_asked_of_the_one_that_is_open(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opened: str, begins: str
) -> None:
    (tmp_path / "sales.csv").touch()
    offered: list[str] = []

    def ask(_window: QWidget, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        offered.append(start)
        return "", ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", ask)
    file = str(tmp_path / opened) if opened else ""
    bench.window.desk.draft.experiment = bench.window.desk.draft.experiment.replace({"data.file": file})
    bench.window.files.ask_reading()
    assert offered == [str(bench.window.settings.folder if begins == "settings" else tmp_path / begins)]


def test_names_in_angle_brackets_are_shown_as_they_are(bench: Bench) -> None:
    def plain(words: str) -> str:
        return QTextDocumentFragment.fromHtml(words).toPlainText()

    experiment = Experiment().replace({"data.targets": ("price<b>",)})
    for choice in bench.window.steps.task._choices:
        choice.show_experiment(experiment, "")
    assert any("price<b>" in plain(choice._text.text()) for choice in bench.window.steps.task._choices)
    bench.window.run_bar.show_status(Status(Stage.FAILED, "failed: price<b>", "a<i>c"))
    assert plain(bench.window.run_bar._status.toolTip()) == "failed: price<b>\na<i>c"
    bench.train(1)
    record = bench.window.desk.session.record
    assert record is not None
    record.outcome = RunFailed("No number", "price<b> is none", "", 1)
    bench.window.runs._show_details()
    assert "price<b> is none" in plain(bench.window.runs._about.details._text.text())
