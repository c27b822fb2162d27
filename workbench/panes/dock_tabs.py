"""Panes that lie behind each other, as tabs: named for screen readers, put there and reordered by keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar, QWidget

_NO_TABS = "What has the keys lies in no tabs. View, Move pane puts one pane onto another."


class _Sight(QObject):
    """Notices when Qt moves a bar out of sight, as it does with one of a single tab, or back."""

    def eventFilter(self, bar: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Move and isinstance(bar, QTabBar):
            _let_tab_stop(bar)
        return False


def _let_tab_stop(bar: QTabBar) -> None:
    """Only where there is something to choose, and to be seen."""
    bar.setFocusPolicy(Qt.FocusPolicy.TabFocus if bar.count() > 1 else Qt.FocusPolicy.NoFocus)


class DockTabs:
    """The bars of tabs that Qt makes where docks share a place, each with its docks in their order."""

    def __init__(self, window: QMainWindow, docks: Sequence[QDockWidget]) -> None:
        self._window, self._docks = window, docks
        self._sight = _Sight(window)

    def name(self) -> None:
        """Name what is made by Qt without a name."""
        for number, tabs in enumerate(self._bars(), 1):
            tabs.setObjectName(f"dock_tabs_{number}")
            tabs.setAccessibleName("Panes behind each other")
            tabs.installEventFilter(self._sight)
            _let_tab_stop(tabs)

    def put_onto_next(self, dock: QDockWidget) -> None:
        """Make a pane a tab of the one after it, on its own side of the window where there is one."""
        at = self._docks.index(dock)
        others = [other for other in (*self._docks[at + 1 :], *self._docks[:at]) if not self._away(other)]
        side = self._window.dockWidgetArea(dock)
        beside = [other for other in others if self._window.dockWidgetArea(other) == side]
        for other in (beside or others)[:1]:
            dock.setFloating(False)
            self._window.tabifyDockWidget(other, dock)
            dock.show()
            dock.raise_()

    def shift(self, by: int) -> str:
        """Move the tab of what has the keys so many places on; returns why not, or nothing."""
        focused: QWidget | None = QApplication.focusWidget() or self._window.focusWidget()
        for bar in self._bars():
            order = self._order(bar)
            inside = [dock for dock in order if focused is not None and dock.isAncestorOf(focused)]
            if focused is bar or inside:
                at = bar.currentIndex() if focused is bar else order.index(inside[0])
                to = min(max(at + by, 0), len(order) - 1)
                order.insert(to, order.pop(at))
                self._arrange(order, order[to])
                return ""
        return _NO_TABS

    def _arrange(self, order: Sequence[QDockWidget], front: QDockWidget) -> None:
        """Qt puts what is made a tab behind all that are there."""
        for other in order[1:]:
            self._window.tabifyDockWidget(order[0], other)
        front.raise_()

    def _order(self, bar: QTabBar) -> list[QDockWidget]:
        by_title = {dock.windowTitle(): dock for dock in self._docks}
        return [by_title[bar.tabText(at)] for at in range(bar.count())]

    def _bars(self) -> list[QTabBar]:
        found = self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [bar for bar in found if bar.count()]

    @staticmethod
    def _away(dock: QDockWidget) -> bool:
        return dock.isHidden() or dock.isFloating()
