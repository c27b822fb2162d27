"""Step 4: how the weights are learned; with how many steps that takes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.config import Experiment
from workbench.editors import words
from workbench.forms import Form
from workbench.panels.labels import Fold, column, label
from workbench.theme import GRID

_FIELDS = ("optimizer", "learning_rate", "momentum", "clip_norm", "batch_size", "epochs", "seed")


class TrainingPanel(QWidget):
    """The form of the training section."""

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.forms = (Form("training", _FIELDS), Form("training", ("threads",)))
        for form in self.forms:
            form.edited.connect(self.edited)
        self._steps = label("", "strong", "training_steps")
        self._live = label("Learning rate and clip can be changed while a run is on.", "small")
        layout = column(self, GRID)
        layout.addWidget(self.forms[0])
        layout.addWidget(self._steps)
        layout.addWidget(self._live)
        layout.addWidget(Fold("More", self.forms[1], "training_more"))
        layout.addStretch(1)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the settings."""
        for form in self.forms:
            form.show_values(experiment)
        self.forms[0].set_applies("momentum", experiment.training.optimizer == "sgd")

    def show_counts(self, steps_per_epoch: int, epochs: int) -> None:
        """What the settings come to; 0 when it is not known."""
        total = steps_per_epoch * epochs
        self._steps.setText(f"{steps_per_epoch:,} steps an epoch, {total:,} in all" if steps_per_epoch else "")

    def refuse(self, name: str, message: str, experiment: Experiment) -> None:
        """Say why a value was not taken."""
        self.forms[name == "threads"].refuse(name, message, experiment)

    def lock(self, reason: str) -> None:
        """Lock what cannot be changed during a run."""
        for form in self.forms:
            form.lock(reason)

    def summary(self, experiment: Experiment) -> str:
        """The training in a few words."""
        training = experiment.training
        return f"{words(training.optimizer)} · rate {training.learning_rate:g} · {training.epochs:,} epochs"
