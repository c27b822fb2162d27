"""Where things stand in the window: docks to the left and right of the views, remembered and put back."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QScrollArea, QWidget

from engine.storage.project_file import Layout
from workbench.gallery.overview import Overview
from workbench.later import later
from workbench.looks.theme import GRID, Theme
from workbench.panes.dock_buttons import DockButtons
from workbench.panes.dock_tabs import DockTabs
from workbench.settings import Settings

_FIRST_SIZE = QSize(1440, 900)
_LINES_OF_THREE = 54  # lines of text that a window is high in which lesson, findings and runs can be read at once


class Docks:
    """Set-up on the left, views in the middle, findings above runs on the right: the order of work, and of Tab."""

    def __init__(
        self, window: QMainWindow, views: QWidget, overview: Overview, setup: QWidget, lesson: QWidget,
        findings: QWidget, runs: QWidget,
    ) -> None:  # fmt: skip
        self._window, self._overview = window, overview
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self.setup = self._dock("Set-up", "dock_setup", setup, left)
        window.setCentralWidget(views)  # now: Tab goes from one to the next as they come into the window
        self.lesson = self._dock("Lesson", "dock_lesson", lesson, right)
        self.findings = self._dock("Findings", "dock_findings", findings, right)
        self.runs = self._dock("Runs", "dock_runs", runs, right)
        self.lesson.hide()
        self._sharing = False  # lesson and findings lie one behind the other, because there was no room
        self._urgent = False  # what the findings say must not be missed
        self._covering = False  # and for that they came to the front by themselves
        self._scale = 1.0  # of text
        self._widths: dict[QDockWidget, int] = {}  # before the last change of it
        self._smaller: list[tuple[float, dict[QDockWidget, int]]] = []  # sizes it grew from, rising, and widths then
        self._apart: list[QDockWidget] = []  # in windows of their own, which wait for this one
        self._usual = (self.setup, self.findings, self.runs)
        self.all = (*self._usual, self.lesson)
        self.tabs = DockTabs(window, self.all)
        self._buttons = [DockButtons(dock) for dock in self.all]
        for dock in self.all:
            dock.visibilityChanged.connect(self.tabs.name)  # as of one that comes to lie behind another changes
        self._size()

    def restore(self, settings: Settings) -> None:
        """As it was left the last time; at first, as large as drawn, or as the screen allows."""
        window = self._window
        self._first_state, self._first_overview = window.saveState(), self._overview.save_layout()
        window.resize(_FIRST_SIZE.boundedTo(window.screen().availableSize()))
        stored = settings.layout()
        if stored is not None:
            window.restoreGeometry(stored[0])
            self._restore_state(stored[1])
            self._sharing = self.findings in window.tabifiedDockWidgets(self.lesson)
            self.lesson.hide()  # none is open yet
            self._apart = [dock for dock in self.all if dock.isFloating() and not dock.isHidden()]
            for dock in self._apart:
                dock.hide()
            self._overview.restore_layout(settings.overview)

    @property
    def inside(self) -> list[QDockWidget]:
        """The panes that are part of this window."""
        return [dock for dock in self.all if not dock.isFloating()]

    def show_apart(self) -> None:
        """Show the panes that were left in windows of their own, now that this window is there.

        A window manager keeps them in front of it only where they come after it; before it, they would lie behind it.
        """
        for dock in self._apart:
            dock.show()
        self._apart.clear()

    def remember(self, settings: Settings) -> None:
        """Keep the layout for the next start."""
        settings.store_layout(self._window.saveGeometry(), self._window.saveState())
        settings.overview = self._overview.save_layout()

    def layout(self, view: str) -> Layout:
        """Which docks are shown, how wide they are, and which view is in front."""
        shown = tuple(dock.objectName() for dock in self.all if not dock.isHidden())
        return Layout(view, shown, (self.setup.width(), self.findings.width()))

    def take(self, layout: Layout) -> None:
        """As a project was left; what it does not name stays."""
        if layout.docks:
            for dock in self._usual:
                dock.setVisible(dock.objectName() in layout.docks)
        if len(layout.widths) == 2 and all(layout.widths):
            self._window.resizeDocks([self.setup, self.findings], list(layout.widths), Qt.Orientation.Horizontal)

    def place(self, dock: QDockWidget, area: Qt.DockWidgetArea) -> None:
        """Bring a pane to a side of the window, behind all that are there, as dragging it does."""
        focused = self._keys_in(dock)
        dock.setFloating(False)
        self._window.addDockWidget(area, dock)
        self._sharing = self.findings in self._window.tabifiedDockWidgets(self.lesson)
        dock.show()
        dock.raise_()
        _give_back(focused)

    def take_out(self, dock: QDockWidget) -> None:
        """Into a window of its own, or back."""
        focused = self._keys_in(dock)
        dock.show()
        dock.setFloating(not dock.isFloating())
        _give_back(focused)

    def put_onto_next(self, dock: QDockWidget) -> None:
        """Make a pane a tab of the one after it."""
        focused = self._keys_in(dock)
        self.tabs.put_onto_next(dock)
        self._sharing = self.findings in self._window.tabifiedDockWidgets(self.lesson)
        _give_back(focused)

    def _keys_in(self, dock: QDockWidget) -> QWidget | None:
        """What has the keys in a pane, which would be lost on its way."""
        focused: QWidget | None = QApplication.focusWidget() or self._window.focusWidget()
        return focused if focused is not None and holds(dock, focused) else None

    def reset(self) -> None:
        """Everything back to its first place."""
        self._restore_state(self._first_state)
        self._sharing = False
        for dock in self._usual:
            dock.show()
        self._size()
        self._overview.restore_layout(self._first_overview)

    def show_lesson(self) -> None:
        """Bring the lesson up, with the room it needs to be read."""
        self.lesson.show()
        self.make_room_for_lesson()
        self._size_lesson()
        self.lesson.raise_()

    def make_room_for_lesson(self) -> None:
        """Put the findings behind the lesson where the window is low for the size of its text, or below it again."""
        low = self._window.height() < _LINES_OF_THREE * self.lesson.widget().fontMetrics().lineSpacing()
        elsewhere = self._window.dockWidgetArea(self.findings) != self._window.dockWidgetArea(self.lesson)
        floating = any(dock.isFloating() for dock in (self.lesson, self.findings, self.runs))
        if self.lesson.isHidden() or elsewhere or floating or low == self._sharing:
            return
        if low:
            self._window.tabifyDockWidget(self.lesson, self.findings)
            self._covering = self._urgent
            (self.findings if self._urgent else self.lesson).raise_()
        else:
            self._separate()
        self._sharing = low
        self._size_lesson()

    def show_findings(self) -> None:
        """Bring the findings up, wherever they are, and keep them there: what is said there must not be missed."""
        self._urgent = True
        self._covering = self._sharing and self.findings.visibleRegion().isEmpty()
        self.findings.show()
        self.findings.raise_()

    def uncover_lesson(self) -> None:
        """The lesson, where `show_findings` covered it, is in front again."""
        if self._covering and self._sharing and not self.lesson.isHidden():
            self.lesson.raise_()
        self._urgent = self._covering = False

    def _size_lesson(self) -> None:
        shared = [(self.lesson, 50), (self.runs, 38)]
        docks = shared if self._sharing else [(self.lesson, 36), (self.findings, 26), (self.runs, 38)]
        heights = [height * GRID for _, height in docks]
        self._window.resizeDocks([dock for dock, _ in docks], heights, Qt.Orientation.Vertical)

    def _separate(self) -> None:
        """Findings below the lesson, runs below the findings; to split docks that lie in tabs makes more tabs."""
        area = self._window.dockWidgetArea(self.lesson)
        three = (self.lesson, self.findings, self.runs)
        docks = [dock for dock in three if self._window.dockWidgetArea(dock) is area]
        shown = [dock for dock in docks if not dock.isHidden()]
        for dock in docks:
            self._window.removeDockWidget(dock)
        for dock in docks:
            self._window.addDockWidget(area, dock)
        for dock in shown:
            dock.show()

    def apply_theme(self, theme: Theme) -> None:
        """Draw the buttons of all titles in the colours of `theme`."""
        for buttons in self._buttons:
            buttons.apply_theme(theme)

    def note_widths(self) -> None:
        """Text is about to change its size, and the sides their widths."""
        sides = [dock for dock in (self.setup, self.runs) if dock.width() > 0]  # what is closed may have none
        self._widths = {dock: dock.width() for dock in sides}

    def follow(self, scale: float) -> None:
        """Text is that large now: docks that grew with it go back to what they were when it is as small again."""
        before, self._scale = self._scale, scale
        if scale > before:
            self._smaller = [each for each in self._smaller if each[0] < before] + [(before, self._widths)]
            return
        self._smaller = [each for each in self._smaller if each[0] <= scale]
        if scale < before and self._smaller and self._window.isVisible():
            widths = self._smaller[-1][1]
            again = partial(self._window.resizeDocks, [*widths], [*widths.values()], Qt.Orientation.Horizontal)
            later(0, self._window, again)  # when the text has its size

    def next_pane(self, by: int = 1) -> None:
        """Bring the focus on or back by one of set-up, views, lesson, findings, runs; hidden docks are passed over."""
        sides = [dock.widget() for dock in (self.lesson, self.findings, self.runs)]
        panes = [self.setup.widget(), self._window.centralWidget(), *sides]
        shown = [pane for pane in panes if pane.isVisible()]
        focused: QWidget | None = QApplication.focusWidget() or self._window.focusWidget()
        here = next((at for at, pane in enumerate(shown) if focused is not None and holds(pane, focused)), -by)
        pane = shown[(here + by) % len(shown)]
        for dock in self.all:
            if dock.widget() is pane:
                dock.raise_()  # it may lie behind another
        target = first_stop(pane)
        target.activateWindow()  # it may be one of its own
        target.setFocus(Qt.FocusReason.TabFocusReason)
        target.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)  # which Qt sets for the Tab key alone
        if isinstance(pane, QScrollArea):  # which follows the Tab key alone
            pane.ensureWidgetVisible(target)

    def _restore_state(self, state: QByteArray) -> None:
        self._window.restoreState(state)
        for buttons in self._buttons:
            buttons.draw()

    def _size(self) -> None:
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self._window.resizeDocks([self.setup, self.findings], [42 * GRID, 36 * GRID], across)
        self._window.resizeDocks([self.findings, self.runs], [40 * GRID, 52 * GRID], down)

    def _dock(self, title: str, name: str, widget: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setAccessibleName(title)
        dock.setWidget(widget)
        self._window.addDockWidget(area, dock)
        return dock


def _give_back(focused: QWidget | None) -> None:
    if focused is not None:
        focused.activateWindow()
        focused.setFocus(Qt.FocusReason.OtherFocusReason)


def holds(pane: QWidget, widget: QWidget) -> bool:
    """Whether `widget` is `pane` or inside it."""
    return pane is widget or pane.isAncestorOf(widget)


def first_stop(pane: QWidget) -> QWidget:
    """Where the Tab key comes to first in a pane, whatever was made first; the pane itself where it never stops."""
    stop = pane.nextInFocusChain()
    while stop is not None and stop is not pane and not (pane.isAncestorOf(stop) and takes_tab(stop)):
        stop = stop.nextInFocusChain()
    return stop or pane


def takes_tab(widget: QWidget) -> bool:
    """Whether the Tab key would stop here."""
    return widget.isVisible() and widget.isEnabled() and bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
