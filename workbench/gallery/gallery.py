"""All views of the window: the overview and one tab each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QTabWidget, QToolButton, QVBoxLayout, QWidget

from engine.events import RunFailed, RunFinished, RunStarted
from workbench.calm import Calm
from workbench.gallery.fading_tabs import FadingTabs
from workbench.gallery.overview import QUARTERS, Overview
from workbench.gallery.scrubber import Scrubber
from workbench.gallery.time_steps import TimeSteps
from workbench.later import later
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.runs.beside import Beside
from workbench.runs.film import Film
from workbench.runs.records import RunRecord
from workbench.views import discover
from workbench.views.live_view import LiveView

_PAUSE_MS = 150  # at least after a part of a view, which takes as long as a frame or two: those of a run go on between
_TURNED_SECONDS = 0.5  # after somebody turned to a view, which is drawn part by part
_REST = 8  # times what it took: beside a run it takes a ninth of a core, for some ten seconds


class Gallery(QObject):
    """Makes every view once for its own tab, and a compact one for each quarter of the overview."""

    needs_changed = Signal()
    notice = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        kinds = {kind.key: kind for kind in discover()}
        cursor = TimeCursor(self)
        quarters = [kinds[key](theme, cursor, compact=True) for key in QUARTERS if key in kinds]
        deep = [kind(theme, cursor) for kind in kinds.values()]
        self.views: list[LiveView] = [*quarters, *deep]
        for view in self.views:
            view.takes_turns = True
        self.overview = Overview(quarters)
        self.film = Film(self)
        self.scrubber, self.time_steps = Scrubber(self.film, theme), TimeSteps(cursor, self._length)
        self.time_steps.apply_theme(theme)
        self._growing = Calm(self.time_steps, self.time_steps.refresh)  # with every frame of a run
        self._make_tabs(deep)
        self._lay_out()
        self._connect()
        self._begun, self._turned, self._held_off = 0, -math.inf, ""

    def _make_tabs(self, deep: Sequence[LiveView]) -> None:
        self.tabs = QTabWidget()
        self.tabs.setTabBar(FadingTabs())
        self.tabs.setObjectName("views")
        self.tabs.setAccessibleName("Views")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setObjectName("views_bar")
        self.tabs.tabBar().setAccessibleName("Views")
        for arrow in self.tabs.tabBar().findChildren(QToolButton):
            arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # for a mouse: the arrow keys go to tabs that are out of sight
        self.tabs.addTab(self.overview, "Overview")
        for view in deep:
            index = self.tabs.addTab(view, view.title)
            self.tabs.setTabToolTip(index, view.question)
        self.tabs.setCornerWidget(self._all_views(deep))

    def _lay_out(self) -> None:
        self.widget = QWidget()
        layout = QVBoxLayout(self.widget)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, GRID, GRID // 2)
        foot.addWidget(self.scrubber, 1)
        foot.addWidget(self.time_steps)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self.film.grown.connect(self._growing.ask, Qt.ConnectionType.QueuedConnection)  # when views have it
        self.film.moved.connect(self._show_film)
        self.tabs.currentChanged.connect(self.time_steps.refresh)
        self.tabs.currentChanged.connect(self._turn)
        self.overview.opened.connect(self.open)
        for view in self.views:
            view.needs_changed.connect(self.needs_changed)
            view.notice.connect(self.notice)
            view.asked.connect(self.open)
            view.began.connect(self.time_steps.refresh)  # views begin later than the film

    def _all_views(self, deep: Sequence[LiveView]) -> QToolButton:
        """A list of all views, for the tabs that are out of sight."""
        button, menu = QToolButton(), QMenu(self.tabs)
        button.setText("All views")
        button.setObjectName("views_list")
        button.setAccessibleName("List of all views")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        menu.addAction("Overview").triggered.connect(lambda: self.tabs.setCurrentIndex(0))
        menu.addSeparator()
        for view in deep:
            action = menu.addAction(view.title)
            action.setToolTip(view.question)
            action.triggered.connect(partial(self.open, view.key))
        return button

    def _length(self) -> int:
        """Time steps of the sequence in the views that are seen."""
        return max((view.time_steps() for view in self.views if view.on_screen), default=0)

    @Slot()
    def _show_film(self) -> None:
        """Every view shows the moment that was gone to, or the newest again."""
        for view in self.views:
            snapshot = self.film.shown(view.probes)
            if snapshot is not None:
                view.show_moment(self.film.position)
                view.show_snapshot(snapshot)

    def prepare(self, waited_for: Callable[[], bool], done: Callable[[], object]) -> None:
        """Build what was never seen, so that none has to be waited for; then call `done`.

        One part at a time with pauses in between, and nothing while something else is `waited_for` or a view comes.
        """
        start = time.perf_counter()
        coming = start - self._turned < _TURNED_SECONDS
        if coming or waited_for() or any(view.make_part() or view.make_more() for view in self.views):
            rest = max(_PAUSE_MS, round(1000 * _REST * (time.perf_counter() - start)))
            later(rest, self.tabs, partial(self.prepare, waited_for, done))  # not after the views have gone
        else:
            done()

    @Slot()
    def _turn(self) -> None:
        self._turned = time.perf_counter()

    @Slot(str)
    def open(self, key: str) -> None:
        """Show one view in full, or all at once by "overview"."""
        if key == "overview":
            self.tabs.setCurrentIndex(0)
        for index in range(1, self.tabs.count()):
            view = self.tabs.widget(index)
            if isinstance(view, LiveView) and view.key == key:
                self.tabs.setCurrentIndex(index)

    @property
    def shown(self) -> str:
        """The key of the view in front."""
        view = self.tabs.currentWidget()
        return view.key if isinstance(view, LiveView) else "overview"

    @property
    def in_front(self) -> tuple[LiveView, ...]:
        """The view in front, or those of the overview."""
        view = self.tabs.currentWidget()
        return (view,) if isinstance(view, LiveView) else self.overview.views

    def begin(self, number: int, start: RunStarted) -> None:
        """Run `number` has told what it will do; only the first telling counts."""
        if number != self._begun:
            self._begun = number
            for view in self.views:
                view.show_start(start)

    def end(self, record: RunRecord) -> None:
        """The run measures nothing any more."""
        failed = isinstance(record.outcome, RunFailed)
        baselines = record.outcome.validation_baselines if isinstance(record.outcome, RunFinished) else ()
        self.scrubber.show_end(record.outcome.step if record.outcome else 0, failed=failed)
        for view in self.views:
            view.show_end(untrained=record.untrained, failed=failed, baselines=baselines)

    def reset(self, *, beginning: bool = False) -> None:
        """Forget the run before; `beginning` when the next one is on its way."""
        self._begun = 0
        self.film.clear()
        self.scrubber.show_end(None)
        for view in self.views:
            view.reset(beginning=beginning)
        self.time_steps.refresh()

    def rest(self, at_rest: bool) -> None:
        """The run waits or has ended, or it goes on."""
        for view in self.views:
            view.rest(at_rest)

    def hold_off(self, reason: str) -> None:
        """No run can begin now, and why; empty when one can."""
        if reason != self._held_off:
            self._held_off = reason
            for view in self.views:
                view.hold_off(reason)

    def show_others(self, others: tuple[Beside, ...]) -> None:
        """Draw these runs beside the one at hand."""
        for view in self.views:
            view.show_others(others)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours for what is around the views."""
        if theme.scale != self.theme.scale:
            later(0, self.overview, self.overview.share_evenly)  # when the text has its size
        self.theme = theme
        self.scrubber.apply_theme(theme)
        self.time_steps.apply_theme(theme)
