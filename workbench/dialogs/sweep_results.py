"""What a sweep has come to: the best in words, the table, what was left out, and the buttons that go with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.comparing.race_messages import LeftOut, Place
from workbench.contests.contest import Contest
from workbench.dialogs.contest_bar import CHOOSE_ROW, button, show_words
from workbench.dialogs.sweep_table import SweepTable, measured, trial_title
from workbench.looks.theme import GRID
from workbench.panels.labels import ScrolledText, column, label
from workbench.wording import for_people


class SweepResults(QWidget):
    """The buttons are for the foot of the dialog."""

    use_asked = Signal(object)  # the Place of the chosen row
    show_asked = Signal(object)  # likewise: its runs in the list
    save_asked = Signal()

    def __init__(self, contest: Contest) -> None:
        super().__init__()
        self._contest = contest
        self.best, self.table = label("", "", "sweep_best"), SweepTable()
        self.left_out = ScrolledText("small", "sweep_left_out", "Settings that came to no result")
        self.left_out.setMaximumHeight(8 * GRID)
        self.use, self.save = button("Use these settings", "sweep_use"), button("Save table…", "sweep_save")
        self.show_runs = button("Show in runs", "sweep_show")
        self.show_runs.clicked.connect(self._on_show)
        self.table.itemDoubleClicked.connect(self._on_show)
        self.use.clicked.connect(lambda: self.use_asked.emit(self.table.chosen))
        self.save.clicked.connect(self.save_asked)
        self.table.itemSelectionChanged.connect(self._show_use)
        layout = column(self)
        layout.addWidget(self.best)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.left_out)
        self.show_results((), ())
        self._show_use()

    def show_results(self, places: Sequence[Place], left_out: Sequence[LeftOut]) -> None:
        """Fill it anew."""
        self.table.show_places(places)
        self.save.setEnabled(bool(places))
        self.save.setToolTip("Write the table as CSV" if places else "There is no result yet")
        self.best.setText(_best(places[0]) if places else "")
        reasons: dict[str, list[str]] = {}
        for each in left_out:
            reasons.setdefault(for_people(each.reason), []).append(trial_title(each.settings))
        self.left_out.setText("\n".join(f"Left out: {'; '.join(names)}. {why}" for why, names in reasons.items()))
        self.left_out.setVisible(bool(reasons))

    def choose_best(self) -> None:
        """Choose the first row, unless one is chosen."""
        if self.table.chosen is None and self.table.rowCount():
            self.table.selectRow(0)

    def _show_use(self) -> None:
        chosen = self.table.chosen is not None
        self.use.setEnabled(chosen)
        self.use.setToolTip("Set the settings as in the chosen row; Undo takes it back" if chosen else CHOOSE_ROW)
        self.show_runs.setEnabled(chosen and self._contest.keeps)
        self.show_runs.setToolTip(show_words(self._contest, chosen=chosen))

    def _on_show(self) -> None:
        if self.table.chosen is not None and self._contest.keeps:
            self.show_asked.emit(self.table.chosen)


def _best(place: Place) -> str:
    tested = f" On the test part, which decided nothing: {place.metric} {place.test[1]:.4g}." if place.metric else ""
    return f"Best by validation {measured(place)}: {trial_title(place.settings)}.{tested}"
