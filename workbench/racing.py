"""The race beside the workbench: its window, and why it cannot begin or a run cannot while it goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from engine.race_messages import Place
from workbench.contest import Terms
from workbench.desk import Desk
from workbench.dialogs.race import RaceDialog
from workbench.theme import Theme


class Racing(QObject):
    """Opens the window of the race and starts it on the data at hand."""

    def __init__(self, desk: Desk, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._theme, self._window = desk, theme, window
        self.dialog: RaceDialog | None = None

    def open(self) -> None:
        """Show the window, with the settings at hand as terms."""
        if self.dialog is None:
            self.dialog = RaceDialog(self._desk.contest, self._theme, self._window)
            self.dialog.start_asked.connect(self._start)
            self.dialog.use_asked.connect(self._use)
        facts = self._desk.draft.facts
        if facts is not None:
            self.dialog.offer(facts.cells, self._desk.draft.experiment, self._desk.counts().parameters)
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        if self.dialog is not None:
            self.dialog.apply_theme(theme)

    @Slot(object)
    def _start(self, terms: Terms) -> None:
        problem = self._desk.begin_race(terms)
        if problem and self.dialog is not None:
            self.dialog.refuse(problem)

    @Slot(object)
    def _use(self, place: Place) -> None:
        message = self._desk.use_place(place)
        if message and self.dialog is not None:
            self.dialog.refuse(message)
