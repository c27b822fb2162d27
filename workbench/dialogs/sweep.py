"""The sweep: choose settings and their values; watch the bands; read which do best; take those."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.comparing.median_rule import RULE
from engine.config import Experiment, FieldInfo, field_info
from workbench.contests.contest import Contest
from workbench.contests.terms import SweepTerms
from workbench.dialogs.contest_bar import ContestBar
from workbench.dialogs.frame import Dialog, Side, closing_row
from workbench.dialogs.keep_runs import KeepRuns
from workbench.dialogs.race_picture import RacePicture
from workbench.dialogs.sweep_field import SweepField, setting_title
from workbench.dialogs.sweep_picture import SweepPicture
from workbench.dialogs.sweep_results import SweepResults
from workbench.dialogs.sweep_table import trial_title, values_title
from workbench.dialogs.terms import number_field, whole_number
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label
from workbench.panels.message import Message

_SEEDS = FieldInfo("Seeds", "Runs of each trial, each from another start.", minimum=1, maximum=50)
_TRIALS = FieldInfo("Trials", "How many are drawn by chance.", minimum=2, maximum=1000)
_EPOCHS = field_info("training", "epochs")
_HOW = (
    "Several values of a setting on the same data, from the same seeds, one run after the other. The validation part "
    "decides, never the test part: the median over the seeds of the best epoch of each run. Where the data or the loss "
    "vary, the error in real units is compared."
)
_GRID, _CHANCE = "Every combination", "Drawn by chance"


class SweepDialog(Dialog):
    """Settings on the left, pictures and table on the right. It may stay open while other things are looked at."""

    start_asked = Signal(object)  # SweepTerms
    use_asked = Signal(object)  # the Place of the chosen row
    show_asked = Signal(object)  # likewise: its runs in the list

    def __init__(self, contest: Contest, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sweep_dialog")
        self.setWindowTitle("Sweep over settings")
        self.resize_for_text(138 * GRID, 86 * GRID)
        self._contest, self._arrived, self._parameters = contest, -1, 0
        self.message = Message("sweep_message", "Why there is no sweep")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self.field = SweepField()
        self.trials_from = QComboBox()
        self.trials_from.addItems([_GRID, _CHANCE])
        self.trials_from.setObjectName("sweep_how")
        self.trials_from.setAccessibleName("How trials are made of the values")
        self.seeds = number_field("sweep_seeds", _SEEDS, 3)
        self.trials = number_field("sweep_trials", _TRIALS, 20)
        self.epochs = number_field("sweep_epochs", _EPOCHS, 20)
        self.stop_early = QCheckBox("Stop hopeless runs early")
        self.stop_early.setObjectName("sweep_stop_early")
        self.stop_early.setAccessibleName(self.stop_early.text())
        self.stop_early.setToolTip(f"<p>{RULE}</p>")
        self.stop_early.setAccessibleDescription(RULE)
        self.keep = KeepRuns("sweep")
        self.count = label("", "small", "sweep_count")
        self.curves, self.values = RacePicture(theme, contest, "sweep"), SweepPicture(theme, contest)
        self.results = SweepResults(contest)
        self.curves.marked.connect(self.results.table.mark)
        self.results.use_asked.connect(self.use_asked)
        self.results.show_asked.connect(self.show_asked)
        self.results.save_asked.connect(self.values.menu.ask_table)
        self.bar = ContestBar(contest, "sweep")
        self.bar.start_asked.connect(self._on_start)
        self._lay_out()
        for changed in (self.field.changed, self.trials_from.activated, self.seeds.edited, self.trials.edited):
            changed.connect(self._show_count)
        contest.moved.connect(self._on_moved)
        contest.ended.connect(self._on_ended)
        self._show_count()
        self._on_moved()
        self.bar.start.setFocus()

    def offer(self, names: Sequence[str], experiment: Experiment, parameters: int) -> None:
        """The settings that can be varied, around the values at hand; a sweep under way keeps its own.

        `parameters` has the network that is set up; 0 where that is not known.
        """
        if not self._contest.alive:
            self._parameters = parameters
            self.field.offer(names, experiment)
            self.epochs.show_value(experiment.training.epochs)
            self._show_count()

    def refuse(self, text: str) -> None:
        """Say why no sweep can begin."""
        self.message.say(text)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.curves.apply_theme(theme)
        self.values.apply_theme(theme)

    # --- what a person asks -----------------------------------------------------------------------------

    @property
    def _by_chance(self) -> bool:
        return self.trials_from.currentText() == _CHANCE

    def _on_start(self) -> None:
        terms = self._terms()
        self.message.say(terms if isinstance(terms, str) else "")
        if isinstance(terms, SweepTerms):
            self.start_asked.emit(terms)

    def _terms(self) -> SweepTerms | str:
        """The terms, or why they cannot be."""
        numbers = [
            whole_number(editor, info)
            for editor, info in ((self.trials, _TRIALS), (self.seeds, _SEEDS), (self.epochs, _EPOCHS))
        ]
        if refused := next((found for found in numbers if isinstance(found, str)), ""):
            return refused
        varied = self.field.read(draws=self._by_chance)
        if isinstance(varied, str):
            return varied
        trials, seeds, epochs = (int(found) for found in numbers)
        early, keep = self.stop_early.isChecked(), self.keep.isChecked()
        return SweepTerms(varied, trials if self._by_chance else 0, seeds, epochs, early, keep)

    @Slot()
    def _show_count(self) -> None:
        """How many runs it will be, and how much room they take."""
        self.trials.setEnabled(self._by_chance and not self._contest.alive)
        seeds, trials = whole_number(self.seeds, _SEEDS), whole_number(self.trials, _TRIALS)
        count = trials if self._by_chance else self.field.combinations()
        kind = "trial" if self._by_chance else "combination"
        words, runs = "", 0
        if isinstance(seeds, int) and isinstance(count, int) and count:
            runs = count * seeds
            parts = ((count, kind), (seeds, "seed"), (runs, "run"))
            words = "{} × {}: {}".format(*(f"{number:,} {noun}{'s' * (number != 1)}" for number, noun in parts))
        self.count.setText(words)
        self.keep.show_room(runs, self._parameters * self.field.growth())

    # --- what has come ----------------------------------------------------------------------------------

    @Slot()
    def _on_moved(self) -> None:
        contest = self._contest
        self.bar.refresh()
        for part in (self.field, self.trials_from, self.seeds, self.epochs, self.stop_early, self.keep):
            part.setEnabled(not contest.alive)
        self.trials.setEnabled(self._by_chance and not contest.alive)
        if not contest.sweeping:
            self.curves.turn_page()
            if self._arrived >= 0:
                self._forget()
            return
        if not contest.tally.field:
            self._arrived = -1
        elif self._arrived < 0:
            self._begin()
        self.curves.refresh()
        if contest.tally.arrived != self._arrived and contest.tally.field:
            self._arrived = contest.tally.arrived
            self.values.refresh()
            self.results.show_results(contest.tally.places(), contest.tally.left_out())

    def _begin(self) -> None:
        """Runs are known: forget those before."""
        names = [setting_title(name) for name, _ in self._contest.tally.field[0].settings]
        short = len(names) > 1  # long names would leave no room for the curves
        trials = {
            entrant.key: values_title(entrant.settings) if short else trial_title(entrant.settings)
            for entrant in self._contest.tally.field
        }
        self.results.show_results((), ())  # of another sweep, whose chosen row is none of these
        self.curves.read_out(f"Named by {' · '.join(names)}." if short else "")
        self.curves.begin(trials, "error" if self._contest.tally.field[0].by_metric else "loss")
        self.values.begin()

    def _forget(self) -> None:
        """A race has taken the place of the sweep."""
        self._arrived = -1
        self.curves.begin({}, "loss")
        self.values.begin()
        self.results.show_results((), ())

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        if not self._contest.sweeping:
            return
        begun = bool(self._contest.tally.field) or self._contest.cancelled  # else there was nothing to begin with
        self.bar.say(why if begun else "")
        if not begun:
            self.message.say(why)
        self.values.turn_page()
        self.results.choose_best()

    # --- making it --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(self._what_is_tried())
        both.addLayout(self._what_came_of_it(), 1)
        layout = column(self, 2 * GRID, GRID)
        layout.addLayout(both, 1)
        foot = closing_row(self, "sweep")
        for action in (self.results.use, self.results.show_runs, self.results.save):
            foot.addButton(action, foot.ButtonRole.ActionRole)
        layout.addWidget(foot)

    def _what_is_tried(self) -> QWidget:
        rows = QWidget()
        inside = column(rows)
        inside.addWidget(self.field)
        inside.addStretch(1)
        area = QScrollArea()
        area.setObjectName("sweep_settings_area")
        area.setAccessibleName("Settings to vary")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(rows)
        terms = QFormLayout()
        terms.setSpacing(GRID)
        for title, editor in (
            ("Trials", self.trials_from), ("How many", self.trials), ("Seeds", self.seeds), ("Epochs", self.epochs),
        ):  # fmt: skip
            terms.addRow(title, editor)
        left = column(side := Side(38 * GRID))
        left.addWidget(label(_HOW, "small"))
        left.addWidget(area, 1)
        left.addLayout(terms)
        for part in (self.stop_early, self.keep, self.count, self.message, self.bar):
            left.addWidget(part)
        return side

    def _what_came_of_it(self) -> QVBoxLayout:
        pages = QTabWidget()
        pages.setObjectName("sweep_pages")
        pages.tabBar().setObjectName("sweep_pages_bar")
        for named in (pages, pages.tabBar()):
            named.setAccessibleName("Pictures of the sweep")
        pages.addTab(self.values, "Result against value")
        pages.addTab(self.curves, "Curves")
        right = QVBoxLayout()
        right.addWidget(pages, 3)
        right.addWidget(self.results, 2)
        return right
