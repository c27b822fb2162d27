"""Lessons in the window: the first start greets, a step sets up what it says and runs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QTabBar, QWidget
from pytestqt.qtbot import QtBot

from engine.events import Finding, RunFailed, RunStarted
from engine.lessons import Lesson, LessonStep
from tests.workbench.conftest import SERIES, KnownBackend, KnownRun
from workbench import unseen
from workbench.runs.state import State
from workbench.settings import Places, Settings
from workbench.window import Window

_STEPS = (
    LessonStep("Look.", "Nothing moves.", None, "overview", False),
    LessonStep("Run.", "It falls.", SERIES.replace({"model.cell": "gru"}), "loss", True),
)


@pytest.fixture
def window(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Window]:
    with started(qtbot, backend, tmp_path) as window:
        yield window


@contextmanager
def started(qtbot: QtBot, backend: KnownBackend, tmp_path: Path) -> Iterator[Window]:
    backend.lessons = (Lesson("first", "First", "What?", _STEPS), Lesson("second", "Second", "Why?", _STEPS))
    window = Window(backend, Settings(tmp_path), Places(tmp_path, tmp_path / "runs", tmp_path))
    window.ask_to_close = lambda: True  # type: ignore[method-assign]
    window.show()
    window.start("known")
    qtbot.waitUntil(lambda: window.desk.draft.facts is not None and window.desk.draft.ready, timeout=20_000)
    yield window
    window.close()
    assert window.desk.close(10)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_the_first_start_greets_and_later_ones_do_not(window: Window, tmp_path: Path) -> None:
    assert window.docks.lesson.isVisible()
    assert window.teaching.panel._title.text() == "First"
    assert Settings(tmp_path).greeted
    window.teaching.panel._close.click()
    assert not window.docks.lesson.isVisible()
    window.menus.by_name["lesson_second"].trigger()
    assert window.docks.lesson.isVisible()
    assert window.teaching.panel._title.text() == "Second"


@pytest.mark.parametrize("height", [420, 900])
def test_a_lesson_that_was_left_open_leaves_no_empty_panel(
    qtbot: QtBot, backend: KnownBackend, tmp_path: Path, height: int
) -> None:
    with started(qtbot, backend, tmp_path) as window:
        window.resize(1280, height)
        window.docks.show_lesson()
        assert window.docks.lesson.isVisible()
    with started(qtbot, backend, tmp_path) as window:
        assert not window.docks.lesson.isVisible()
        assert window.docks.findings.isVisible()
        window.menus.by_name["lesson_second"].trigger()
        qtbot.waitUntil(lambda: not window.docks.lesson.visibleRegion().isEmpty())


def test_a_step_sets_up_shows_its_view_runs_and_can_be_taken_back(
    window: Window, qtbot: QtBot, backend: KnownBackend
) -> None:
    panel = window.teaching.panel
    assert not panel._set.isVisible()
    assert not panel._back.isEnabled()
    panel._next.click()
    assert not panel._next.isEnabled()
    panel._set.click()
    assert window.desk.draft.experiment.model.cell == "gru"
    qtbot.waitUntil(lambda: window.desk.session.state is State.TRAINING, timeout=20_000)
    assert window.tabs.tabText(window.tabs.currentIndex()) == "Loss"
    assert not panel._set.isEnabled()
    window.desk.session.stop()
    qtbot.waitUntil(lambda: window.desk.session.state is State.FINISHED, timeout=20_000)
    window.desk.undo()
    assert window.desk.draft.experiment.model.cell == "lstm"


@pytest.mark.parametrize(("opened", "told"), [("known", False), ("own_sales.csv", True)])
def test_a_step_says_that_other_data_is_open_than_it_speaks_of(window: Window, opened: str, told: bool) -> None:
    draft, panel = window.desk.draft, window.teaching.panel
    assert not panel._other.isVisible()
    panel._next.click()
    draft.experiment = SERIES.replace({"data.sample": "known"} if opened == "known" else {"data.file": opened})
    draft.changed.emit()
    assert panel._other.isVisible() is told
    assert "about the sample “Known”, but" in panel._other.text()
    panel.lock("A run is under way.")
    assert "once the run has ended" in panel._other.text()  # the button is locked until then
    panel.lock("")
    assert "ended" not in panel._other.text()
    panel._back.click()
    assert not panel._other.isVisible()  # that step needs no data


def test_a_low_window_shows_the_lesson_before_the_findings(window: Window, qtbot: QtBot) -> None:
    """Three docks above each other would leave a line of text for each."""
    docks, text = window.docks, window.teaching.panel
    window.resize(1280, 720)
    docks.show_lesson()
    qtbot.waitUntil(lambda: docks.findings in window.tabifiedDockWidgets(docks.lesson))
    window.appearance.choose_scale(150)
    qtbot.waitUntil(lambda: text.viewport().height() > 8 * text.fontMetrics().lineSpacing())
    qtbot.waitUntil(lambda: not docks.lesson.visibleRegion().isEmpty())
    window.appearance.choose_scale(100)
    window.resize(1440, 1000)
    docks.show_lesson()
    qtbot.waitUntil(lambda: not window.tabifiedDockWidgets(docks.lesson))
    qtbot.waitUntil(lambda: docks.lesson.y() < docks.findings.y() < docks.runs.y())
    three = (docks.lesson, docks.findings, docks.runs)
    qtbot.waitUntil(lambda: not any(dock.visibleRegion().isEmpty() for dock in three))


def test_a_larger_text_makes_room_for_the_lesson_that_is_open(window: Window, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    window.docks.show_lesson()
    assert not window.tabifiedDockWidgets(window.docks.lesson)
    window.appearance.choose_scale(150)
    qtbot.waitUntil(lambda: window.docks.findings in window.tabifiedDockWidgets(window.docks.lesson))


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("lesson", [False, True])
def test_a_failure_is_seen_without_pressing_anything(
    window: Window, qtbot: QtBot, backend: KnownBackend, lesson: bool, closed: bool
) -> None:
    """In a low window the findings lie behind the lesson, and they may have been closed."""
    docks = window.docks
    window.resize(1280, 720)
    docks.show_lesson() if lesson else docks.lesson.hide()
    if lesson:
        qtbot.waitUntil(lambda: docks.findings.visibleRegion().isEmpty())
    if closed:
        docks.findings.close()
    backend.make = lambda *_: [
        RunStarted(100, 10, 10, "RMSE", (), ""),
        *(Finding(f"note-{number}", "note", "A remark", "It is one.") for number in range(9)),
        RunFailed("The loss is not finite", "It began in the first gate.", "Take a smaller rate.", 3),
    ]
    window.desk.run()
    card = "finding_run-failed"
    qtbot.waitUntil(lambda: not region(window, card).isEmpty(), timeout=20_000)
    backend.make = KnownRun
    window.desk.run()
    qtbot.waitUntil(lambda: docks.findings.visibleRegion().isEmpty() is lesson)  # which is in front again


def test_a_failure_stays_in_sight_where_a_larger_text_leaves_less_room(
    window: Window, qtbot: QtBot, backend: KnownBackend
) -> None:
    docks, card = window.docks, "finding_run-failed"
    window.resize(1440, 900)
    docks.show_lesson()
    backend.make = lambda *_: [
        RunStarted(100, 10, 10, "RMSE", (), ""),
        RunFailed("The loss is not finite", "It began in the first gate.", "Take a smaller rate.", 3),
    ]
    window.desk.run()
    qtbot.waitUntil(lambda: not region(window, card).isEmpty(), timeout=20_000)
    window.appearance.choose_scale(150)
    qtbot.waitUntil(lambda: docks.findings in window.tabifiedDockWidgets(docks.lesson))
    qtbot.waitUntil(lambda: docks.lesson.visibleRegion().isEmpty() and not region(window, card).isEmpty())


def test_the_tab_of_findings_behind_the_lesson_tells_of_new_ones(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a number, which screen readers say, until the pane is in front or a run begins; nothing is laid out anew."""
    heard: list[str] = []
    monkeypatch.setattr(unseen, "announce", lambda _widget, text: heard.append(text))
    docks, found = window.docks, window.desk.session.found
    panes = (docks.lesson, docks.runs, window.centralWidget())
    window.resize(1280, 720)
    docks.show_lesson()
    qtbot.waitUntil(lambda: docks.findings.visibleRegion().isEmpty() and not docks.lesson.visibleRegion().isEmpty())
    before = [pane.geometry() for pane in panes]
    for key, level in (("flat", "note"), ("slow", "warning"), ("slow", "warning"), ("flat", "note")):
        found.emit(Finding(key, level, f"It is {key}", "Because.", ""))
    (bar,) = (bar for bar in window.findChildren(QTabBar) if bar.accessibleName() == "Panes behind each other")
    assert "Findings (2 new)" in [bar.tabText(at) for at in range(bar.count())]
    assert heard == ["New in Findings: It is flat", "New in Findings: It is slow"]
    QCoreApplication.processEvents()
    assert [pane.geometry() for pane in panes] == before
    assert docks.findings.toggleViewAction().text() == "Findings"
    docks.findings.raise_()
    qtbot.waitUntil(lambda: docks.findings.windowTitle() == "Findings")
    found.emit(Finding("late", "note", "It is seen", "Because.", ""))
    assert docks.findings.windowTitle() == "Findings"
    docks.lesson.raise_()
    qtbot.waitUntil(lambda: docks.findings.visibleRegion().isEmpty())
    found.emit(Finding("flat", "problem", "It is worse", "Because.", ""))
    assert docks.findings.windowTitle() == "Findings (1 new)"
    window.findings.clear()
    assert docks.findings.windowTitle() == "Findings"


def region(window: Window, name: str) -> QRegion:
    """What is to be seen of a part of the window."""
    found = window.findChild(QWidget, name)
    return found.visibleRegion() if found else QRegion()
