"""Marks the tab of the findings while news in them lies behind another pane."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDockWidget

from engine.events import Finding
from workbench.panels.findings import FindingsPanel
from workbench.spoken import announce


class UnseenFindings(QObject):
    """Counts what came while nobody could see it, in the title of the pane, until the pane is in front."""

    def __init__(self, panel: FindingsPanel, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock, self._title = dock, dock.windowTitle()
        self._keys: set[str] = set()
        panel.news.connect(self._count)
        panel.emptied.connect(self._forget)
        dock.visibilityChanged.connect(self._on_visible)

    @Slot(object)
    def _count(self, finding: Finding) -> None:
        if self._dock.isHidden() or not self._dock.visibleRegion().isEmpty():
            return  # closed by a person, who asked for none of it; or it is seen
        self._keys.add(finding.key)
        self._show()
        announce(self._dock, f"New in {self._title}: {finding.title}")

    @Slot(bool)
    def _on_visible(self, visible: bool) -> None:
        if visible:
            self._forget()

    @Slot()
    def _forget(self) -> None:
        self._keys.clear()
        self._show()

    def _show(self) -> None:
        """Qt makes the tab's text, which screen readers say too, of the title; to name the pane is left to menus."""
        self._dock.setWindowTitle(f"{self._title} ({len(self._keys)} new)" if self._keys else self._title)
        self._dock.toggleViewAction().setText(self._title)
