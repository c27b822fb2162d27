"""Use of a trained model: forecast, classify, write, translate, caption."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from workbench.dialogs.frame import Dialog, Side, closing_row
from workbench.doors.answers import Usable, Used
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label
from workbench.runs.records import RunRecord
from workbench.uses.answering import Answering
from workbench.uses.asking import Asking, asking_for

_HOW = {
    "series": "Forecasts every window of the data and the steps after its last row, with its dates.",
    "classes": "Answers every sequence, row or step, with the probability of each class.",
    "texts": "Answers a text that is typed or every text of a file, with the probability of each class.",
    "rated": "Answers a text that is typed or every text of a file with a number.",
    "tags": "Tags each word of a sentence or a file, with the probability of each tag.",
    "values": "Answers every sequence, row or step with a number.",
    "text": "Goes on from what is typed, one symbol after the other.",
    "pairs": "Reads what is given, then writes until it stops.",
}


class UseDialog(Dialog):
    """The question on the left, the answer on the right; the work is asked of the window."""

    asked = Signal(object)  # Asked

    def __init__(self, record: RunRecord, theme: Theme, folder: Path, parent: QWidget | None = None) -> None:
        """Files to be answered are looked for in `folder` first."""
        super().__init__(parent)
        self.setObjectName("use_dialog")
        self.setWindowTitle("Use a trained model")
        self.resize_for_text(120 * GRID, 80 * GRID)
        self.record, self._theme, self._folder = record, theme, folder
        self.asking: Asking | None = None
        self.answering = Answering(theme)
        self._how = label("", "muted", "use_how")
        self._busy = QProgressBar()
        self._busy.setObjectName("use_busy")
        self._busy.setAccessibleName("The model is answering")
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        side = Side(40 * GRID)
        self._side = QVBoxLayout(side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.addWidget(label(f"Run {record.number}, {record.name}", "title"))
        self._side.addWidget(self._how)
        self._side.addStretch()
        self._side.addWidget(self._busy)
        both = QHBoxLayout()
        both.setSpacing(2 * GRID)
        both.addWidget(side)
        both.addWidget(self.answering, 1)
        layout = column(self, 2 * GRID, GRID)
        layout.addLayout(both, 1)
        foot = closing_row(self, "use")
        self._close = foot.button(foot.StandardButton.Close)
        layout.addWidget(foot)

    # --- what the window answers ------------------------------------------------------------------------

    def show_usable(self, usable: Usable) -> None:
        """What can be asked; of rows that are there already it is asked at once."""
        self._how.setText(_HOW[usable.kind])
        self.asking = asking = asking_for(usable, self._theme)
        asking.folder = self._folder
        asking.asked.connect(self._on_asked)
        self._side.insertWidget(2, asking, 1)
        self._side.takeAt(3)  # the stretch that kept the place
        if self.focusWidget() in (None, self._close):  # there was nothing else when the dialog opened
            asking.show()  # what is hidden gets no keys
            asking.take_keys()
        self._wait(False)
        self.answering.say("Nothing was asked yet. The answer appears here.")
        if usable.kind in ("series", "classes", "texts", "rated", "tags", "values"):
            asking.ask()

    def show_used(self, used: Used) -> None:
        """It has answered."""
        self._wait(False)
        self.answering.show_used(used)

    def show_problem(self, text: str) -> None:
        """It could not."""
        self._wait(False)
        if not self.answering.answered:
            self.answering.say("")
        self.answering.refuse(text)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.answering.apply_theme(theme)
        if self.asking is not None:
            self.asking.apply_theme(theme)

    # --- the inside -------------------------------------------------------------------------------------

    def _on_asked(self, asked: object) -> None:
        self._wait(True)
        if not self.answering.answered:
            self.answering.say("The model is answering…")
        self.asked.emit(asked)

    def _wait(self, waits: bool) -> None:
        self._busy.setVisible(waits)
