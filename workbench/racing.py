"""The race and the sweep beside the workbench: their windows, and why they cannot begin."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.comparing.race_messages import Place
from engine.comparing.sweep_values import swept_names
from engine.storage.contest_file import Membership
from workbench.contests.terms import SweepTerms, Terms
from workbench.desk import Desk
from workbench.dialogs.race import RaceDialog
from workbench.dialogs.sweep import SweepDialog
from workbench.looks.theme import Theme

_TAKEN = "They are in the set-up now: Run (F5) trains with them, Undo (Ctrl+Z) takes them back."
_GONE = "Its runs are not in the list: they were deleted, or lie in another folder."


class Racing(QObject):
    """Opens the windows of race and sweep and starts them on the data at hand."""

    def __init__(
        self, desk: Desk, theme: Theme, applies: Callable[[str], bool],
        show_runs: Callable[[Collection[Membership]], bool], window: QWidget,
    ) -> None:  # fmt: skip
        """`applies` says whether the forms show a setting, by dotted name; `show_runs` chooses runs in their list, and
        says whether there are any.
        """
        super().__init__(window)
        self._desk, self._theme, self._applies, self._window = desk, theme, applies, window
        self._show_runs = show_runs
        self.dialog: RaceDialog | None = None
        self.sweep_dialog: SweepDialog | None = None

    def open(self) -> None:
        """Show the window, with the settings at hand as terms."""
        if self.dialog is None:
            self.dialog = RaceDialog(self._desk.contest, self._theme, self._window)
            self._connect(self.dialog)
        facts = self._desk.draft.facts
        if facts is not None:
            self.dialog.offer(facts.cells, self._desk.draft.experiment, self._desk.counts().parameters)
        _raise(self.dialog)

    def open_sweep(self) -> None:
        """Show the window of the sweep, with the settings that the forms show."""
        if self.sweep_dialog is None:
            self.sweep_dialog = SweepDialog(self._desk.contest, self._theme, self._window)
            self._connect(self.sweep_dialog)
        names = [name for name in swept_names() if self._applies(name)]
        self.sweep_dialog.offer(names, self._desk.draft.experiment, self._desk.counts().parameters)
        _raise(self.sweep_dialog)

    def _connect(self, dialog: RaceDialog | SweepDialog) -> None:
        dialog.start_asked.connect(partial(self._start, dialog))
        dialog.use_asked.connect(partial(self._use, dialog))
        dialog.show_asked.connect(partial(self._show, dialog))

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        for dialog in (self.dialog, self.sweep_dialog):
            if dialog is not None:
                dialog.apply_theme(theme)

    def _start(self, dialog: RaceDialog | SweepDialog, terms: Terms | SweepTerms) -> None:
        if problem := self._desk.begin_race(terms):
            dialog.refuse(problem)

    def _use(self, dialog: RaceDialog | SweepDialog, place: Place) -> None:
        if problem := self._desk.use_place(place):
            dialog.refuse(problem)
        else:
            dialog.bar.say(_TAKEN)

    def _show(self, dialog: RaceDialog | SweepDialog, place: Place) -> None:
        if not self._show_runs(self._desk.contest.keeping.runs(place.key)):
            dialog.bar.say(_GONE)


def _raise(dialog: RaceDialog | SweepDialog) -> None:
    dialog.show()
    dialog.raise_()
    dialog.activateWindow()
