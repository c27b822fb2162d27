"""The window worked by keyboard alone: keys go to what has the focus, as a person's do."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QWidget

from engine.events import Finding
from engine.resuming import WayOn
from tests.workbench.bench import Bench
from tests.workbench.conftest import SERIES, KnownRun
from tests.workbench.views import measured
from workbench.doors.answers import Loaded
from workbench.runs.film import Film
from workbench.runs.state import State
from workbench.views.activation import Activation
from workbench.views.live_view import LiveView
from workbench.views.loss import Loss

_KEY, _SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
_NONE = Qt.KeyboardModifier.NoModifier
_MOST_STOPS = 120


class Keys:
    """Presses keys in a window of the smallest size that is promised, and never touches the mouse."""

    def __init__(self, bench: Bench) -> None:
        self._window = bench.window
        self._window.resize(1280, 720)
        self._window.activateWindow()

    @property
    def focus(self) -> QWidget:
        assert QApplication.activeWindow() is not None, "something took the keys from the window"
        found = [each for each in (QApplication.focusWidget(), self._window.focusWidget()) if each is not None]
        return found[0] if found else self._window

    @property
    def at(self) -> str:
        return self.focus.objectName()

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = _NONE) -> None:
        for key in keys:
            QTest.keyClick(QApplication.activePopupWidget() or self.focus, key, modifiers)
            QApplication.processEvents()

    def tab_to(self, name: str, *, back: bool = False) -> None:
        met = [self.at]
        while met[-1] != name:
            self.press(_KEY.Key_Backtab if back else _KEY.Key_Tab, modifiers=_SHIFT if back else _NONE)
            met.append(self.at)
            assert len(met) < _MOST_STOPS, f"Tab does not come to {name}: {met}"

    def stops(self) -> Iterator[QWidget]:
        """All that Tab stops at, once round."""
        first: QWidget | None = None
        for _ in range(_MOST_STOPS):
            self.press(_KEY.Key_Tab)
            stop = self.focus
            if stop is first:
                return
            first = first or stop
            yield stop
        raise AssertionError(f"Tab does not come round; it is at {self.at}")


@pytest.fixture
def keys(bench: Bench) -> Keys:
    return Keys(bench)


def picture(window: QWidget, around: QRect) -> QImage:
    QApplication.processEvents()
    return window.grab(around).toImage()


def around(window: QWidget, part: QWidget) -> QRect:
    return part.rect().translated(part.mapTo(window, QPoint())).adjusted(-4, -4, 4, 4).intersected(window.rect())


@pytest.mark.parametrize("step", [0, 3])
def test_wherever_tab_stops_it_can_be_seen_and_it_comes_round(bench: Bench, keys: Keys, step: int) -> None:
    window = bench.window
    window.steps.panel.open(step)
    for page in window.steps.panel._pages:
        page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())  # where it was left
    before: tuple[QWidget, QRect, QImage] | None = None
    seen = 0
    for stop in keys.stops():
        assert not stop.visibleRegion().isEmpty(), f"{stop.objectName()} has the keys out of sight"
        if before and before[0].isVisible() and around(window, before[0]) == before[1]:  # nothing was scrolled
            assert picture(window, before[1]) != before[2], f"{before[0].objectName()} does not show that it has keys"
        before = stop, around(window, stop), picture(window, around(window, stop))
        seen += 1
    assert seen > 15


def test_from_the_first_start_to_a_sample_another_cell_and_a_run(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = bench.window
    opened, open_known = list[object](), bench.backend.data.open

    def note(source: Path | str, changes: object = None) -> Loaded:
        opened.append(source)
        return open_known("known")

    monkeypatch.setattr(bench.backend.data, "open", note)
    keys.tab_to("samples_button")
    keys.press(_KEY.Key_Space, _KEY.Key_Down, _KEY.Key_Down, _KEY.Key_Return)
    bench.until(lambda: len(opened) == 1 and window.desk.draft.ready)
    keys.tab_to("step_model")
    keys.press(_KEY.Key_Space)
    keys.tab_to("model.cell")
    cell = window.desk.draft.experiment.model.cell
    keys.press(_KEY.Key_Down)
    assert window.desk.draft.experiment.model.cell != cell
    keys.press(_KEY.Key_F5)
    bench.until(lambda: bool(bench.backend.runs))
    assert bench.backend.runs[-1].experiment.model.cell != cell
    bench.until(lambda: bench.session_state is State.TRAINING)
    keys.press(_KEY.Key_F5)
    bench.backend.runs[-1].permits.release(5)
    bench.until(lambda: bench.session_state is State.PAUSED)
    step = window.desk.session.step
    keys.press(_KEY.Key_F10)
    bench.backend.runs[-1].permits.release(1)
    bench.until(lambda: window.desk.session.step == step + 1)


def test_escape_gives_back_the_keys_that_the_menu_bar_took(bench: Bench, keys: Keys) -> None:
    """Also where two menus were opened by their letters one after the other."""
    keys.tab_to("step_model")
    for letter in (_KEY.Key_F, _KEY.Key_E):
        keys.press(letter, modifiers=Qt.KeyboardModifier.AltModifier)
        assert QApplication.activePopupWidget() is not None
        keys.press(_KEY.Key_Escape)
        assert QApplication.activePopupWidget() is None
    assert keys.focus is bench.window.menuBar()
    keys.press(_KEY.Key_Escape)
    assert keys.at == "step_model"


@pytest.mark.parametrize(("at", "command"), [("stopButton", "stop"), ("finishButton", "finish")])
def test_keys_at_a_command_that_goes_off_come_to_run(bench: Bench, keys: Keys, at: str, command: str) -> None:
    bench.train(3)
    keys.tab_to(at)
    bench.command(command)
    bench.until(lambda: bench.session_state is State.FINISHED)
    assert keys.at == "runButton"
    keys.tab_to("step_model")  # who has gone elsewhere stays there
    bench.command("reset")
    assert keys.at == "step_model"


def test_keys_at_what_goes_off_as_a_run_begins_come_to_run(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, desk = bench.window, bench.window.desk
    bench.train(10)  # to a finding
    bench.command("stop")
    bench.until(lambda: bench.session_state is State.FINISHED)
    record = desk.session.records[0]
    monkeypatch.setattr(bench.backend, "resume", lambda folder, control, *_, **__: KnownRun(SERIES, control, folder))
    for name in ("run_go_on", "run_use", "finding_known_fix"):
        control = window.findChild(QWidget, name)
        assert control is not None
        control.setFocus()
        assert keys.at == name
        desk.go_on(record)
        assert keys.at == "runButton"
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
        window.findings.show_finding(Finding("known", "warning", "Known finding", "", "", (("training.seed", "7"),)))


def test_keys_are_at_run_as_a_dialog_closes_that_began_one(
    bench: Bench, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, session = bench.window, bench.window.desk.session
    bench.train(3)
    for command, state in (("stop", State.FINISHED), ("reset", State.READY)):
        bench.command(command)
        bench.until(lambda: bench.session_state is state)  # noqa: B023 (asked at once)
    monkeypatch.setattr(bench.backend, "resume", lambda folder, control, *_, **__: KnownRun(SERIES, control, folder))
    keys.tab_to("run_go_on")
    window.shelf._show_way(session.records[0], WayOn(step=3), {})
    bench.until(lambda: keys.at == "go_on_epochs")
    keys.press(_KEY.Key_Return)
    assert session.alive
    window.activateWindow()
    bench.until(lambda: keys.at == "runButton")


def test_a_setting_that_a_run_locked_has_the_keys_again_after_it(bench: Bench, keys: Keys) -> None:
    keys.tab_to("step_model")
    keys.press(_KEY.Key_Space)
    keys.tab_to("model.hidden_size")
    for elsewhere, then in (("", "model.hidden_size"), ("step_training", "step_training")):
        bench.train(3)
        assert keys.at != "model.hidden_size"
        if elsewhere:
            keys.tab_to(elsewhere)
        bench.command("stop")
        bench.until(lambda: bench.session_state is State.FINISHED)
        assert keys.at == then


def test_a_setting_with_a_long_explanation_stays_in_sight_when_that_takes_room(bench: Bench, keys: Keys) -> None:
    window = bench.window
    editor = window.steps.panel.findChild(QWidget, "training.memory_check")
    assert editor is not None
    window.steps.reveal(bench.number("training.clip_norm"))
    editor.setWhatsThis("word " * 90)
    bench.until(lambda: not bench.number("training.clip_norm").visibleRegion().isEmpty())
    high = window.steps.panel._help.height()
    window.steps.reveal(editor)
    bench.until(lambda: window.steps.panel._help.height() > high)
    assert keys.focus is editor
    bench.until(lambda: editor.visibleRegion().boundingRect() == editor.rect())


@pytest.mark.parametrize("key", [(_KEY.Key_Down, Qt.KeyboardModifier.AltModifier), (_KEY.Key_F4, _NONE)])
@pytest.mark.parametrize("name", ["data.targets", "model.cell"])
def test_lists_of_choices_open_as_on_any_desktop(
    bench: Bench, keys: Keys, name: str, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    window = bench.window
    for button in window.findChildren(QAbstractButton):
        if not button.shortcut().isEmpty():  # as while there are time steps to walk, and a run to play again
            button.setEnabled(True)
    window.steps.panel.open(2 if name == "model.cell" else 0)
    keys.tab_to(name)
    keys.press(key[0], modifiers=key[1])
    assert QApplication.activePopupWidget() is not None
    keys.press(_KEY.Key_Escape)
    assert keys.at == name


def test_choices_are_made_by_home_end_and_by_their_letters(bench: Bench, keys: Keys) -> None:
    bench.window.steps.panel.open(2)
    keys.tab_to("model.cell")
    choice, draft = keys.focus, bench.window.desk.draft
    assert isinstance(choice, QComboBox)
    for key, place in ((_KEY.Key_End, choice.count() - 1), (_KEY.Key_Home, 0), (_KEY.Key_G, choice.findData("gru"))):
        keys.press(key)
        assert choice.currentIndex() == place
        assert draft.experiment.model.cell == choice.itemData(place)


def test_tab_comes_to_the_tabs_of_panes(bench: Bench, keys: Keys) -> None:
    bench.window.menus.by_name["move_onto_runs"].trigger()
    keys.tab_to("dock_tabs_1")
    keys.press(_KEY.Key_Left)
    assert not bench.window.docks.findings.visibleRegion().isEmpty()


def _whole(view: LiveView) -> bool:
    """Whether all of it is drawn, as some of two views comes in later turns of the event loop."""
    if not view._built or view._behind:
        return False
    adding = isinstance(view, Activation) and view._adding
    return not adding and not (isinstance(view, Loss) and not view._metric.legend.texts)


def test_every_view_is_opened_and_its_controls_come_before_what_is_behind_it(bench: Bench, keys: Keys) -> None:
    window = bench.window
    bench.train(3)
    tabs = window.gallery.tabs
    keys.tab_to("views_bar")
    for index in range(1, tabs.count()):
        keys.press(_KEY.Key_Right)
        assert tabs.currentIndex() == index
        view = tabs.currentWidget()
        assert isinstance(view, LiveView)
        view.show_start(measured.STARTED)
        view.show_snapshot(measured.full_snapshot())
        bench.until(lambda: _whole(view))  # noqa: B023 (asked at once)
        inside = list[QWidget]()
        while keys.at != "views_list":
            keys.press(_KEY.Key_Tab)
            inside.append(keys.focus)
        assert inside[0] is view
        behind = list(itertools.dropwhile(view.isAncestorOf, inside[1:-1]))
        assert all(part.objectName().startswith("time_steps.") for part in behind)
        stops = [part for part in view.findChildren(QWidget) if part.focusPolicy() & Qt.FocusPolicy.TabFocus]
        here = [part for part in stops if part.window() is window and part.focusProxy() is None]
        wanted = {part for part in here if part.isVisible() and part.isEnabled()}
        assert wanted == set(inside[1 : -1 - len(behind)])
        keys.tab_to("views_bar", back=True)


def test_scrubbing_back_by_keyboard(bench: Bench, keys: Keys) -> None:
    film: Film = bench.window.gallery.film
    bench.train(3)
    for step in (1, 2, 3):
        film.record(measured.full_snapshot(step))
    keys.tab_to("scrubber.slider")
    keys.press(_KEY.Key_Left)
    assert film.position == 2
    keys.press(_KEY.Key_Home)
    assert film.position == 1
    keys.press(_KEY.Key_End)
    assert film.position is None
