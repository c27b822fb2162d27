"""Dialogs worked by keyboard alone: from opening to the end, and never the wrong button."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from engine.resuming import WayOn
from tests.workbench.bench import Bench
from tests.workbench.conftest import Listener
from workbench.dialogs.frame import Dialog
from workbench.dialogs.recovery import offer_to_go_on, show_crash, show_instead
from workbench.dialogs.weights import WeightsDialog
from workbench.panels.labels import column
from workbench.runs.state import State

_KEY, _NONE, _CONTROL = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
_NAME = QAccessible.Text.Name
_MOST_STOPS = 60


def press(*keys: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
    for key in keys:
        to = QApplication.activePopupWidget() or QApplication.focusWidget() or QApplication.activeWindow()
        assert to is not None
        QTest.keyClick(to, key, modifiers)
        QApplication.processEvents()


def at() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


def tab_to(name: str) -> None:
    met = [at().objectName()]
    while met[-1] != name:
        press(_KEY.Key_Tab)
        met.append(at().objectName())
        assert len(met) < _MOST_STOPS, f"Tab does not come to {name}: {met}"


@pytest.fixture
def ran(bench: Bench) -> Bench:
    """A window whose list has two runs with weights, of which the second is chosen, and which has the keys."""
    for _ in range(2):
        bench.backend.runs.clear()
        bench.train(10)
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
    bench.window.activateWindow()
    bench.until(lambda: QApplication.activeWindow() is bench.window)
    return bench


def opened(bench: Bench, name: str) -> QDialog:
    found = [dialog for dialog in bench.window.findChildren(QDialog, name) if dialog.isVisible()]
    assert len(found) == 1
    bench.until(lambda: QApplication.activeWindow() is found[0])
    return found[0]


def test_weights_are_exported(ran: Bench, tmp_path: Path) -> None:
    ran.window.runs._list.setFocus()
    press(_KEY.Key_E, modifiers=_CONTROL)
    opened(ran, "export_dialog")
    dialog = ran.window.files.export_dialog
    assert dialog is not None
    ran.until(lambda: bool(dialog._forms))
    assert at().objectName() == "export_forms"
    press(_KEY.Key_Down)
    assert dialog._write.isDefault()
    target = tmp_path / "mine.py"
    tab_to("export_path")
    QTest.keyClick(at(), _KEY.Key_A, _CONTROL)
    QTest.keyClicks(at(), str(target))
    press(_KEY.Key_Return)
    ran.until(lambda: "says the same" in dialog._done.text())
    assert target.read_bytes() == b"script"
    tab_to("export_close")
    press(_KEY.Key_Return)
    assert not dialog.isVisible()


def test_runs_are_compared(ran: Bench) -> None:
    runs = ran.window.runs
    runs._list.setFocus()
    press(_KEY.Key_Home)
    press(_KEY.Key_Down, modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert len(runs.chosen) == 2
    tab_to("run_more")

    def choose() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        while menu.activeAction() is not runs.menu.by_name["compare"]:
            press(_KEY.Key_Down)
        press(_KEY.Key_Return)

    QTimer.singleShot(0, choose)  # the button waits for its menu
    press(_KEY.Key_Space)
    dialog = opened(ran, "compare_dialog")
    assert at().objectName() == "compare_table"
    tab_to("compare_all")
    press(_KEY.Key_Space)
    assert ran.window.shelf.compare_dialog is dialog
    assert ran.window.shelf.compare_dialog.table.rowCount() > 30
    tab_to("compare_close")
    press(_KEY.Key_Return)
    ran.until(lambda: not ran.window.findChildren(QDialog, "compare_dialog"))


def test_what_is_done_with_runs_is_found_by_name(ran: Bench) -> None:
    press(_KEY.Key_P, modifiers=_CONTROL | Qt.KeyboardModifier.ShiftModifier)
    palette = ran.window.palette_dialog
    assert palette is not None
    assert {"Chosen run: Compare settings", "Chosen run: Delete", "Chosen run: Sort by: Best"} <= set(palette.names)
    QTest.keyClicks(palette._line, "compare set")
    QTest.keyClick(palette._line, _KEY.Key_Return)
    opened(ran, "compare_dialog")


def test_what_the_palette_would_do_is_said(ran: Bench, listener: Listener) -> None:
    press(_KEY.Key_P, modifiers=_CONTROL | Qt.KeyboardModifier.ShiftModifier)
    palette = ran.window.palette_dialog
    assert palette is not None
    QTest.keyClicks(palette._line, "theme")
    assert listener.heard[-1] == palette.names[0]
    QTest.keyClick(palette._line, _KEY.Key_Down)
    assert listener.heard[-1] == palette.names[1]
    QTest.keyClicks(palette._line, "zzz")
    assert listener.heard[-1] == "No command and no setting is called so."
    palette.close()


def ask_use(bench: Bench) -> None:
    """A model can be asked as soon as it is known what it takes."""
    bench.window.ask_use()
    bench.until(lambda: at().objectName() == "use_prompt")


def ask_to_go_on(bench: Bench) -> None:
    """A run that stopped in the middle."""
    record = bench.window.runs.current
    assert record is not None
    bench.window.shelf._show_way(record, WayOn(step=10), {})


def ask_whether_to_go_on(bench: Bench, answers: list[str]) -> None:
    """A run that broke off, at the start."""
    record = bench.window.runs.current
    assert record is not None
    offer_to_go_on(record, lambda: answers.append("yes"), lambda: answers.append("no"), bench.window)


def ask_how_to_read(bench: Bench) -> None:
    """Until a file has been looked into, there is no table whose columns get roles."""
    path = bench.folder / "walked.csv"
    path.write_text("day;amount\n2020-01-01;1\n2020-01-02;2\n2020-01-03;3\n")
    bench.window.files.show_reading(path)
    dialog = bench.window.files.import_dialog
    assert dialog is not None
    bench.until(dialog.open_button.isEnabled)


def ask_for_a_rate(bench: Bench) -> None:
    """Until all are tried, there is none to take."""
    bench.window.find_rate()
    finder = bench.window.rate_finder
    assert finder is not None
    bench.until(finder.take.isEnabled)


def ask_export(bench: Bench) -> None:
    """Until there are forms to choose from, nothing can be exported."""
    bench.window.ask_export()
    dialog = bench.window.files.export_dialog
    assert dialog is not None
    bench.until(lambda: bool(dialog._forms))


_OPENERS: dict[str, Callable[[Bench], object]] = {
    "preferences_dialog": lambda bench: bench.window.show_preferences(),
    "export_dialog": lambda bench: ask_export(bench),
    "use_dialog": lambda bench: ask_use(bench),
    "race_dialog": lambda bench: bench.window.racing.open(),
    "sweep_dialog": lambda bench: bench.window.racing.open_sweep(),
    "rate_finder": lambda bench: ask_for_a_rate(bench),
    "about_dialog": lambda bench: bench.window.menus.by_name["about"].trigger(),
    "compare_dialog": lambda bench: bench.window.runs.compare_asked.emit(bench.window.runs.chosen),
    "import_dialog": lambda bench: ask_how_to_read(bench),
    "go_on_dialog": lambda bench: ask_to_go_on(bench),
    "weights_dialog": lambda bench: WeightsDialog(bench.window).show_way("Not read", ("import torch", "x = 1")),
    "go_on_question": lambda bench: ask_whether_to_go_on(bench, []),
    "crash_report": lambda bench: show_crash(Path(__file__), lambda: None, bench.window),
    "places_instead": lambda bench: show_instead("Nothing can be written.", bench.window),
}


def told(choice: QComboBox) -> bool:
    """Whether a screen reader is told what is chosen: Qt takes a list's choice for its name on Linux."""
    known = QAccessible.queryAccessibleInterface(choice)
    labels = [other.text(_NAME) for other, kind in known.relations() if kind == QAccessible.RelationFlag.Label]
    return bool("".join(labels) or known.text(QAccessible.Text.Description))


