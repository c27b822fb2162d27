"""Going on with an earlier run: where it stood, until when it shall train, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QFormLayout, QPushButton, QWidget

from engine.config import field_info
from engine.events import RunFinished
from workbench.dialogs.frame import TextDialog, closing_row
from workbench.draft import source_name
from workbench.forms.number_editors import NumberEditor
from workbench.looks.theme import GRID
from workbench.panels.labels import column, label
from workbench.panels.message import Message
from workbench.runs.records import COMPLETE, RunRecord
from workbench.widgets.starting_place import starting_place
from workbench.wording import for_people

if TYPE_CHECKING:
    from engine.resuming import WayOn

_EPOCHS = field_info("training", "epochs")
_SCORED = "scored"


class GoOnDialog(TextDialog):
    """Says what there is to agree to; `wanted` carries the changes of settings, and whether other data is agreed to."""

    wanted = Signal(dict, bool)
    moved = Signal(object)  # Path: where the data lies now

    def __init__(
        self, record: RunRecord, way: WayOn, changes: Mapping[str, Any], parent: QWidget | None = None
    ) -> None:
        """`changes` were decided before."""
        super().__init__(60 * GRID, parent)
        self.setObjectName("go_on_dialog")
        self.setWindowTitle("Go on with a run")
        self._record, self._way = record, way
        self._changes: dict[str, Any] = {**way.cure, **changes}
        self.message = Message("go_on_message", "What stands in the way")
        self.epochs = self._epochs_editor()
        layout = column(self, 2 * GRID, 2 * GRID)
        layout.addWidget(label(f"Run {record.number}, {record.name}", "title"))
        self.words = label(" ".join(self._sentences()), name="go_on_words")
        layout.addWidget(self.words)
        rows = QFormLayout()
        rows.addRow("Train until epoch", self.epochs)
        layout.addLayout(rows)
        layout.addWidget(self.message)
        row = closing_row(self, "go_on")
        self.button = self._button(row)
        layout.addWidget(row)
        self.message.say(for_people(way.problem), dismissible=False)
        self.epochs.setEnabled(not way.problem)
        self.button.setEnabled(not way.problem)

    def _sentences(self) -> list[str]:
        way, source = self._way, source_name(self._record.experiment)
        found = [f"It goes on from its save of step {way.step:,}." if way.step else self._beginning()]
        if way.problem:
            return []
        if way.failed:
            cure = " and ".join(f"{field_info(*n.split('.')).label.lower()} {v}" for n, v in way.cure.items())
            found.append(f"It ended in numbers that are not finite ({way.failed}). It goes on with {cure}.")
        if way.data == "changed":
            found.append(
                f"{source} has changed since it learned from it. It can go on with the data as it is now; its curves "
                "before and after are then of different data. For the old data, put the old file back first."
            )
        elif way.data == "gone":
            found.append(f"{source} is no longer where it was. Show where it lies now.")
        return found

    def _beginning(self) -> str:
        outcome = self._record.outcome
        scored = isinstance(outcome, RunFinished) and outcome.reason == _SCORED
        return "It trains on from the weights that were scored." if scored else "It begins anew: nothing was saved."

    def _epochs_editor(self) -> NumberEditor:
        """Half as many again where it has trained all that were asked for."""
        record, planned = self._record, self._record.experiment.training.epochs
        outcome = record.outcome
        complete = isinstance(outcome, RunFinished) and outcome.reason == COMPLETE
        editor = NumberEditor(_EPOCHS, whole=True)
        editor.setObjectName("go_on_epochs")
        editor.setAccessibleName("Train until epoch")
        editor.setToolTip(_EPOCHS.help)
        wanted = min(planned + max(planned // 2, 1), int(_EPOCHS.maximum)) if complete else planned
        editor.show_value(wanted)
        self._changes["training.epochs"] = wanted
        editor.edited.connect(self._take_epochs)
        return editor

    def _take_epochs(self, text: object) -> None:
        try:
            self._record.experiment.replace({"training.epochs": str(text)})
        except ValueError as error:
            self.message.say(for_people(str(error)), dismissible=False)
            return
        self.message.say("")
        self._changes["training.epochs"] = int(str(text))
        self.epochs.show_value(int(str(text)))

    def _button(self, row: QDialogButtonBox) -> QPushButton:
        texts = {"changed": "Go on with the changed data", "gone": "Show where it lies…"}
        button = row.addButton(texts.get(self._way.data, "Go on"), QDialogButtonBox.ButtonRole.ActionRole)
        button.setObjectName("go_on_button")
        button.setAccessibleName(button.text().rstrip("…"))
        button.setDefault(True)
        button.clicked.connect(self._look if self._way.data == "gone" else self._go)
        return button

    def _go(self) -> None:
        self.epochs.commit()
        if not self.message.text:
            self.wanted.emit(self._changes, self._way.data == "changed")
            self.accept()

    def _look(self) -> None:
        before = Path(self._record.experiment.data.file)
        start = str(starting_place(before))
        chosen, _ = QFileDialog.getOpenFileName(self, f"Where {before.name} lies now", start)
        if chosen:
            self.accept()
            self.moved.emit(Path(chosen).absolute())
