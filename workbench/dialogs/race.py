"""The race: choose cells, strategies, seeds and a budget; watch the bands; read the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from engine.comparing.race_messages import Key
from engine.config import Experiment, FieldInfo, field_info
from workbench.contests.contest import Contest
from workbench.contests.terms import Terms
from workbench.dialogs.contest_bar import CHOOSE_ROW, ContestBar, button, show_words
from workbench.dialogs.frame import Dialog, Side, closing_row
from workbench.dialogs.keep_runs import KeepRuns
from workbench.dialogs.race_field import RaceField
from workbench.dialogs.race_picture import RacePicture
from workbench.dialogs.race_steps import StepTable
from workbench.dialogs.race_table import RaceTable
from workbench.dialogs.terms import number_field, whole_number
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.wording import for_people

if TYPE_CHECKING:
    from engine.cells import CellSpec

_SEEDS = FieldInfo("Seeds", "Runs of each cell, each from another start.", minimum=1, maximum=50)
_BUDGET = FieldInfo(
    "Parameters", "Each cell gets as many hidden units as come nearest.", minimum=1, maximum=1e8, scale="log"
)
_EPOCHS = field_info("training", "epochs")
_HOW = (
    "Several cells on the same data, from the same seeds, with the same number of parameters. The line is the median "
    "over the seeds of the validation loss, the band goes from the lowest to the highest. The best epoch of each run "
    "counts for the table. Strategies to forecast several steps are compared by RMSE, as each has a loss of its own."
)


class RaceDialog(Dialog):
    """Terms on the left, picture and table on the right. It may stay open while other things are looked at."""

    start_asked = Signal(object)  # Terms
    use_asked = Signal(object)  # the Place of the chosen row
    show_asked = Signal(object)  # likewise: its runs in the list

    def __init__(self, contest: Contest, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("race_dialog")
        self.setWindowTitle("Race")
        self.resize_for_text(138 * GRID, 86 * GRID)
        self._contest = contest
        self._titles: dict[Key, str] = {}
        self.message = Message("race_message", "Why there is no race, or why runs failed")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self.field = RaceField()
        self.seeds = number_field("race_seeds", _SEEDS, 3)
        self.budget = number_field("race_budget", _BUDGET, 1000)
        self.epochs = number_field("race_epochs", _EPOCHS, 20)
        self.keep = KeepRuns("race")
        self.picture = RacePicture(theme, contest)
        self.table, self.steps = RaceTable(), StepTable()
        self.picture.marked.connect(self.table.mark)
        self.table.itemSelectionChanged.connect(self._show_use)
        self.table.itemDoubleClicked.connect(self._on_show)
        self.bar, self._use = ContestBar(contest, "race"), button("Use its settings", "race_use")
        self._show = button("Show in runs", "race_show")
        self._show.clicked.connect(self._on_show)
        self.bar.start_asked.connect(self._on_start)
        self._use.clicked.connect(self._on_use)
        self._lay_out()
        for changed in (self.field.changed, self.seeds.edited, self.budget.edited):
            changed.connect(self._show_room)
        contest.moved.connect(self._on_moved)
        contest.ended.connect(self._on_ended)
        self._show_use()

    def offer(self, cells: Sequence[CellSpec], experiment: Experiment, parameters: int) -> None:
        """What can take part, with the settings at hand as terms; a race under way keeps its own."""
        if self._contest.alive:
            return
        self.field.offer(cells, experiment)
        self.budget.show_value(parameters or 1000)
        self.epochs.show_value(experiment.training.epochs)
        self._show_room()

    def refuse(self, text: str) -> None:
        """Say why no race can begin."""
        self.message.say(text)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.picture.apply_theme(theme)

    # --- what a person asks -----------------------------------------------------------------------------

    def _on_start(self) -> None:
        terms = self._terms()
        self.message.say(terms if isinstance(terms, str) else "")
        if isinstance(terms, str):
            return
        self.start_asked.emit(terms)
        if self._contest.terms is terms:  # where it was refused, what the race before came to stays
            self._titles = dict(self.field.titles)
            self._forget("RMSE" if terms.strategies else "loss")

    def _forget(self, measured: str = "loss") -> None:
        """The race before is over, and another or a sweep begins."""
        self.picture.begin(self._titles, measured)
        self.table.show_places((), {})
        self.steps.show_scores({})

    def _terms(self) -> Terms | str:
        """The terms, or why they cannot be."""
        numbers = [
            whole_number(editor, info)
            for editor, info in ((self.seeds, _SEEDS), (self.budget, _BUDGET), (self.epochs, _EPOCHS))
        ]
        if refused := next((found for found in numbers if isinstance(found, str)), ""):
            return refused
        cells, strategies = self.field.cells.chosen, self.field.strategies.chosen
        seeds, budget, epochs = (int(found) for found in numbers)
        keep = self.keep.isChecked()
        return self.field.refusal or Terms(tuple(cells), seeds, budget, epochs, tuple(strategies), keep)

    def _on_use(self) -> None:
        place = self.table.chosen
        if place is not None:
            self.use_asked.emit(place)

    def _on_show(self) -> None:
        if self.table.chosen is not None and self._contest.keeps:
            self.show_asked.emit(self.table.chosen)

    @Slot()
    def _show_room(self) -> None:
        seeds, budget = whole_number(self.seeds, _SEEDS), whole_number(self.budget, _BUDGET)
        known = isinstance(seeds, int) and isinstance(budget, int)
        self.keep.show_room(len(self.field.titles) * int(seeds) if known else 0, int(budget) if known else 0)

    # --- what has come ----------------------------------------------------------------------------------

    @Slot()
    def _on_moved(self) -> None:
        contest = self._contest
        self.bar.refresh()
        for part in (self.field, self.seeds, self.budget, self.epochs, self.keep):
            part.setEnabled(not contest.alive)
        if contest.sweeping:
            self.picture.turn_page()
            if self.table.rowCount():
                self._forget()
            return
        self.picture.refresh()
        if contest.tally.field:
            places = contest.tally.places()
            self.table.show_places(places, self._titles)
            self.steps.show_scores({self._titles.get(p.key, p.cell): p.by_step for p in places})

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        if self._contest.sweeping:
            return
        self.bar.say(why)
        self.message.say(self._failures())
        if self.table.chosen is None:
            self.table.selectRow(0)

    def _failures(self) -> str:
        """Who failed, and why; the table only counts them."""
        reasons: dict[str, list[str]] = {}
        for key, why in self._contest.tally.failed().items():
            reasons.setdefault(for_people(why), []).append(self._titles.get(key) or str(key[0]))
        return "\n".join(f"Failed: {', '.join(names)}. {why}" for why, names in reasons.items())

    def _show_use(self) -> None:
        chosen = self.table.chosen is not None
        self._use.setEnabled(chosen)
        self._use.setToolTip("Set cell, hidden units and strategy as in the chosen row" if chosen else CHOOSE_ROW)
        self._show.setEnabled(chosen and self._contest.keeps)
        self._show.setToolTip(show_words(self._contest, chosen=chosen))

    # --- making it --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        terms = QFormLayout()
        terms.setSpacing(GRID)
        for title, editor in (("Seeds", self.seeds), ("Parameters", self.budget), ("Epochs", self.epochs)):
            terms.addRow(title, editor)
        left = column(side := Side(34 * GRID))
        left.addWidget(label(_HOW, "small"))
        left.addWidget(self.field, 1)
        left.addLayout(terms)
        left.addWidget(self.keep)
        left.addWidget(self.message)
        left.addWidget(self.bar)
        right = QVBoxLayout()
        right.addWidget(self.picture, 3)
        right.addWidget(self.table, 2)
        right.addWidget(self.steps, 2)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(side)
        both.addLayout(right, 1)
        layout = column(self, 2 * GRID, GRID)
        layout.addLayout(both, 1)
        foot = closing_row(self, "race")
        for action in (self._use, self._show):
            foot.addButton(action, foot.ButtonRole.ActionRole)
        layout.addWidget(foot)