@pytest.mark.parametrize("name", _OPENERS)
def test_tab_comes_to_every_control_and_escape_closes(ran: Bench, name: str) -> None:
    _OPENERS[name](ran)
    dialog = opened(ran, name)
    first, met = at(), list[QWidget]()
    while not met or at() is not first:
        met.append(at())
        press(_KEY.Key_Tab)
        assert len(met) < _MOST_STOPS
    stops = [part for part in dialog.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
    here = [part for part in stops if part.window() is dialog and part.focusProxy() is None]
    assert {part for part in here if part.isVisible() and part.isEnabled()} == set(met)
    assert not any(part.visibleRegion().isEmpty() for part in met)
    assert [part for part in met if not (part.objectName() and part.accessibleName())] == []
    assert [part.objectName() for part in met if isinstance(part, QComboBox) and not told(part)] == []
    press(_KEY.Key_Escape)
    ran.until(lambda: not isValid(dialog) or not dialog.isVisible())


def test_a_run_goes_on_for_more_epochs(ran: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, object]] = []
    monkeypatch.setattr(ran.window.desk, "go_on", lambda _record, changes, **_: asked.append(changes))
    ask_to_go_on(ran)
    dialog = opened(ran, "go_on_dialog")
    assert at().objectName() == "go_on_epochs"
    QTest.keyClick(at(), _KEY.Key_A, _CONTROL)
    QTest.keyClicks(at(), "0")
    press(_KEY.Key_Return)
    assert dialog.isVisible()  # there is no such number, and that is said
    assert not asked
    QTest.keyClick(at(), _KEY.Key_A, _CONTROL)
    QTest.keyClicks(at(), "70")
    press(_KEY.Key_Return)
    assert asked == [{"training.epochs": 70}]


