"""All views of the window: the overview and one tab each."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QTabWidget

from engine.events import RunStarted
from workbench.overview import QUARTERS, Overview
from workbench.plots.time_cursor import TimeCursor
from workbench.theme import Theme
from workbench.views import discover
from workbench.views.live_view import LiveView


class Gallery(QObject):
    """Makes every view once for its own tab, and a compact one for each quarter of the overview."""

    needs_changed = Signal()
    notice = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        kinds = {kind.key: kind for kind in discover()}
        cursor = TimeCursor(self)
        quarters = [kinds[key](theme, cursor, compact=True) for key in QUARTERS if key in kinds]
        deep = [kind(theme, cursor) for kind in kinds.values()]
        self.views: list[LiveView] = [*quarters, *deep]
        self.overview = Overview(quarters)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("views")
        self.tabs.setAccessibleName("Views")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setObjectName("views_bar")
        self.tabs.tabBar().setAccessibleName("Views")
        self.tabs.addTab(self.overview, "Overview")
        for view in deep:
            index = self.tabs.addTab(view, view.title)
            self.tabs.setTabToolTip(index, view.question)
        self.overview.opened.connect(self.open)
        for view in self.views:
            view.needs_changed.connect(self.needs_changed)
            view.notice.connect(self.notice)
        self._begun = 0

    @Slot(str)
    def open(self, key: str) -> None:
        """Show one view in full."""
        for index in range(1, self.tabs.count()):
            view = self.tabs.widget(index)
            if isinstance(view, LiveView) and view.key == key:
                self.tabs.setCurrentIndex(index)

    def begin(self, number: int, start: RunStarted) -> None:
        """Run `number` has told what it will do; only the first telling counts."""
        if number != self._begun:
            self._begun = number
            for view in self.views:
                view.show_start(start)

    def reset(self) -> None:
        """Forget the run before."""
        for view in self.views:
            view.reset()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours for every view."""
        for view in self.views:
            view.apply_theme(theme)
