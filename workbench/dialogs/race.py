"""The race: choose cells, strategies, seeds and a budget; watch the bands; read the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.config import Experiment, FieldInfo, field_info
from workbench.contest import Contest, Terms
from workbench.dialogs.frame import Side, closing_row
from workbench.dialogs.race_field import RaceField
from workbench.dialogs.race_picture import RacePicture
from workbench.dialogs.race_steps import StepTable
from workbench.dialogs.race_table import RaceTable
from workbench.number_editors import NumberEditor
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.runbar import duration
from workbench.theme import GRID, Theme

if TYPE_CHECKING:
    from engine.cells import CellSpec

_SEEDS = FieldInfo("Seeds", "Runs of each cell, each from another start.", minimum=1, maximum=50)
_BUDGET = FieldInfo(
    "Parameters", "Each cell gets as many hidden units as come nearest.", minimum=1, maximum=1e8, scale="log"
)
_HOW = (
    "Several cells on the same data, from the same seeds, with the same number of parameters. The line is the median "
    "over the seeds of the validation loss, the band goes from the lowest to the highest. The best epoch of each run "
    "counts for the table. Strategies to forecast several steps are compared by RMSE, as each has a loss of its own."
)


class RaceDialog(QDialog):
    """Terms on the left, picture and table on the right. It may stay open while other things are looked at."""

    start_asked = Signal(object)  # Terms
    use_asked = Signal(object)  # the Place of the chosen row

    def __init__(self, contest: Contest, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("race_dialog")
        self.setWindowTitle("Race")
        self.resize(138 * GRID, 86 * GRID)
        self._contest = contest
        self._titles: dict[tuple[str, str], str] = {}
        self.message = Message("race_message", "Why there is no race")
        self.message.dismissed.connect(lambda: self.message.say(""))
        self.field = RaceField()
        self.seeds = _number("seeds", _SEEDS, 3)
        self.budget = _number("budget", _BUDGET, 1000)
        self.epochs = _number("epochs", field_info("training", "epochs"), 20)
        self.picture = RacePicture(theme, contest)
        self.table, self.steps = RaceTable(), StepTable()
        self.table.itemSelectionChanged.connect(self._show_use)
        self._progress, self._words = QProgressBar(), label("", "small", "race_words")
        self._start, self._use = _button("Start", "race_start"), _button("Use its settings", "race_use")
        self._start.clicked.connect(self._on_start)
        self._use.clicked.connect(self._on_use)
        self._lay_out()
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

    def refuse(self, text: str) -> None:
        """Say why no race can begin."""
        self.message.say(text)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self.picture.apply_theme(theme)

    # --- what a person asks -----------------------------------------------------------------------------

    def _on_start(self) -> None:
        if self._contest.alive:
            self._contest.cancel()
            self._words.setText("ending…")
            return
        self.message.say("")
        terms = self._terms()
        if isinstance(terms, str):
            self.message.say(terms)
            return
        self._titles = self.field.titles
        self.picture.begin(self._titles, "RMSE" if terms.strategies else "loss")
        self.table.setRowCount(0)
        self.steps.show_scores({})
        self.start_asked.emit(terms)

    def _terms(self) -> Terms | str:
        """The terms, or why they cannot be."""
        numbers = []
        for editor, info in (
            (self.seeds, _SEEDS), (self.budget, _BUDGET), (self.epochs, field_info("training", "epochs")),
        ):  # fmt: skip
            text = editor.lineEdit().text().replace(",", "").strip()
            if not text.isdigit() or not info.minimum <= int(text) <= info.maximum:
                return f"{info.label} is {text!r}; it takes a whole number from {info.minimum:g} to {info.maximum:g}."
            numbers.append(int(text))
        cells, strategies = self.field.cells.chosen, self.field.strategies.chosen
        seeds, budget, epochs = numbers
        return self.field.refusal or Terms(tuple(cells), seeds, budget, epochs, tuple(strategies))

    def _on_use(self) -> None:
        place = self.table.chosen
        if place is not None:
            self.use_asked.emit(place)

    # --- what has come ----------------------------------------------------------------------------------

    @Slot()
    def _on_moved(self) -> None:
        contest = self._contest
        self._start.setText("Cancel" if contest.alive else "Start")
        self._start.setAccessibleName(self._start.text())
        for part in (self.field, self.seeds, self.budget, self.epochs):
            part.setEnabled(not contest.alive)
        self._progress.setValue(round(1000 * contest.share))
        if contest.alive:
            left = f", {duration(contest.seconds_left)} left" if contest.seconds_left else ""
            self._words.setText(f"run {contest.at} of {len(contest.field)}{left}" if contest.at else "preparing…")
        self.picture.refresh()
        if contest.field:
            places = contest.places()
            self.table.show_places(places, self._titles)
            self.steps.show_scores({self._titles.get((p.cell, p.strategy), p.cell): p.by_step for p in places})

    @Slot(str)
    def _on_ended(self, why: str) -> None:
        self._words.setText(why)
        if self.table.chosen is None:
            self.table.selectRow(0)

    def _show_use(self) -> None:
        chosen = self.table.chosen is not None
        self._use.setEnabled(chosen)
        self._use.setToolTip(
            "Set cell, hidden units and strategy as in the chosen row" if chosen else "Choose a row of the table first"
        )

    # --- making it --------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._progress.setObjectName("race_progress")
        self._progress.setAccessibleName("Progress of the race")
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        terms = QFormLayout()
        terms.setSpacing(GRID)
        for title, editor in (("Seeds", self.seeds), ("Parameters", self.budget), ("Epochs", self.epochs)):
            terms.addRow(title, editor)
        left = column(side := Side(34 * GRID))
        left.addWidget(label(_HOW, "small"))
        left.addWidget(self.field, 1)
        left.addLayout(terms)
        left.addWidget(self.message)
        for part in (self._start, self._progress, self._words):
            left.addWidget(part)
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
        foot.addButton(self._use, foot.ButtonRole.ActionRole)
        layout.addWidget(foot)


def _number(name: str, info: FieldInfo, value: int) -> NumberEditor:
    editor = NumberEditor(info, whole=True)
    editor.setObjectName(f"race_{name}")
    editor.setAccessibleName(info.label)
    editor.setToolTip(info.help)
    editor.show_value(value)
    return editor


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setAutoDefault(False)
    return button