@pytest.mark.parametrize(
    ("keys", "answers"),
    [((_KEY.Key_Return,), ["yes"]), ((_KEY.Key_Escape,), ["no"]), ((_KEY.Key_Tab, _KEY.Key_Space), ["no"])],
)
def test_whether_a_broken_off_run_goes_on_is_answered(ran: Bench, keys: tuple[Qt.Key, ...], answers: list[str]) -> None:
    answered: list[str] = []
    ask_whether_to_go_on(ran, answered)
    opened(ran, "go_on_question")
    press(*keys)
    assert answered == answers


def test_the_report_of_a_crash_is_read_and_its_folder_opened(ran: Bench, tmp_path: Path) -> None:
    report, asked = tmp_path / "crash.log", list[str]()
    report.write_text("Fatal Python error")
    show_crash(report, lambda: asked.append("folder"), ran.window)
    opened(ran, "crash_report")
    assert at().objectName() == "crash_report_close"
    tab_to("crash_report_fold")
    press(_KEY.Key_Space)
    tab_to("crash_report_details")
    details = at()
    assert isinstance(details, QTextEdit)
    assert details.toPlainText() == "Fatal Python error"
    tab_to("crash_report_open_log_folder")
    press(_KEY.Key_Return)
    assert asked == ["folder"]


def test_weights_are_imported(ran: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"PK")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(_KEY.Key_P, modifiers=_CONTROL | Qt.KeyboardModifier.ShiftModifier)
    palette = ran.window.palette_dialog
    assert palette is not None
    QTest.keyClicks(palette._line, "import wei")
    QTest.keyClick(palette._line, _KEY.Key_Return)
    ran.until(lambda: bool(ran.window.findChildren(QDialog, "weights_dialog")))
    weights = ran.window.files.weights_dialog
    assert weights is not None
    ran.until(weights.isVisible)
    opened(ran, "weights_dialog")
    lines = at()
    assert isinstance(lines, QPlainTextEdit)
    QTest.keyClick(lines, _KEY.Key_A, _CONTROL)
    QTest.keyClick(lines, _KEY.Key_C, _CONTROL)
    assert QApplication.clipboard().text().startswith("import torch")
    press(_KEY.Key_Return)
    assert not weights.isVisible()


@pytest.mark.parametrize("main", [True, False])
def test_return_presses_the_button_that_has_the_keys(qtbot: QtBot, main: bool) -> None:
    """Also where another is the one that the dialog is for."""
    dialog, pressed = Dialog(), list[str]()
    qtbot.addWidget(dialog)
    layout = column(dialog)
    for name in ("first", "second"):
        button = QPushButton(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False, name=name: pressed.append(name))
        layout.addWidget(button)
        button.setDefault(main and name == "first")
    dialog.show()
    dialog.findChildren(QPushButton)[1].setFocus()
    QTest.keyClick(dialog.focusWidget(), _KEY.Key_Return)
    assert pressed == ["second"]
