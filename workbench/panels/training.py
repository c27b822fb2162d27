"""Step 4: how the weights are learned; with how many steps that takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from engine.config import Experiment, field_info, field_names
from workbench.forms.forms import Form
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import Fold, column, label
from workbench.panels.schedule import ScheduleCurve
from workbench.plots.axes.numerals import numerals
from workbench.runs.pace import duration
from workbench.wording import words

_FIELDS = tuple(dotted.partition(".")[2] for dotted in field_names() if dotted.startswith("training."))
_MORE = tuple(name for name in _FIELDS if field_info("training", name).advanced)
_RATE = tuple(name for name in _FIELDS[: _FIELDS.index("clip_norm")] if name not in _MORE)  # optimiser and schedule
_SAVING = tuple(dotted.partition(".")[2] for dotted in field_names() if dotted.startswith("saving."))
_USUAL = tuple(name for name in _FIELDS if name not in (*_RATE, *_MORE))
_ANOTHER = "\0"  # stands for a file that is not chosen yet; no path has it
_WRITERS = ("one_to_many", "encoder_decoder")  # topologies that write


class TrainingPanel(QWidget):
    """The forms of the training section, and of when a run is saved."""

    edited = Signal(str, object)
    rate_asked = Signal()  # to find a learning rate
    weights_asked = Signal()  # to choose a file of weights to begin from

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.forms = tuple(Form("training", names) for names in (_RATE, _USUAL, _MORE))
        for form in (both := self.forms[:2]):
            form.aligned = both
        self.saving = Form("saving", _SAVING)
        self.saving.edited.connect(self.edited)
        for form in self.forms:
            form.edited.connect(self._on_edited)
        self._lock = ""
        self.curve = ScheduleCurve(theme)
        self.find_rate = QPushButton("Find a learning rate…")
        self.find_rate.setObjectName("training_find_rate")
        self.find_rate.setAccessibleName("Find a learning rate")
        self.find_rate.clicked.connect(self.rate_asked)
        self._steps = label("", "strong", "training_steps")
        self._live = label("Learning rate and clip can be changed while a run is on.", "small")
        layout = column(self, GRID)
        for part in (self.forms[0], self.curve, self.find_rate, self.forms[1], self._steps, self._live):
            layout.addWidget(part)
        layout.addWidget(Fold("More", self.forms[2], "training_more", whole="More settings of training"))
        layout.addWidget(Fold("Saving", self.saving, "training_saving", whole="Saving of runs"))
        layout.addStretch(1)

    def show_experiment(self, experiment: Experiment, losses: Sequence[str]) -> None:
        """Show the settings; `losses` are those that fit the data."""
        _, usual, more = self.forms
        for form in self.forms:
            form.show_values(experiment)
        self.saving.show_values(experiment)
        writes = experiment.model.topology in _WRITERS
        usual.set_applies("teacher_forcing", writes)
        if not writes:
            usual.set_applies("told_at_end", False)
        usual.offer("loss", ("auto", *losses) if len(losses) > 1 else ())
        if "cross_entropy" not in losses:
            more.set_applies("class_weights", False)
        self._offer_weights(experiment.training.start_weights)

    def _offer_weights(self, file: str) -> None:
        """Weights that are drawn, those of the file that is set, or those of another."""
        own = [(file, Path(file).name)] if file else []
        self.forms[2].show_options("start_weights", [("", "Drawn anew"), *own, (_ANOTHER, "From a file…")])

    @Slot(str, object)
    def _on_edited(self, name: str, value: object) -> None:
        if value == _ANOTHER:
            self.forms[2].show_value("start_weights")
            self.weights_asked.emit()
        else:
            self.edited.emit(name, value)

    def show_counts(
        self, steps_per_epoch: int, experiment: Experiment, rates: Sequence[float], seconds: float = 0.0
    ) -> None:
        """What the settings come to; 0 when it is not known. `rates` are drawn where they change by themselves."""
        total = steps_per_epoch * experiment.training.epochs
        self.curve.show_rates(rates if len(set(rates)) > 1 else ())
        self.find_rate.setEnabled(bool(steps_per_epoch) and not self._lock)
        steps = f"{steps_per_epoch:,} steps an epoch, {total:,} in all" if steps_per_epoch else ""
        self._steps.setText(f"{steps}<br>about {duration(seconds)}, as the last run went" if seconds else steps)

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken."""
        next(form for form in self.forms if form.has(name)).refuse(name, message, experiment)

    def lock(self, reason: str) -> None:
        """Lock what cannot be changed during a run."""
        for form in (*self.forms, self.saving):
            form.lock(reason)
        self._lock = reason
        self.find_rate.setEnabled(not reason)
        self.find_rate.setToolTip(reason or "Try rates from very small to very large, and see where the loss falls.")

    def summary(self, experiment: Experiment) -> str:
        """The training in a few words."""
        training = experiment.training
        epochs = f"{training.epochs:,} epoch{'s' if training.epochs != 1 else ''}"
        return numerals(f"{words(training.optimizer)} · rate {training.learning_rate:g} · {epochs}")
