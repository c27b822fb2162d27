"""Panes and the borders between them, arranged without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QMenu,
    QMenuBar,
    QTabBar,
    QToolButton,
    QWidget,
)

from engine.events import Finding
from tests.workbench.bench import Bench
from tests.workbench.views import measured
from workbench.panels.findings import FindingsPanel
from workbench.panes.borders import STEP
from workbench.panes.docks import takes_tab
from workbench.views.weights import WeightMaps

_KEY = Qt.Key
_ALT_SHIFT = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier
_WAYS = {_KEY.Key_Right: (1, 0), _KEY.Key_Left: (-1, 0), _KEY.Key_Down: (0, 1), _KEY.Key_Up: (0, -1)}


@pytest.fixture
def roomy(bench: Bench) -> Bench:
    bench.window.resize(1440, 900)
    bench.window.activateWindow()
    bench.until(lambda: QApplication.activeWindow() is bench.window)
    return bench


def press(bench: Bench, widget: QWidget, key: Qt.Key) -> None:
    widget.setFocus()
    QTest.keyClick(widget, key, _ALT_SHIFT)
    QApplication.processEvents()


def growth(bench: Bench, pane: QWidget, key: Qt.Key) -> tuple[int, int]:
    """By how much `pane` grows when the key is pressed in it."""
    before = pane.size()
    press(bench, pane, key)
    return pane.width() - before.width(), pane.height() - before.height()


@pytest.mark.parametrize("key", _WAYS)
def test_what_has_the_keys_is_made_wider_or_higher(roomy: Bench, key: Qt.Key) -> None:
    window = roomy.window
    across, down = _WAYS[key]
    press(roomy, window.runs._list, _KEY.Key_Right)  # at first it is as narrow as it may be
    for pane in (window.gallery.overview.views[0], window.gallery.overview.views[3], window.findings):
        assert growth(roomy, pane, key) == (across * STEP, down * STEP)


def test_borders_inside_of_views_move_and_at_their_end_those_around(roomy: Bench) -> None:
    window = roomy.window
    window.gallery.open("weights")
    view = next(view for view in window.gallery.views if view.key == "weights" and not view.compact)
    view.show_start(measured.STARTED)
    view.show_snapshot(measured.full_snapshot())
    roomy.until(lambda: not view._behind)
    assert isinstance(view, WeightMaps)
    part = view._both.widget(1)
    assert part is not None
    part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    assert growth(roomy, part, _KEY.Key_Right) == (STEP, 0)
    press(roomy, window.steps.panel.headers[0], _KEY.Key_Right)  # at first it is as narrow as it may be
    setup = window.docks.setup.width()
    for _ in range(30):
        press(roomy, part, _KEY.Key_Right)
    assert all(view._both.sizes())
    assert window.docks.setup.width() < setup


def test_a_pane_without_a_border_says_so(roomy: Bench) -> None:
    window = roomy.window
    assert growth(roomy, window.steps.panel.headers[0], _KEY.Key_Down) == (0, 0)
    assert "no border" in window.foot.currentMessage()


def test_a_pane_that_is_a_window_is_made_wider(roomy: Bench) -> None:
    window = roomy.window
    runs = window.docks.runs
    window.runs._list.setFocus()
    window.menus.by_name["apart_runs"].trigger()
    roomy.until(lambda: QApplication.focusWidget() is window.runs._list)
    before = runs.width()
    window.menus.by_name["pane_wider"].trigger()
    assert runs.width() == before + STEP


def test_panes_go_to_every_side_and_keep_the_keys(roomy: Bench) -> None:
    window, area = roomy.window, Qt.DockWidgetArea
    places = {
        "left": area.LeftDockWidgetArea, "top": area.TopDockWidgetArea,
        "bottom": area.BottomDockWidgetArea, "right": area.RightDockWidgetArea,
    }  # fmt: skip
    window.runs._list.setFocus()
    for side, place in places.items():
        window.menus.by_name[f"move_{side}_runs"].trigger()
        assert window.dockWidgetArea(window.docks.runs) == place
        assert QApplication.focusWidget() is window.runs._list
    window.menus.by_name["move_right_findings"].trigger()
    QApplication.processEvents()
    assert window.docks.findings.y() > window.docks.runs.y()  # behind the one that was there
    for _ in range(2):  # out of the window and back
        window.menus.by_name["apart_runs"].trigger()
        roomy.until(lambda: QApplication.focusWidget() is window.runs._list)


def test_findings_that_were_put_elsewhere_stay_there_when_a_lesson_opens(roomy: Bench) -> None:
    window = roomy.window
    window.resize(1280, 720)
    window.menus.by_name["move_left_findings"].trigger()
    window.docks.show_lesson()
    assert window.dockWidgetArea(window.docks.findings) == Qt.DockWidgetArea.LeftDockWidgetArea


def test_f6_brings_up_a_pane_that_lies_behind_another(roomy: Bench) -> None:
    window, docks = roomy.window, roomy.window.docks
    window.resize(1280, 720)
    docks.show_lesson()
    QApplication.processEvents()
    tabs = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    assert [(bar.objectName(), bar.accessibleName()) for bar in tabs] == [("dock_tabs_1", "Panes behind each other")]
    window.gallery.tabs.tabBar().setFocus()
    for pane in (docks.lesson, docks.findings):
        docks.next_pane()
        QApplication.processEvents()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert pane.isAncestorOf(focused)
        assert not focused.visibleRegion().isEmpty()


def test_f6_goes_to_what_is_seen_and_can_be_pressed_in_every_pane(roomy: Bench) -> None:
    window, docks = roomy.window, roomy.window.docks
    docks.show_lesson()
    show_findings(window.findings)
    panes = [window.centralWidget(), *(dock.widget() for dock in docks.all)]
    for _ in panes[:]:
        roomy.until(lambda: QApplication.activeWindow() is window)
        docks.next_pane()
        QApplication.processEvents()
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.isEnabled()
        assert not focused.visibleRegion().isEmpty()
        panes = [pane for pane in panes if not pane.isAncestorOf(focused)]
    assert not panes


def test_f6_goes_to_the_reason_of_the_first_finding_wherever_it_was_scrolled_to(roomy: Bench) -> None:
    window, docks = roomy.window, roomy.window.docks
    show_findings(window.findings)
    bar = window.findings.verticalScrollBar()
    roomy.until(lambda: bar.maximum() > 0)
    why = window.findings.findChild(QToolButton, "finding_last_why")
    assert why is not None
    plain = why.grab().toImage()
    bar.setValue(bar.maximum())
    window.gallery.tabs.tabBar().setFocus()
    docks.next_pane()
    assert QApplication.focusWidget() is why
    assert why.grab().toImage() != plain  # which has a line around it
    assert not why.visibleRegion().isEmpty()


def show_findings(panel: FindingsPanel) -> None:
    """More than there is room for, of which the last to come stands first."""
    for key, level in (("first", "note"), ("second", "warning"), ("last", "problem")):
        cure = (("training.seed", "7"),)
        panel.show_finding(Finding(key, level, "It is made so.", "For tests. " * 50, "Mend it.", cure), opened=True)


def tabs_of(bench: Bench) -> tuple[QTabBar, list[str]]:
    """The one bar of panes that lie behind each other, and their titles."""
    QApplication.processEvents()
    bars = bench.window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    (bar,) = [bar for bar in bars if bar.count()]
    return bar, [bar.tabText(at) for at in range(bar.count())]


def test_panes_become_tabs_that_are_walked_and_reordered_by_keys(roomy: Bench) -> None:
    window, docks = roomy.window, roomy.window.docks
    window.runs._list.setFocus()
    window.menus.by_name["tab_later"].trigger()
    assert "lies in no tabs" in window.foot.currentMessage()
    window.menus.by_name["move_onto_runs"].trigger()
    window.menus.by_name["move_onto_setup"].trigger()
    bar, titles = tabs_of(roomy)
    assert titles == ["Findings", "Runs", "Set-up"]
    window.runs._list.setFocus()
    docks.runs.raise_()
    control = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for key, expected in (
        (_KEY.Key_PageDown, ["Findings", "Set-up", "Runs"]),
        (_KEY.Key_PageDown, ["Findings", "Set-up", "Runs"]),  # it is the last
        (_KEY.Key_PageUp, ["Findings", "Runs", "Set-up"]),
        (_KEY.Key_PageUp, ["Runs", "Findings", "Set-up"]),
    ):
        QTest.keyClick(window.runs._list, key, control)
        bar, titles = tabs_of(roomy)
        assert titles == expected
        assert titles[bar.currentIndex()] == "Runs"
        assert QApplication.focusWidget() is window.runs._list
    bar.setFocus()
    QTest.keyClick(bar, _KEY.Key_Right)
    assert not docks.findings.visibleRegion().isEmpty()
    QTest.keyClick(bar, _KEY.Key_PageDown, control)
    bar, titles = tabs_of(roomy)
    assert titles == ["Runs", "Set-up", "Findings"]
    assert QApplication.focusWidget() is bar


def letters(menu: QMenu | QMenuBar) -> Iterator[tuple[str, str]]:
    """Where a menu lies, and a letter that opens something of it."""
    for action in menu.actions():
        found = re.search(r"&(\w)", action.text())
        if found:
            yield menu.objectName(), found[1].lower()
        inside = action.menu()
        if isinstance(inside, QMenu):
            yield from letters(inside)


def test_no_letter_of_a_menu_means_two_things(bench: Bench) -> None:
    found = list(letters(bench.window.menuBar()))
    assert len(found) > 40
    assert sorted(found) == sorted(set(found))


def test_tab_passes_over_a_bar_of_which_one_tab_is_left(roomy: Bench) -> None:
    window, docks = roomy.window, roomy.window.docks
    docks.lesson.show()
    window.tabifyDockWidget(docks.lesson, docks.findings)
    QTest.qWait(0)  # what was put off is done
    assert [takes_tab(bar) for bar in docks.tabs._bars()] == [True]
    docks.lesson.close()
    roomy.until(lambda: not any(takes_tab(bar) for bar in docks.tabs._bars()))
    docks.lesson.show()
    roomy.until(lambda: any(takes_tab(bar) for bar in docks.tabs._bars()))


def test_the_buttons_of_a_title_are_seen_in_either_theme_and_say_what_they_do(roomy: Bench) -> None:
    window = roomy.window
    for theme in ("dark", "light"):
        window.menus.by_name[f"theme_{theme}"].trigger()
        roomy.until(lambda: not window.appearance._taking)
        looks = window.appearance.theme
        assert all(is_drawn(button, looks.muted) for button in title_buttons(window.docks.all))
    assert {button.toolTip() for button in title_buttons(window.docks.all)} == {
        "Into a window of its own",
        "Close. The menu View shows it again.",
    }


def test_they_are_drawn_anew_where_a_pane_or_all_of_them_are_put_somewhere(roomy: Bench) -> None:
    window = roomy.window
    color = window.appearance.theme.muted
    window.menus.by_name["apart_runs"].trigger()
    buttons = title_buttons([window.docks.runs])
    assert [button.toolTip() for button in buttons][:1] == ["Back into the window"]
    assert all(is_drawn(button, color) for button in buttons)
    window.menus.by_name["reset_layout"].trigger()
    assert all(is_drawn(button, color) for button in title_buttons(window.docks.all))


def title_buttons(docks: Iterable[QDockWidget]) -> list[QAbstractButton]:
    """Those that Qt makes, which lie in the panes themselves."""
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    return [button for dock in docks for button in dock.findChildren(QAbstractButton, options=direct)]


def is_drawn(button: QAbstractButton, color: str) -> bool:
    """Whether its icon has dots of just that colour."""
    picture = button.icon().pixmap(32, 32).toImage()
    dots = (picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height()))
    return any(dot.name() == color and dot.alpha() == 255 for dot in dots)
