"""Start, pause and cancel of a race or a sweep, with how far it is."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from workbench.bars.status import preparing_words
from workbench.contests.contest import Contest
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label, rename
from workbench.runs.pace import duration
from workbench.spoken import announce

CHOOSE_ROW = "Choose a row of the table first"


class ContestBar(QWidget):
    """Two buttons, a bar, and words on what is left."""

    start_asked = Signal()

    def __init__(self, contest: Contest, name: str) -> None:
        """`name` is "race" or "sweep"."""
        super().__init__()
        self._contest, self._sweeps = contest, name == "sweep"
        self.start, self.pause = button("Start", f"{name}_start"), button("Pause", f"{name}_pause")
        self.start.clicked.connect(self._on_start)
        self.pause.clicked.connect(lambda: contest.pause(not contest.paused))
        self.words = label("", "small", f"{name}_words")
        self._progress = QProgressBar()
        self._progress.setObjectName(f"{name}_progress")
        self._progress.setAccessibleName(f"Progress of the {name}")
        self._progress.setRange(0, 1000)
        self._progress.setTextVisible(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.pause)
        layout = column(self)
        layout.addLayout(buttons)
        layout.addWidget(self._progress)
        layout.addWidget(self.words)
        self.pause.hide()

    def refresh(self) -> None:
        """Show how the contest stands."""
        contest = self._contest
        mine = contest.sweeping == self._sweeps
        alive = contest.alive and mine
        rename(self.start, "Cancel" if alive else "Start")
        rename(self.pause, "Go on" if contest.paused else "Pause")
        other = "" if mine else contest.under_way
        self.start.setEnabled(not other)
        self.start.setToolTip(other)
        self.pause.setVisible(alive)
        self._progress.setValue(round(1000 * contest.tally.share) if mine else 0)
        if alive:
            self.words.setText(self._how_far())
        elif not mine:
            self.words.setText(other)

    def say(self, text: str) -> None:
        """Say how it ended, or what came of a wish."""
        self.words.setText(text)
        announce(self, text)

    def _how_far(self) -> str:
        contest = self._contest
        if not contest.tally.at:
            return preparing_words(contest.compiling) if contest.compiling else "preparing…"
        left = f", {duration(contest.seconds_left)} left" if contest.seconds_left and not contest.paused else ""
        at = f"{'paused in ' if contest.paused else ''}run {contest.tally.at} of {len(contest.tally.field)}"
        return f"{at}, {preparing_words(contest.compiling)}" if contest.compiling else f"{at}{left}"

    def _on_start(self) -> None:
        if self._contest.alive:
            self._contest.cancel()
            self.words.setText("ending…")
        else:
            self.start_asked.emit()


def show_words(contest: Contest, *, chosen: bool) -> str:
    """What showing a row among the runs does, or why it cannot be done."""
    if not chosen:
        return CHOOSE_ROW
    return "Choose its runs in the list, the best first (double click)" if contest.keeps else "Its runs were not kept"


def button(text: str, name: str) -> QPushButton:
    """A button of these dialogs; none is pressed by Enter in a field."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setAutoDefault(False)
    return made
